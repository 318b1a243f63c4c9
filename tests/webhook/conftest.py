"""The webhook's tests share the fixtures of the API's."""

from tests.api.conftest import api, board, simulated, stripe, unlimited

__all__ = ["api", "board", "simulated", "stripe", "unlimited"]
