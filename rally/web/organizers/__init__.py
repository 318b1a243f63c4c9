"""Pages for those who run campaigns, and the way in to them."""
