"""Sends what waits, again and again over three days, until somebody says 2xx.

A message is leased before it is sent: a process that dies in between costs a minute, and the
receiver may get it twice with the same id, never not at all. A few are under way at a time, and
few of them to one receiver, so that a slow one delays only itself.
"""

import datetime as dt
import threading
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from accounts import webhook_trouble, webhook_wire
from accounts.models import WebhookDelivery, WebhookEndpoint
from rally.kit import clock
from rally.kit.failpoints import failpoint

State = WebhookDelivery.State
LEASE = dt.timedelta(seconds=60)
# Seconds to wait after each try that failed: eleven tries over 72 hours.
PAUSES = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 73_435)
GONE = 410
KEPT_DAYS = 30
# How many are under way in this process, and to one endpoint.
AT_ONCE, EACH = 8, 2
# A round ends after this, so that it isn't for ever when there is always more; the schedule
# begins another.
ROUND_SECONDS = 20.0

_turn = threading.Lock()
_asked = threading.Event()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: the receiver's status, or why there is none."""

    status: int | None
    error: str = ""


@dataclass
class Round:
    """The messages that are under way; the database is asked by one thread only."""

    now: dt.datetime | None
    left: int
    until: float = field(default_factory=lambda: time.monotonic() + ROUND_SECONDS)
    flying: dict[Future[Outcome], WebhookDelivery] = field(default_factory=dict)
    # Who failed once in this round is left alone for the rest of it.
    failed: set[int] = field(default_factory=set)

    def next(self) -> WebhookDelivery | None:
        """One more message to send, if there is one and room for it."""
        if not self.left or len(self.flying) >= AT_ONCE or time.monotonic() > self.until:
            return None
        busy = Counter(one.endpoint_id for one in self.flying.values())
        full = {pk for pk, count in busy.items() if count >= EACH}
        return _take(self.now or clock.database_now(), full | self.failed)

    def land(self) -> None:
        """Write down what has come back."""
        for future in wait(self.flying, return_when=FIRST_COMPLETED).done:
            delivery, outcome = self.flying.pop(future), future.result()
            failpoint("webhook_sent")
            if not _settle(delivery, outcome, self.now or clock.database_now()):
                self.failed.add(delivery.endpoint_id)


def deliver_due(now: dt.datetime | None = None, limit: int = 200) -> int:
    """Send what is due, the oldest of each endpoint first; answers how many were tried.

    One thread of a process does so at a time. Another that is asked meanwhile leaves word, so
    that what was queued after the first had looked isn't left for the schedule.
    """
    tried = 0
    _asked.set()
    while _asked.is_set() and _turn.acquire(blocking=False):
        try:
            _asked.clear()
            tried += _round(now, limit)
        finally:
            _turn.release()
    return tried


def _round(now: dt.datetime | None, limit: int) -> int:
    work = Round(now, limit)
    with ThreadPoolExecutor(AT_ONCE, "webhook") as pool:
        while True:
            while (delivery := work.next()) is not None:
                work.left -= 1
                failpoint("webhook_taken")
                headers = _headers(delivery, work.now or clock.database_now())
                sending = pool.submit(_post, delivery.endpoint.url, delivery.body, headers)
                work.flying[sending] = delivery
            if not work.flying:
                return limit - work.left
            work.land()


def sweep(now: dt.datetime | None = None) -> int:
    """Forget what was settled a month ago."""
    old = (now or clock.database_now()) - dt.timedelta(days=KEPT_DAYS)
    settled = WebhookDelivery.objects.exclude(state=State.WAITING)
    return settled.filter(created_at__lt=old).delete()[0]


def _take(now: dt.datetime, without: set[int]) -> WebhookDelivery | None:
    """The next message, leased for a minute; another worker gets another."""
    with transaction.atomic():
        found = (
            WebhookDelivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            .filter(state=State.WAITING, next_at__lte=now, endpoint__disabled_at=None)
            .exclude(endpoint__in=without)
            .select_related("endpoint")
            .order_by("next_at", "pk")
            .first()
        )
        if found is None:
            return None
        found.attempts += 1
        WebhookDelivery.objects.filter(pk=found.pk).update(
            attempts=F("attempts") + 1, next_at=now + LEASE
        )
        return found


def _headers(delivery: WebhookDelivery, now: dt.datetime) -> dict[str, str] | None:
    """What is sent beside the body; None without a key, as after the installation's changed."""
    keys = _keys(delivery.endpoint, now)
    if not keys:
        return None
    # The receiver compares it with its own clock, so this one is never a simulated one.
    timestamp = int(clock.now().timestamp())
    body = delivery.body.encode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Rally-Webhooks/1",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": webhook_wire.signature(delivery.message_id, timestamp, body, keys),
    }


def _keys(endpoint: WebhookEndpoint, now: dt.datetime) -> list[str]:
    until = endpoint.old_secret_until
    old = endpoint.old_secret if until is not None and until > now else ""
    return [key for key in (endpoint.secret, old) if key]


def _post(url: str, body: str, headers: dict[str, str] | None) -> Outcome:
    """Runs in a thread of its own and touches no database."""
    if headers is None:
        return Outcome(None, "its key can't be read any more: rotate it")
    try:
        return Outcome(webhook_wire.post(url, body.encode(), headers))
    except webhook_wire.Unreachable as why:
        return Outcome(None, str(why))


def _settle(delivery: WebhookDelivery, outcome: Outcome, now: dt.datetime) -> bool:
    """Write down what came of a try, and when the next one is; whether it arrived."""
    status = outcome.status
    values: dict[str, object] = {"answered_status": status, "error": outcome.error[:200]}
    arrived = status is not None and 200 <= status < 300
    ended = not arrived and (status == GONE or delivery.attempts > len(PAUSES))
    if arrived or ended:
        values |= {"state": State.DELIVERED if arrived else State.FAILED, "done_at": now}
    else:
        values["next_at"] = now + dt.timedelta(seconds=PAUSES[delivery.attempts - 1])
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(**values)
        if status == GONE:
            webhook_trouble.turn_off(delivery.endpoint, now)
        elif ended:
            webhook_trouble.gave_up(delivery.endpoint, now)
    return arrived
