"""One file that holds a whole installation: database, uploads, key. Made while it runs."""
