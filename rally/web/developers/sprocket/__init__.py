"""The portal's pages for the Sprocket dialect."""
