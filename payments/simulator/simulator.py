"""The simulated Stripe as one object: its store, clock, ids, deliveries and faults."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from payments.simulator.clock import Clock
from payments.simulator.deliveries import Deliveries, Policy
from payments.simulator.faults import Faults
from payments.simulator.idempotency import Idempotency
from payments.simulator.identifiers import Identifiers
from payments.simulator.options import Options
from payments.simulator.store import Store

_TICK = 0.5
_PATIENCE = 2.0


class Simulator:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.base_url = options.public_url
        self.store = Store(options.db)
        self.clock = Clock(self.store)
        self.ids = Identifiers(self.store, options.seed)
        self.deliveries = Deliveries(self.store, self.clock, options)
        self.idempotency = Idempotency(self.store, self.clock)
        self.faults = Faults(self.store)
        self.advancing = threading.Lock()
        self.expiry_paused = False
        self._stop = threading.Event()

    def start(self, tick: Callable[[Simulator], None]) -> None:
        """Begin sending webhooks and calling ``tick`` twice a second."""
        self.deliveries.start()
        threading.Thread(target=self._tick, args=(tick,), name="ticker", daemon=True).start()

    def reset(self) -> None:
        """Forget everything: objects, events, keys, faults, policy, clock."""
        with self.store.transaction():
            self.store.wipe()
            self.clock.reset()
            self.deliveries.set_policy(Policy())
        self.deliveries.finish_in_flight(_PATIENCE)

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        self._stop.set()
        self.deliveries.stop()
        # Whoever still waits for the lock finds a closed store; daemon threads die with us.
        self.store.close()

    def _tick(self, tick: Callable[[Simulator], None]) -> None:
        while not self._stop.wait(_TICK):
            try:
                tick(self)
            except Exception as problem:
                if self._stop.is_set():
                    return
                print(f"Simulator ticker: {problem!r}", file=sys.stderr, flush=True)
                time.sleep(_TICK)
