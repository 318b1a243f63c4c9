"""Wake-ups and sweeps. Losing a wake-up costs seconds; the sweeps find what was lost."""

import datetime as dt
import logging
import time

from celery import shared_task
from django.db.models import F, Q

from payments import closing, events, reconciliation, repaying, sessions, stafftasks
from payments.audit import keeping
from payments.errors import PaymentsUnavailable, SessionRefused
from payments.models import Attempt
from rally.kit import clock

logger = logging.getLogger(__name__)
EVENTS_AT_ONCE = 500
SWEEP_SECONDS = 50
MOST_ATTEMPTS = 50
PATIENCE = 3
UNSURE_SECONDS = sessions.UNSURE_SECONDS


@shared_task(name="payments.tasks.process_event")
def process_event(pk: int) -> bool:
    """Act on one kept event."""
    return events.process(pk)


@shared_task(name="payments.tasks.sweep_events")
def sweep_events() -> int:
    """Process what waits in the inbox, then ask Stripe about orders whose time is over."""
    return process_waiting() + resolve_overdue() + repaying.pay_due()


def process_waiting() -> int:
    """The inbox, oldest first, until it is empty or the next sweep is near.

    A few failures in a row mean that Stripe is away, and end it.
    """
    done, failed, until = 0, 0, time.monotonic() + SWEEP_SECONDS
    while page := events.waiting(EVENTS_AT_ONCE):
        for pk in page:
            if events.process(pk):
                done, failed = done + 1, 0
            else:
                failed += 1
            if failed == PATIENCE or time.monotonic() > until:
                return done
    return done


@shared_task(name="payments.tasks.pay_refunds")
def pay_refunds() -> int:
    """Send the refunds that are due."""
    return repaying.pay_due()


@shared_task(name="payments.tasks.close_campaigns")
def close_campaigns() -> int:
    """Owe back what cancelled campaigns took, some gifts at a time."""
    return closing.work_off_all()


@shared_task(name="payments.tasks.reconcile")
def reconcile() -> int:
    """Compare what is open with Stripe, object by object, and heal what differs."""
    return reconciliation.run().healed


@shared_task(name="payments.tasks.audit")
def audit() -> int:
    """Once a day: prove from the rows that the money and the tiles are right."""
    return keeping.run_daily()


def resolve_overdue(now: dt.datetime | None = None) -> int:
    """Attempts of unknown fate, and those past their session's end: ask, and settle."""
    asked, unanswered = 0, 0
    for attempt in _overdue(now):
        Attempt.objects.filter(pk=attempt.pk).update(checked_at=clock.database_now())
        try:
            sessions.resolve(attempt, now=now)
            asked += 1
        except PaymentsUnavailable as why:
            logger.warning("Attempt %s can't be resolved yet: %s", attempt.reference, why)
            stafftasks.tell_if_stuck(attempt, now=now)
            unanswered += 1
            if unanswered == PATIENCE:
                # Stripe is away: waiting for each of the rest would only block the worker.
                break
        except SessionRefused as why:
            logger.warning("Attempt %s can't be resolved: %s", attempt.reference, why)
            stafftasks.tell_if_stuck(attempt, now=now)
        except Exception:
            # One order that can't be settled must not keep the others waiting.
            logger.exception("Attempt %s could not be settled", attempt.reference)
    return asked


def _overdue(now: dt.datetime | None) -> list[Attempt]:
    """Each organization's clock decides what is past its end."""
    unresolved = Attempt.objects.filter(status__in=Attempt.UNRESOLVED)
    path = "checkout__hold__organization__clock_offset_s"
    found: list[Attempt] = []
    for offset in sorted(set(unresolved.values_list(path, flat=True))):
        past = Q(expires_at__lte=clock.expression(now, offset))
        unsure = Q(
            status=Attempt.Status.CREATED,
            created_at__lte=clock.database_now() - dt.timedelta(seconds=UNSURE_SECONDS),
        )
        found += (
            unresolved.filter(past | unsure, **{path: offset})
            .select_related("account", "checkout__hold__organization")
            .order_by(F("checked_at").asc(nulls_first=True), "pk")[:MOST_ATTEMPTS]
        )
    return found
