"""The Rally Tiles API under /api. See docs/api/tiles.md."""
