"""Pages: HTML is one more dialect over the same core."""
