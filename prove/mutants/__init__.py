"""Sixteen bugs, put into a copy of the tree on purpose: a proof that can't fail proves nothing."""
