"""Webhook deliveries: signed, at once, then again with back-off until three simulated days passed.

Stripe documentation: "Receive Stripe events in your webhook endpoint" (retries, ordering,
duplicates) and "Verify webhook signatures manually". A delivery is due by the simulator's clock;
its signature is dated by the wall clock, since receivers refuse timestamps older than 5 minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import queue
import random
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from payments.simulator import tls

if TYPE_CHECKING:
    from payments.simulator.clock import Clock
    from payments.simulator.options import Options
    from payments.simulator.store import Store

_WORKERS = 4
_TIMEOUT = 10.0
_GIVE_UP = 3 * 86_400.0
_BACKOFF = (1, 2, 5, 10, 30, 60, 300, 900, 3_600, 10_800, 21_600, 43_200)
_POLICY = "delivery_policy"
_STATES = ("pending", "delivered", "failed", "dropped")


@dataclass(frozen=True)
class Policy:
    """How unkind the network is: share lost for ever, extra copies, disorder, delay."""

    drop: float = 0.0
    duplicate: int = 0
    shuffle: bool = False
    delay_s: float = 0.0


def signature(secrets: Sequence[str], body: bytes, at: int) -> str:
    """The Stripe-Signature header; one ``v1`` per secret while secrets are rotated."""
    signed = f"{at}.".encode() + body
    marks = [hmac.new(s.encode(), signed, hashlib.sha256).hexdigest() for s in secrets]
    return ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)])


class Deliveries:
    def __init__(self, store: Store, clock: Clock, options: Options) -> None:
        self._store = store
        self._clock = clock
        self._url = options.webhook_url
        self._secrets = options.webhook_secrets or ("",)
        self._trust = tls.trusting(options.tls_cert)
        self._chance = random.Random(options.seed)
        self._policy = Policy(**json.loads(store.setting(_POLICY) or "{}"))
        self._claimed: set[int] = set()
        self._jobs: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._stopping = False

    @property
    def active(self) -> bool:
        return bool(self._url)

    @property
    def policy(self) -> Policy:
        return self._policy

    def set_policy(self, policy: Policy) -> None:
        with self._store.transaction():
            self._policy = policy
            self._store.set_setting(_POLICY, json.dumps(asdict(policy)))

    def add(self, event: str, account: str, body: bytes, *, hold_back: bool = False) -> int:
        """Queue an event for the webhook; held back ones wait for ``attempt``."""
        if not self.active:
            return 0
        policy = Policy() if hold_back else self._policy
        now = self._clock.exact()
        state = "dropped" if self._chance.random() < policy.drop else "pending"
        ids = []
        for _ in range(1 + policy.duplicate):
            late = policy.delay_s + (self._chance.uniform(0, 2) if policy.shuffle else 0)
            ids.append(
                self._store.run(
                    "INSERT INTO deliveries (event, account, state, next_at, first_at, body)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (event, account, state, now + late, now, body),
                )
            )
        if hold_back:
            self._claimed.add(ids[0])
        self.wake()
        return ids[0]

    def outstanding(self, event: str) -> int:
        sql = "SELECT count(*) FROM deliveries WHERE event = ? AND state <> 'delivered'"
        return int(self._store.rows(sql, (event,))[0][0])

    def counts(self) -> dict[str, int]:
        rows = self._store.rows("SELECT state, count(*) FROM deliveries GROUP BY state")
        return dict.fromkeys(_STATES, 0) | dict(rows) | {"in_flight": len(self._claimed)}

    def finish_in_flight(self, seconds: float) -> None:
        """Wait until nothing is on its way, so that nothing old arrives after a reset."""
        deadline = time.monotonic() + seconds
        while self._claimed and time.monotonic() < deadline:
            time.sleep(0.005)

    def wake(self) -> None:
        self._wake.set()

    def start(self) -> None:
        for number in range(_WORKERS):
            threading.Thread(target=self._work, name=f"delivery-{number}", daemon=True).start()
        threading.Thread(target=self._dispatch, name="deliveries", daemon=True).start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        for _ in range(_WORKERS):
            self._jobs.put(None)

    def attempt(self, delivery: int, timeout: float = _TIMEOUT) -> bool:
        """Send one claimed delivery now and write down what came of it."""
        try:
            rows = self._store.rows("SELECT body FROM deliveries WHERE id = ?", (delivery,))
            if not rows:
                return False
            status, error = self._post(rows[0][0], timeout)
            if self._stopping:
                return False
            self._note(delivery, status, error)
            return status is not None and 200 <= status < 300
        finally:
            self._claimed.discard(delivery)
            self.wake()

    def _dispatch(self) -> None:
        """Hand every due delivery to a worker, once at a time."""
        while not self._stopping:
            self._wake.clear()
            with self._store.lock:
                if self._stopping:
                    return
                now = self._clock.exact()
                rows = self._store.rows(
                    "SELECT id, next_at FROM deliveries WHERE state = 'pending'"
                    " ORDER BY next_at, id LIMIT 200",
                )
                waiting = [row for row in rows if row[0] not in self._claimed]
                due = [number for number, next_at in waiting if next_at <= now]
                self._claimed.update(due)
            for number in due:
                self._jobs.put(number)
            rest = [next_at - now for _, next_at in waiting if next_at > now]
            self._wake.wait(timeout=min([0.5, *rest]))

    def _work(self) -> None:
        while (number := self._jobs.get()) is not None:
            try:
                self.attempt(number)
            except Exception as problem:
                if self._stopping:
                    return
                print(f"Simulator delivery: {problem!r}", file=sys.stderr, flush=True)

    def _post(self, body: bytes, timeout: float) -> tuple[int | None, str | None]:
        parts = urlsplit(self._url)
        connection = self._connection(parts.scheme, parts.hostname or "", parts.port, timeout)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(self._secrets, body, int(time.time())),
            "Connection": "close",
        }
        try:
            connection.request("POST", target, body, headers)
            return connection.getresponse().status, None
        except (OSError, http.client.HTTPException) as problem:
            return None, f"{type(problem).__name__}: {problem}"[:200]
        finally:
            connection.close()

    def _connection(
        self, scheme: str, host: str, port: int | None, timeout: float
    ) -> http.client.HTTPConnection:
        if scheme != "https":
            return http.client.HTTPConnection(host, port, timeout=timeout)
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=self._trust)

    def _note(self, delivery: int, status: int | None, error: str | None) -> None:
        with self._store.transaction():
            rows = self._store.rows(
                "SELECT tries, first_at FROM deliveries WHERE id = ?", (delivery,)
            )
            if not rows:
                return
            tries, first_at = rows[0][0] + 1, rows[0][1]
            next_at = self._clock.exact() + _BACKOFF[min(tries, len(_BACKOFF)) - 1]
            if status is not None and 200 <= status < 300:
                state = "delivered"
            else:
                state = "pending" if next_at <= first_at + _GIVE_UP else "failed"
            self._store.run(
                "UPDATE deliveries SET state = ?, tries = ?, next_at = ?, last_status = ?,"
                " last_error = ? WHERE id = ?",
                (state, tries, next_at, status, error, delivery),
            )
