"""What the webhook takes: a thousand signed events, then a thousand that all come five times."""

import json
import subprocess
import sys
import time
from collections import Counter
from typing import Any

from bench.figures import Figure
from bench.signing import signature
from tests.services import BASE
from tests.site import Site

EVENTS, TIMES, CONNECTIONS, PATIENCE = 1_000, 5, 40, 120


def measure(site: Site) -> list[Figure]:
    """Answers and rows; the seconds are for both cores, the load's own work included."""
    once = _deliver(site, "once", 1)
    five = _deliver(site, "five", TIMES)
    return [
        Figure("1,000 signed events kept", once["seconds"], "s", at_most=10),
        Figure("answers other than 200", once["refused"], at_most=0),
        Figure("1,000 signed events, each five times at once", five["seconds"], "s"),
        Figure("5xx meanwhile", five["failed"], at_most=0),
        Figure("events of those kept", five["kept"], at_least=EVENTS, at_most=EVENTS),
    ]


def _deliver(site: Site, name: str, times: int) -> dict[str, Any]:
    secret = json.loads(site.manage("demo", "--json"))["stripe"]["webhook_secret"]
    host, port = site.base_url.removeprefix("http://").split(":")
    requests = [_request(f"{host}:{port}", f"evt_bench_{name}_{n}", secret) for n in range(EVENTS)]
    order = {
        "host": host, "port": int(port), "seconds": PATIENCE, "connections": CONNECTIONS,
        # Copies are neighbours, so that different connections send them at the same time.
        "requests": [text for text in requests for _ in range(times)], "again": False,
    }  # fmt: skip
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"], cwd=BASE, input=json.dumps(order),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    statuses = Counter({int(k): v for k, v in json.loads(done.stdout)["statuses"].items()})
    return {
        "seconds": round(time.perf_counter() - began, 2),
        "refused": EVENTS * times - statuses[200],
        "failed": sum(count for status, count in statuses.items() if status >= 500),
        "kept": _kept(site, name),
    }


def _kept(site: Site, name: str) -> int:
    code = "from payments.models import StripeEvent as E; "
    code += f"print(E.objects.filter(event_id__startswith='evt_bench_{name}_').count())"
    return int(site.manage("shell", "-v0", "-c", code))


def _request(host: str, event_id: str, secret: str) -> str:
    """One delivery of an event of a type that nobody acts on."""
    body = json.dumps(
        {"id": event_id, "object": "event", "type": "account.updated", "livemode": False,
         "api_version": "2025-01-01", "data": {"object": {"id": "acct_bench"}}}
    )  # fmt: skip
    return (
        f"POST /api/stripe/webhook HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Stripe-Signature: {signature(body.encode(), secret)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
