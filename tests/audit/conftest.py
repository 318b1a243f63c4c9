"""The real simulator, as the tests of payments use it."""

from tests.payments.conftest import outside, simulated_stripe

__all__ = ["outside", "simulated_stripe"]
