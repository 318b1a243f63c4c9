"""The tables of contract and documentation, one file per family of objects."""
