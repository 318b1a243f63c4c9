"""A real simulator process, a real webhook receiver and the real SDK between them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stripe

SECRET = "whsec_simulator_tests"
ROOT = Path(__file__).resolve().parents[2]


class Receiver(ThreadingHTTPServer):
    """Takes webhooks, verifies each as the application would, remembers them."""

    daemon_threads = True

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.signatures: list[str] = []
        self.bodies: list[bytes] = []
        self.refuse = 0
        self.on_event: Callable[[Any], None] = lambda event: None
        super().__init__(("127.0.0.1", 0), _Receive)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def types(self) -> list[str]:
        return [event.type for event in list(self.events)]

    def wait(self, kind: str, count: int = 1, seconds: float = 3) -> list[Any]:
        """The first ``count`` events of a type, or a failed test."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [event for event in list(self.events) if event.type == kind]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{count} x {kind} didn't come; there are {self.types()}")


class _Receive(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        signature = self.headers["stripe-signature"]
        event = stripe.Webhook.construct_event(body, signature, SECRET)
        status = 200
        if self.server.refuse > 0:
            self.server.refuse -= 1
            status = 500
        else:
            self.server.bodies.append(body)
            self.server.signatures.append(signature)
            self.server.on_event(event)
            self.server.events.append(event)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@dataclass
class Sim:
    """A running simulator and how to talk to it."""

    process: subprocess.Popen[str]
    url: str
    client: stripe.StripeClient
    db: Path
    receiver: Receiver | None = None
    argv: list[str] = field(default_factory=list)

    def control(self, path: str, body: object = None, method: str | None = None) -> Any:
        status, answer = self.raw_control(path, body, method)
        assert status == 200, answer
        return answer

    def raw_control(
        self, path: str, body: object = None, method: str | None = None
    ) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        method = method or ("GET" if body is None else "POST")
        status, _, text = self.http(f"/_sim/{path}", data if method == "POST" else None, method)
        return status, json.loads(text)

    def http(
        self,
        path: str,
        data: bytes | None = None,
        method: str = "GET",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any, str]:
        request = urllib.request.Request(self.url + path, data, headers or {}, method=method)
        try:
            with _OPENER.open(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def create(self, options: dict[str, Any] | None = None, **changes: Any) -> Any:
        params = {**checkout(), **changes}
        params = {key: value for key, value in params.items() if value is not None}
        return self.client.v1.checkout.sessions.create(params, options or {})

    def pay(self, session: Any, outcome: str = "paid") -> Any:
        return self.control(f"sessions/{session.id}/complete", {"outcome": outcome})["session"]

    def get(self, session: Any) -> Any:
        return self.client.v1.checkout.sessions.retrieve(session.id)

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        self.process.send_signal(with_signal)
        return self.process.wait(10)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def checkout(amount: int = 1200, currency: str = "usd", quantity: int = 1) -> dict[str, Any]:
    """The parameters of an ordinary session."""
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Tile 12"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": quantity}],
        "success_url": "http://127.0.0.1:9/done?cs={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:9/back",
        "client_reference_id": "order-1",
        "metadata": {"boardId": "b1"},
        "payment_intent_data": {"metadata": {"checkoutId": "c1"}},
    }


def client(url: str, key: str = "sk_test_abc", retries: int = 2) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": url},
        http_client=stripe.RequestsClient(timeout=10),
        max_network_retries=retries,
    )


def environment(**extra: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RALLY_", "STRIPE_"))}
    return {**kept, **extra}


def launch(db: Path, webhook: str = "", *more: str) -> Sim:
    """Start a simulator on a free port and wait until it says it is ready."""
    argv = [sys.executable, "-m", "payments.simulator", "--db", str(db)]
    if webhook:
        argv += ["--webhook-url", webhook]
    if "--webhook-secret" not in more:
        argv += ["--webhook-secret", SECRET]
    argv += more
    process = subprocess.Popen(argv, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert "ready at " in line, line
    url = line.split("ready at ")[1].split()[0]
    return Sim(process, url, client(url), db, argv=argv)


@pytest.fixture(scope="session")
def receiver_process() -> Iterator[Receiver]:
    receiver = Receiver()
    threading.Thread(target=receiver.serve_forever, args=(0.05,), daemon=True).start()
    yield receiver
    receiver.shutdown()
    receiver.server_close()


@pytest.fixture(scope="session")
def shared_sim(
    receiver_process: Receiver, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sim]:
    sim = launch(tmp_path_factory.mktemp("sim") / "sim.sqlite3", receiver_process.url)
    sim.receiver = receiver_process
    yield sim
    sim.stop()


@pytest.fixture
def hook(receiver_process: Receiver) -> Receiver:
    receiver_process.refuse = 0
    receiver_process.on_event = lambda event: None
    return receiver_process


@pytest.fixture
def sim(shared_sim: Sim, hook: Receiver) -> Sim:
    """The shared simulator, wiped for this test."""
    shared_sim.control("reset", {})
    hook.events.clear()
    hook.signatures.clear()
    hook.bodies.clear()
    return shared_sim


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Sim]]:
    """Start simulators of one's own; they end with the test."""
    running: list[Sim] = []

    def begin(webhook: str = "", *more: str) -> Sim:
        one = launch(tmp_path / "sim.sqlite3", webhook, *more)
        running.append(one)
        return one

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.stop()
