"""Everybody outside: the supporter, the bank, the network, time. Played on a real simulator."""

import hashlib
import hmac
import json
import os
import signal
import time
import traceback
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connections

from boards import tokens
from boards.models import Board, Hold
from campaigns.models import Goal
from payments import checkouts, events, gateway
from payments.facts import Session
from payments.models import Attempt, StripeEvent
from payments.settlement import settle
from rally.kit import failpoints
from tests.factories import make_hold, make_supporter

SITE = "http://127.0.0.1:9"
SESSIONS = "POST /v1/checkout/sessions"
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Order:
    """A hold that is being paid, and the session that does it."""

    hold: Hold
    url: str
    token: str
    attempt: Attempt

    @property
    def session_id(self) -> str:
        return self.attempt.session_id

    def session(self) -> Session:
        """What Stripe has now."""
        return gateway.retrieve_session(self.attempt.account, self.session_id)

    def settle(self) -> str:
        """What the result page, the sweep and the webhook all do."""
        return settle(self.attempt_now(), self.session())

    def attempt_now(self) -> Attempt:
        return Attempt.objects.select_related("account", "checkout__hold__organization").get(
            pk=self.attempt.pk
        )

    def phase(self) -> str:
        return Hold.objects.get(pk=self.hold.pk).phase


class Outside:
    """The simulator's control API in a test's words."""

    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, path: str, body: object = None, method: str = "POST") -> Any:
        data = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(f"{self.url}/_sim/{path}", data, method=method)
        with _opener.open(request, timeout=10) as reply:
            return json.load(reply)

    def pay(self, order: Order, outcome: str = "paid") -> None:
        self.control(f"sessions/{order.session_id}/complete", {"outcome": outcome})

    def bank(self, order: Order, outcome: str = "succeeded") -> None:
        self.control(f"sessions/{order.session_id}/settle", {"outcome": outcome})

    def fail(self, kind: str, times: int = 3, route: str = SESSIONS) -> None:
        """Three times, because the SDK tries three times."""
        self.control("faults", {"route": route, "kind": kind, "times": times})

    def recover(self) -> None:
        self.control("faults", method="DELETE")

    def pass_time(self, seconds: int) -> None:
        self.control("clock/advance", {"seconds": seconds})

    def dashboard_refund(self, payment_intent: str, amount: int) -> None:
        """Somebody presses "refund" in Stripe's dashboard: it carries nothing of ours."""
        body = f"payment_intent={payment_intent}&amount={amount}".encode()
        request = urllib.request.Request(
            f"{self.url}/v1/refunds",
            body,
            headers={"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"},
        )
        _opener.open(request, timeout=10).close()

    def ledger(self) -> Any:
        return self.control("ledger", method="GET")

    def events(self, kind: str = "checkout.session.*") -> list[dict[str, Any]]:
        """What was told so far, oldest first."""
        request = urllib.request.Request(
            f"{self.url}/v1/events?limit=100&type={kind}",
            headers={"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"},
        )
        with _opener.open(request, timeout=10) as reply:
            found: list[dict[str, Any]] = json.load(reply)["data"]
        return found[::-1]


def order(board: Board, numbers: Any = (1,), *, cover: bool = False, **who: Any) -> Order:
    """Hold tiles and start paying for them."""
    token = tokens.new()
    hold = make_hold(board, numbers, token)
    url = start(hold, cover=cover, **who)
    attempt = Attempt.objects.select_related("account", "checkout").get(
        checkout__hold=hold, status=Attempt.Status.OPEN
    )
    return Order(hold, url, token, attempt)


def start(hold: Hold, *, cover: bool = False, credit: Goal | None = None, **who: Any) -> str:
    return checkouts.start(
        hold=hold, supporter=make_supporter(**who), cover_fees=cover, site=SITE, credit=credit
    )


def signed(body: bytes, at: float | None = None, secret: str = "") -> str:
    """A Stripe-Signature header. Source: Stripe, "Verify webhook signatures manually"."""
    moment = int(at or time.time())
    key = (secret or settings.STRIPE_WEBHOOK_SECRETS[0]).encode()
    mark = hmac.new(key, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={mark}"


def deliver(event: dict[str, Any]) -> StripeEvent:
    """A delivery arrives and is processed at once; the row as it then is."""
    body = json.dumps(event).encode()
    kept = events.receive(body, signed(body))
    events.process(kept.pk)
    return StripeEvent.objects.get(pk=kept.pk)


def dies(at: str, act: Callable[[], object]) -> None:
    """Run `act` in a process of its own that is killed at a failpoint."""
    connections.close_all()
    cache.close()
    child = os.fork()
    if not child:
        failpoints.armed = at
        gateway._local.__dict__.clear()
        try:
            act()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL, f"never at {at}"
