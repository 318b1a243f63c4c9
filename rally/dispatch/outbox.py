"""Works off the outbox: each event at most once, oldest first, failures again later.

An event is marked done before its mail goes out: a process that dies in between costs a
mail, which can be asked for again; the other order would mail twice. Messages to integrators
must not be lost, so they are written down in the transaction that marks the event.
"""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from accounts.models import OutboxEvent
from rally.dispatch import (
    access,
    endpoints,
    machines,
    pages,
    people,
    receipts,
    refunds,
    webhooks,
)
from rally.kit import clock
from rally.kit.failpoints import failpoint

logger = logging.getLogger(__name__)
MOST = 200
LONGEST_PAUSE_SECONDS = 3600

TABLE: dict[str, tuple[Callable[[OutboxEvent], None], ...]] = {
    "gift.paid": (receipts.send,),
    "gift.entered": (receipts.send_entered,),
    "offer.open": (refunds.offer,),
    "refund.paid": (refunds.paid,),
    "join_request.created": (people.asked,),
    "join_request.decided": (people.decided,),
    "invitation.created": (people.invited,),
    "page.made": (pages.made,),
    "app.asked": (access.asked,),
    "app.decided": (access.decided,),
    "ownership.handed_over": (people.handed_over,),
    "account.proposed": (machines.account_proposed,),
    "credential.asked": (machines.asked,),
    "credential.decided": (machines.decided,),
    "credential.waiting": (machines.waiting,),
    "webhook.off": (endpoints.turned_off,),
    "webhook.gave_up": (endpoints.gave_up,),
}


def drain(limit: int = MOST) -> int:
    """Do what waits; answers how many events were done."""
    done = 0
    while done < limit:
        event = _take()
        if event is None:
            return done
        failpoint("outbox_taken")
        if event.done_at is not None:
            _do(event)
        failpoint("outbox_done")
        done += 1
    return done


def _take() -> OutboxEvent | None:
    """The next event, marked done; another worker taking at the same time gets another."""
    with transaction.atomic():
        event = (
            OutboxEvent.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            .filter(done_at=None, next_at__lte=clock.expression(None))
            .order_by("next_at", "pk")
            .first()
        )
        if event is None:
            return None
        if _told(event):
            event.done_at = clock.database_now()
            OutboxEvent.objects.filter(pk=event.pk).update(
                done_at=event.done_at, attempts=F("attempts") + 1
            )
        return event


def _told(event: OutboxEvent) -> bool:
    """Leave its messages for integrators; one that can't be told waits, and lets others by."""
    try:
        with transaction.atomic():
            webhooks.fan_out(event)
        return True
    except Exception as why:
        logger.exception("Outbox event %s could not be told", event)
        _later(event, why)
        return False


def _do(event: OutboxEvent) -> None:
    for act in TABLE.get(event.kind, ()):
        try:
            act(event)
        except Exception as why:
            logger.exception("Outbox event %s failed", event)
            _later(event, why)
            return


def _later(event: OutboxEvent, why: Exception) -> None:
    pause = min(10 * 2 ** min(event.attempts, 10), LONGEST_PAUSE_SECONDS)
    OutboxEvent.objects.filter(pk=event.pk).update(
        done_at=None,
        attempts=event.attempts + 1,
        error=f"{type(why).__name__}: {why}"[:300],
        next_at=clock.database_now() + dt.timedelta(seconds=pause),
    )
