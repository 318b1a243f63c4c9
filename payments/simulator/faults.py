"""Faults ordered through the control API: how a test makes Stripe fail.

``500_before`` and ``429`` come before the request is worked on (nothing is kept under its
idempotency key); ``500_after`` and ``cut`` come when the effect is already there; ``slow`` waits.
Stripe documentation: "Advanced error handling".
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from payments.simulator.store import Store
from payments.simulator.wire import Json, StripeError

KINDS = ("500_before", "500_after", "cut", "slow", "429")


@dataclass(frozen=True)
class Fault:
    kind: str
    seconds: float


class Faults:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, route: str, kind: str, times: int, seconds: float) -> None:
        self._store.run(
            "INSERT INTO faults (route, kind, times, seconds) VALUES (?, ?, ?, ?)",
            (route, kind, times, seconds),
        )

    def clear(self) -> None:
        self._store.run("DELETE FROM faults")

    def listed(self) -> list[Json]:
        rows = self._store.rows("SELECT route, kind, times, seconds FROM faults ORDER BY id")
        return [dict(zip(("route", "kind", "times", "seconds"), row, strict=True)) for row in rows]

    def take(self, method: str, path: str) -> Fault | None:
        """Use up the oldest fault whose route (``/v1/x``, ``POST /v1/x``, ``*``) fits."""
        with self._store.transaction():
            for id, route, kind, times, seconds in self._store.rows(
                "SELECT id, route, kind, times, seconds FROM faults ORDER BY id"
            ):
                if not (fnmatchcase(path, route) or fnmatchcase(f"{method} {path}", route)):
                    continue
                if times > 1:
                    self._store.run("UPDATE faults SET times = times - 1 WHERE id = ?", (id,))
                else:
                    self._store.run("DELETE FROM faults WHERE id = ?", (id,))
                return Fault(kind, seconds)
        return None


def raised_before(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.kind == "500_before":
        raise StripeError("An unknown error occurred", status=500, kind="api_error")
    if fault.kind == "429":
        raise StripeError(
            "Too many requests hit the API too quickly. We recommend an exponential backoff of "
            "your requests.",
            status=429,
            code="rate_limit",
        )
