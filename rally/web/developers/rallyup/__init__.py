"""The portal's pages for RallyUp, made of its tables."""
