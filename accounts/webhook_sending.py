"""Sends what waits, again and again over three days, until somebody says 2xx.

A message is leased before it is sent: a process that dies in between costs a minute, and the
receiver may get it twice with the same id, never not at all.
"""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import F

from accounts import webhook_wire
from accounts.models import WebhookDelivery, WebhookEndpoint
from rally.kit import clock
from rally.kit.failpoints import failpoint

logger = logging.getLogger(__name__)
State = WebhookDelivery.State
LEASE = dt.timedelta(seconds=60)
# Seconds to wait after each try that failed: eleven tries over 72 hours.
PAUSES = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 73_435)
GONE = 410
KEPT_DAYS = 30


def deliver_due(now: dt.datetime | None = None, limit: int = 200) -> int:
    """Send what is due, the oldest first; answers how many were tried."""
    for tried in range(limit):
        delivery = _take(now or clock.database_now())
        if delivery is None:
            return tried
        failpoint("webhook_taken")
        _send(delivery, now)
    return limit


def sweep(now: dt.datetime | None = None) -> int:
    """Forget what was settled a month ago."""
    old = (now or clock.database_now()) - dt.timedelta(days=KEPT_DAYS)
    settled = WebhookDelivery.objects.exclude(state=State.WAITING)
    return settled.filter(created_at__lt=old).delete()[0]


def _take(now: dt.datetime) -> WebhookDelivery | None:
    """The next message, leased for a minute; another worker gets another."""
    with transaction.atomic():
        found = (
            WebhookDelivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            .filter(state=State.WAITING, next_at__lte=now, endpoint__disabled_at=None)
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


def _send(delivery: WebhookDelivery, now: dt.datetime | None) -> None:
    body = delivery.body.encode()
    # The receiver compares it with its own clock, so this one is never a simulated one.
    timestamp = int(clock.now().timestamp())
    keys = _keys(delivery.endpoint, now or clock.database_now())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Rally-Webhooks/1",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": webhook_wire.signature(delivery.message_id, timestamp, body, keys),
    }
    status, error = None, ""
    try:
        status = webhook_wire.post(delivery.endpoint.url, body, headers)
    except webhook_wire.Unreachable as why:
        error = str(why)
    failpoint("webhook_sent")
    _settle(delivery, status, error, now or clock.database_now())


def _keys(endpoint: WebhookEndpoint, now: dt.datetime) -> list[str]:
    until = endpoint.old_secret_until
    if endpoint.old_secret and until is not None and until > now:
        return [endpoint.secret, endpoint.old_secret]
    return [endpoint.secret]


def _settle(delivery: WebhookDelivery, status: int | None, error: str, now: dt.datetime) -> None:
    """Write down what came of a try, and when the next one is."""
    values: dict[str, object] = {"answered_status": status, "error": error[:200]}
    if status is not None and 200 <= status < 300:
        values |= {"state": State.DELIVERED, "done_at": now}
    elif status == GONE or delivery.attempts > len(PAUSES):
        values |= {"state": State.FAILED, "done_at": now}
    else:
        pause = PAUSES[delivery.attempts - 1]
        values["next_at"] = now + dt.timedelta(seconds=pause)
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(**values)
        if status == GONE:
            _turn_off(delivery.endpoint, now)


def _turn_off(endpoint: WebhookEndpoint, now: dt.datetime) -> None:
    """The receiver said that nobody lives there any more."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at=None).update(
        disabled_at=now, disabled_why="answered 410"
    )
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=State.WAITING)
    waiting.update(state=State.FAILED, done_at=now, error="turned off by 410")
    logger.warning("Webhook %s was turned off: it answered 410", endpoint.public_id)
