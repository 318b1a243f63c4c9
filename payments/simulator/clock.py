"""The simulator's own clock: wall time plus an offset that only moves forward.

Stripe documentation: "Test clocks". Everything Stripe would date (objects, expiry, retries) is
dated by this clock; only signatures use wall time, because receivers check those against theirs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from payments.simulator.store import Store

_OFFSET = "clock_offset"
MAX_STEP = 400 * 86_400


class Clock:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._offset = int(store.setting(_OFFSET) or 0)

    @property
    def offset(self) -> int:
        return self._offset

    def exact(self) -> float:
        return time.time() + self._offset

    def now(self) -> int:
        return int(self.exact())

    def advance(self, seconds: int) -> None:
        with self._store.transaction():
            self._offset += seconds
            self._store.set_setting(_OFFSET, str(self._offset))

    def reset(self) -> None:
        with self._store.transaction():
            self._offset = 0
            self._store.set_setting(_OFFSET, "0")
