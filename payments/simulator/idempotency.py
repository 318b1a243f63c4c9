"""Idempotency keys: the first answer of a key is its answer for a day, server errors included.

Stripe documentation: "Idempotent requests". The answer is written in the transaction of the
effect, so a killed process leaves both or neither.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from payments.simulator.clock import Clock
from payments.simulator.store import Store
from payments.simulator.wire import StripeError

_KEEP = 86_400.0
_LONGEST = 255


@dataclass(frozen=True)
class Kept:
    status: int
    body: bytes
    request_id: str


@dataclass(frozen=True)
class Claim:
    """The right to execute one key; whoever holds it must ``release`` it."""

    account: str
    key: str
    fingerprint: str
    request_id: str


def fingerprint(method: str, path: str, pairs: list[tuple[str, str]]) -> str:
    """What must be the same for the same key: the endpoint and every parameter."""
    text = "\x00".join([method, path, *(f"{name}\x01{value}" for name, value in sorted(pairs))])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Idempotency:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._running: set[tuple[str, str]] = set()

    def begin(self, claim: Claim) -> Kept | None:
        """Answers what the key already got, or takes the key; refuses misuse and races."""
        if len(claim.key) > _LONGEST:
            raise StripeError(
                f"Invalid idempotency key: it must be at most {_LONGEST} characters long.",
                kind="idempotency_error",
            )
        with self._store.transaction():
            self._store.run(
                "DELETE FROM idempotency WHERE created < ?", (self._clock.exact() - _KEEP,)
            )
            rows = self._store.rows(
                "SELECT fingerprint, status, body, request FROM idempotency"
                " WHERE account = ? AND key = ?",
                (claim.account, claim.key),
            )
            if rows and rows[0][0] != claim.fingerprint:
                raise StripeError(
                    "Keys for idempotent requests can only be used with the same parameters they "
                    "were first used with. Try using a key other than "
                    f"'{claim.key}' if you meant to execute a different request.",
                    kind="idempotency_error",
                )
            if rows:
                return Kept(rows[0][1], rows[0][2], rows[0][3])
            if (claim.account, claim.key) in self._running:
                raise StripeError(
                    "There is currently another in-progress request using this Idempotent Key "
                    f"(that probably means you submitted twice): {claim.key}",
                    status=409,
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                )
            self._running.add((claim.account, claim.key))
            return None

    def keep(self, claim: Claim, status: int, body: bytes) -> None:
        self._store.run(
            "INSERT OR REPLACE INTO idempotency (account, key, fingerprint, request, status, body,"
            " created) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                claim.account,
                claim.key,
                claim.fingerprint,
                claim.request_id,
                status,
                body,
                self._clock.exact(),
            ),
        )

    def release(self, claim: Claim) -> None:
        self._running.discard((claim.account, claim.key))
