"""The proof that money is never wrong and no tile is sold twice, whatever dies."""
