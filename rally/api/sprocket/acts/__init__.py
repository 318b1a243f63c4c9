"""What each endpoint does: find what is meant, ask a verb or make a list, answer."""
