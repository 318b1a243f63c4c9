"""A sandbox to look at: an organization, a campaign and a board, with nothing real in it."""
