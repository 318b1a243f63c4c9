"""A wire-level stand-in for Stripe, for tests and for the demo only.

It runs as its own process (``python -m payments.simulator``) and speaks Stripe's HTTP API,
so the application reaches it through the real SDK and no test has to replace the gateway.
Nothing of the application imports it and it imports nothing of the application.
"""
