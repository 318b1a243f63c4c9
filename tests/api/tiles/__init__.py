"""The Tiles API, call by call."""
