"""Rally: the project package. It holds no models; the four apps do."""

__version__ = "0.1.0"
