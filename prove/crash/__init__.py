"""kill -9 at every fail-point, start again, and look whether everything is still right."""
