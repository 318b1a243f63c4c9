"""Works off the outbox: each event at most once, oldest first, failures again later.

An event is marked done before its mail goes out: a process that dies in between costs a
mail, which can be asked for again; the other order would mail twice.
"""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from accounts.models import OutboxEvent
from rally.dispatch import people, receipts, refunds
from rally.kit import clock
from rally.kit.failpoints import failpoint

logger = logging.getLogger(__name__)
MOST = 200
LONGEST_PAUSE_SECONDS = 3600

TABLE: dict[str, tuple[Callable[[OutboxEvent], None], ...]] = {
    "gift.paid": (receipts.send,),
    "offer.open": (refunds.offer,),
    "refund.paid": (refunds.paid,),
    "join_request.created": (people.asked,),
    "join_request.decided": (people.decided,),
    "invitation.created": (people.invited,),
    "ownership.handed_over": (people.handed_over,),
}


def drain(limit: int = MOST) -> int:
    """Do what waits; answers how many events were done."""
    done = 0
    while done < limit:
        event = _take()
        if event is None:
            return done
        failpoint("outbox_taken")
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
        OutboxEvent.objects.filter(pk=event.pk).update(
            done_at=clock.database_now(), attempts=F("attempts") + 1
        )
        return event


def _do(event: OutboxEvent) -> None:
    for act in TABLE.get(event.kind, ()):
        try:
            act(event)
        except Exception as why:
            logger.exception("Outbox event %s failed", event)
            pause = min(10 * 2 ** min(event.attempts, 10), LONGEST_PAUSE_SECONDS)
            OutboxEvent.objects.filter(pk=event.pk).update(
                done_at=None,
                error=f"{type(why).__name__}: {why}"[:300],
                next_at=clock.database_now() + dt.timedelta(seconds=pause),
            )
            return
