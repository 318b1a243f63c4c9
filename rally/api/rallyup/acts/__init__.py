"""What the calls do."""
