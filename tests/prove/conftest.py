"""What the random walk found is played on the same simulator as the tests of payments."""

from tests.payments.conftest import outside, simulated_stripe

__all__ = ["outside", "simulated_stripe"]
