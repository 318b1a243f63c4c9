"""What stands behind `./run`: installing, preparing, starting and supervising a local Rally.

Nothing here imports Django except the short-lived `prepare` and `manage`, so that the process
that lives as long as the installation stays small.
"""
