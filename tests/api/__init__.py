"""The wire: what programs send and get."""
