"""A random walk over everything people, Stripe, time and death can do to a sale."""
