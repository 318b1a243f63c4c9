"""What programs may send, at random: every operation as its published schema has it."""
