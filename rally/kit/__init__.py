"""Leaf helpers: they import nothing of ours and own no models."""
