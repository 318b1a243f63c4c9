"""Stripe's stand-in, for pages that pay back."""

from tests.payments.conftest import outside, simulated_stripe

__all__ = ["outside", "simulated_stripe"]
