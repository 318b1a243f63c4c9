"""The durable inbox: keep what Stripe says, then act on it exactly once in effect.

An event is a hint. Handlers fetch the object it names and settle what they find, so that
duplicates, any order and altered bodies change nothing. `processed_at` is written in the
transaction that has the effects; an event that fits nothing of ours is parked, not dropped.
"""

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F

from payments import clockwork, disputes, gateway, sessions, staff
from payments.errors import BadSignature, PaymentsUnavailable
from payments.models import Attempt, StaffTask, StripeEvent
from payments.settlement import mismatch, settle
from rally.kit import clock
from rally.kit.failpoints import failpoint
from rally.kit.wakeups import wake

logger = logging.getLogger(__name__)
PROCESS = "payments.tasks.process_event"
LONGEST_BODY = 256_000
FIRST_PAUSE_SECONDS = 10
LONGEST_PAUSE_SECONDS = 900
Handler = Callable[[StripeEvent, dict[str, Any]], str]


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
    kept = StripeEvent.objects.get(account_id=event.account_id, event_id=event.event_id)
    if kept.digest != event.digest and kept.type == event.type:
        logger.info("Event %s came again with another body; the first stands.", kept.event_id)
    if kept.processed_at is None:
        wake(PROCESS, kept.pk)
    return kept


def _read(body: bytes) -> StripeEvent:
    """The row for a signed body. Raises BadSignature when it isn't an event as we know them."""
    try:
        data = json.loads(body)
        found = data["data"]["object"]
        event = StripeEvent(
            event_id=_short(data["id"]),
            account_id=_short(data.get("account") or ""),
            livemode=data["livemode"] is True,
            type=_short(data["type"]),
            object_id=_short(found.get("id") or ""),
            api_version=_short(data.get("api_version") or "")[:40],
            body=body.decode(),
            digest=hashlib.sha256(body).hexdigest(),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadSignature from None
    if data.get("object") != "event" or not event.event_id or "\x00" in event.body:
        raise BadSignature
    return event


def _short(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 80:
        raise ValueError
    return value


def process(pk: int, now: dt.datetime | None = None) -> bool:
    """Act on one kept event; False when it failed and will be tried again.

    Calls to Stripe come first and outside any transaction.
    """
    event = StripeEvent.objects.filter(pk=pk, processed_at=None).first()
    if event is None:
        return True
    try:
        parked = HANDLERS.get(event.type, _nothing)(event, json.loads(event.body))
    except PaymentsUnavailable as why:
        _try_later(event, str(why))
        return False
    except Exception as why:
        _try_later(event, f"{type(why).__name__}: {why}")
        logger.exception("Event %s could not be processed", event.event_id)
        return False
    failpoint("before_event_processed")
    StripeEvent.objects.filter(pk=pk, processed_at=None).update(
        processed_at=clock.database_now(), parked=parked[:60], error=""
    )
    return True


def _try_later(event: StripeEvent, why: str) -> None:
    pause = min(FIRST_PAUSE_SECONDS * 2 ** min(event.attempts, 10), LONGEST_PAUSE_SECONDS)
    StripeEvent.objects.filter(pk=event.pk).update(
        attempts=F("attempts") + 1,
        error=why[:300],
        next_at=clock.database_now() + dt.timedelta(seconds=pause),
    )


def waiting(limit: int) -> list[int]:
    """Events that should have been processed by now, oldest first."""
    return list(
        StripeEvent.objects.filter(processed_at=None, next_at__lte=clock.expression(None))
        .order_by("next_at")
        .values_list("pk", flat=True)[:limit]
    )


def _nothing(event: StripeEvent, body: dict[str, Any]) -> str:
    return ""


def _session(event: StripeEvent, body: dict[str, Any]) -> str:
    """A Checkout Session changed: fetch it from where we made it, and settle."""
    found = body["data"]["object"]
    attempt = _attempt_of(event, found)
    if attempt is None:
        _park(event, StaffTask.Kind.UNMATCHED)
        return "unmatched"
    if event.livemode != attempt.account.livemode or event.account_id != attempt.account.account_id:
        _park(event, StaffTask.Kind.MISMATCH)
        return "wrong account or mode"
    session = gateway.retrieve_session(attempt.account, event.object_id)
    problem = mismatch(attempt, session)
    if not problem and attempt.status == Attempt.Status.CREATED:
        sessions.note_open(attempt, session)
    return settle(attempt, session) or problem


def _attempt_of(event: StripeEvent, found: dict[str, Any]) -> Attempt | None:
    """Ours by the session id we stored; by our reference only if storing it was cut short."""
    attempts = Attempt.objects.select_related("account", "checkout__hold__organization")
    by_id = attempts.filter(session_id=event.object_id).first()
    if by_id is not None:
        return by_id
    reference = found.get("client_reference_id")
    if not isinstance(reference, str):
        return None
    return attempts.filter(reference=reference, session_id="").first()


def _dispute(event: StripeEvent, body: dict[str, Any]) -> str:
    if disputes.record(
        body["data"]["object"], account_id=event.account_id, livemode=event.livemode
    ):
        return ""
    _park(event, StaffTask.Kind.UNMATCHED)
    return "unmatched"


def _clock(event: StripeEvent, body: dict[str, Any]) -> str:
    return clockwork.follow(body["data"]["object"], livemode=event.livemode)


def _park(event: StripeEvent, kind: str) -> None:
    with transaction.atomic():
        staff.ask(kind, key=event.event_id, about=event, facts={"type": event.type})


HANDLERS: dict[str, Handler] = {
    "checkout.session.completed": _session,
    "checkout.session.expired": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.closed": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "test_helpers.test_clock.ready": _clock,
}
