"""Stands between Stripe and the site, and treats every delivery badly.

A fifth is answered and lost for ever, a tenth is answered 500, a tenth comes three days later;
the rest comes one to five times, out of order.
"""

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prove.stripe import Stripe, signed

LOST, FAILED, LATE = 0.2, 0.1, 0.1
LONGEST_WAIT = 1.5
CLOCK = "test_helpers.test_clock.ready"


class Weather:
    """The address Stripe delivers to, and what became of what it delivered."""

    def __init__(self, port: int, site: str, secret: str, seed: int) -> None:
        self.site, self.secret = site, secret
        self.chance = random.Random(seed)
        self.guard = threading.Lock()
        self.late: list[bytes] = []
        self.counts = dict.fromkeys(("events", "lost", "failed", "late", "deliveries", "5xx"), 0)
        self.pool = ThreadPoolExecutor(4)
        self.waiting = 0
        self.line = threading.local()
        weather = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(weather.take(body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, body: bytes) -> int:
        """What Stripe hears of one delivery."""
        if json.loads(body)["type"] == CLOCK:
            return self._send(body)
        with self.guard:
            self.counts["events"] += 1
            fate = self.chance.random()
            if fate < LOST:
                self.counts["lost"] += 1
                return 200
            if fate < LOST + FAILED:
                self.counts["failed"] += 1
                return 500
            if fate < LOST + FAILED + LATE:
                self.counts["late"] += 1
                self.late.append(body)
                return 200
            waits = [self.chance.uniform(0, LONGEST_WAIT) for _ in range(self.chance.randint(1, 5))]
        self.forward(body, waits)
        return 200

    def forward(self, body: bytes, waits: list[float]) -> None:
        """One copy after each of these pauses."""
        for wait in waits:
            with self.guard:
                self.waiting += 1
            timer = threading.Timer(wait, self.pool.submit, (self._one, body))
            timer.daemon = True
            timer.start()

    def _one(self, body: bytes) -> None:
        try:
            self._send(body)
        finally:
            with self.guard:
                self.waiting -= 1

    def _send(self, body: bytes) -> int:
        if not hasattr(self.line, "stripe"):
            self.line.stripe = Stripe(self.site)
        headers = {
            "Content-Type": "application/json", "Stripe-Signature": signed(body, self.secret),
        }  # fmt: skip
        status, _said = self.line.stripe._call("POST", "/api/stripe/webhook", body, headers)
        with self.guard:
            self.counts["deliveries"] += 1
            self.counts["5xx"] += status >= 500
        return int(status)

    def three_days_later(self) -> None:
        """What was held up arrives now."""
        late, self.late = self.late, []
        for body in late:
            self.forward(body, [0.0])

    def calm(self, within: float) -> bool:
        """Wait until nothing is under way."""
        deadline = time.monotonic() + within
        while self.waiting and time.monotonic() < deadline:
            time.sleep(0.05)
        return not self.waiting

    def end(self) -> None:
        """No more deliveries."""
        self.server.shutdown()
        self.server.server_close()
        self.pool.shutdown(cancel_futures=True)
