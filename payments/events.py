"""The durable inbox: keep what Stripe says, then act on it exactly once in effect.

An event is a hint that `payments.handlers` looks into, so that duplicates, any order and altered
bodies change nothing. `processed_at` is written in the transaction that has the effects; an event
that fits nothing of ours is parked, not dropped.
"""

import datetime as dt
import hashlib
import json
import logging
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import User
from payments import gateway, staff
from payments.errors import BadSignature, NotParked, PaymentsUnavailable
from payments.handlers import HANDLERS, Effect, nothing
from payments.models import StaffTask, StripeEvent
from rally.kit import clock, text
from rally.kit.failpoints import failpoint
from rally.kit.retries import retrying
from rally.kit.text import has_forbidden
from rally.kit.wakeups import wake

logger = logging.getLogger(__name__)
PROCESS = "payments.tasks.process_event"
LONGEST_BODY = 256_000
FIRST_PAUSE_SECONDS = 10
LONGEST_PAUSE_SECONDS = 900


def receive(body: bytes, signature: str) -> StripeEvent:
    """Check and keep one delivery. Raises BadSignature for anything Stripe didn't send.

    A second delivery finds the first one's row; one with another body under the same id is
    an alarm, and the first stands.
    """
    if len(body) > LONGEST_BODY:
        raise BadSignature
    gateway.verify(body, signature)
    event = _read(body)
    StripeEvent.objects.bulk_create([event], ignore_conflicts=True)
    failpoint("event_kept")
    kept = StripeEvent.objects.get(account_id=event.account_id, event_id=event.event_id)
    if kept.digest != event.digest and _facts(kept) != _facts(event):
        with transaction.atomic():
            staff.ask(
                StaffTask.Kind.MISMATCH, key=f"{kept.event_id}:body", about=kept,
                facts={"type": event.type, "why": "came again with another body"},
            )  # fmt: skip
    if kept.processed_at is None:
        wake(PROCESS, kept.pk)
    return kept


def _facts(event: StripeEvent) -> Any:
    """What an event says, without the count that Stripe itself changes between deliveries.

    None once the body was purged: then nobody can tell.
    """
    if not event.body:
        return None
    return {k: v for k, v in json.loads(event.body).items() if k != "pending_webhooks"}


def row(body: bytes) -> StripeEvent | None:
    """The row for an event that we fetched ourselves; None when it isn't one as we know them."""
    try:
        return _read(body)
    except BadSignature:
        return None


def _read(body: bytes) -> StripeEvent:
    """The row for a signed body. Raises BadSignature when it isn't an event as we know them."""
    digest = hashlib.sha256(body).hexdigest()
    try:
        data = json.loads(body.decode())
        if text.has_forbidden_within(data):
            raise ValueError
        found = data["data"]["object"]
        event = StripeEvent(
            # Old clients' samples have no id; the same body again is the same event.
            event_id=_short(data.get("id", f"evt_of_{digest[:40]}")),
            account_id=_short(data.get("account") or ""),
            livemode=data.get("livemode") is True,
            type=_short(data["type"]),
            object_id=_short(found.get("id") or ""),
            api_version=_short(data.get("api_version") or "")[:40],
            body=body.decode(),
            digest=digest,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadSignature from None
    if data.get("object", "event") != "event" or not event.event_id:
        raise BadSignature
    return event


def _short(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 80 or has_forbidden(value):
        raise ValueError
    return value


def process(pk: int, now: dt.datetime | None = None) -> bool:
    """Act on one kept event; False when it failed and will be tried again.

    Calls to Stripe come first and outside any transaction; then the effects and the mark that
    they are done are written in one.
    """
    event = StripeEvent.objects.filter(pk=pk, processed_at=None).first()
    if event is None:
        return True
    try:
        effect = HANDLERS.get(event.type, nothing)(event, json.loads(event.body))
        retrying(lambda: _finish(event, effect))
    except PaymentsUnavailable as why:
        _try_later(event, str(why))
        return False
    except Exception as why:
        _try_later(event, f"{type(why).__name__}: {why}")
        logger.exception("Event %s could not be processed", event.event_id)
        return False
    return True


def _finish(event: StripeEvent, effect: Effect) -> None:
    """The event's row is locked first, so that two workers can't both do it."""
    waiting = StripeEvent.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk=event.pk, processed_at=None
    )
    if waiting.first() is None:
        return
    parked = effect()
    failpoint("before_event_processed")
    StripeEvent.objects.filter(pk=event.pk).update(
        processed_at=clock.database_now(), parked=parked[:60], error=""
    )


def _try_later(event: StripeEvent, why: str) -> None:
    pause = min(FIRST_PAUSE_SECONDS * 2 ** min(event.attempts, 10), LONGEST_PAUSE_SECONDS)
    StripeEvent.objects.filter(pk=event.pk).update(
        attempts=F("attempts") + 1,
        error=why[:300],
        next_at=clock.database_now() + dt.timedelta(seconds=pause),
    )


def again(event: StripeEvent, by: User, *, door: str = "admin") -> None:
    """Have a parked event processed once more, now that what it names may be known.

    Raises NotParked for one that had its effect, or whose body was purged.
    """
    with transaction.atomic():
        parked = StripeEvent.objects.exclude(parked="").exclude(body="").filter(pk=event.pk)
        if not parked.update(processed_at=None, parked="", next_at=clock.database_now()):
            raise NotParked
        audit.record("stripeevent.again", about=event, by=by, door=door,
                     facts={"type": event.type})  # fmt: skip
        wake(PROCESS, event.pk)


def waiting(limit: int) -> list[int]:
    """Events that should have been processed by now, oldest first."""
    return list(
        StripeEvent.objects.filter(processed_at=None, next_at__lte=clock.expression(None))
        .order_by("next_at")
        .values_list("pk", flat=True)[:limit]
    )
