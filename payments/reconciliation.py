"""Compare with Stripe what is open here, object by object, and heal what differs.

Events can be lost for ever, so nothing depends on them: every unresolved attempt, refund on
its way and open dispute is asked for. Undelivered events are read after that, for what we
have no row of. One call per object, bounded, oldest look first.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet

from payments import disputes, events, gateway, repaying, sessions
from payments.audit import figures
from payments.errors import PaymentsUnavailable, SessionRefused
from payments.models import (
    Attempt,
    Dispute,
    Payment,
    Reconciliation,
    Refund,
    StripeEvent,
)
from rally.kit import clock

logger = logging.getLogger(__name__)
MOST = 200
SETTLED_FOR = dt.timedelta(seconds=60)
EVENTS_KEPT = dt.timedelta(days=30)
KEPT_RUNS = 2_000


def run(now: dt.datetime | None = None) -> Reconciliation:
    """One comparison. Trouble with one object never stops the others."""
    tally = Reconciliation(asked=0, healed=0, trouble=0)
    for look in (_attempts, _refunds, _disputes, _fees):
        look(tally, now)
    _undelivered(tally)
    tally.drift_minor = figures.drift()
    tally.save()
    old = Reconciliation.objects.order_by("-pk").values_list("pk", flat=True)[KEPT_RUNS:][:1]
    for pk in old:
        Reconciliation.objects.filter(pk__lte=pk).delete()
    return tally


def _ask(tally: Reconciliation, act: Callable[[], object], differs: Callable[[], bool]) -> None:
    tally.asked += 1
    try:
        act()
    except (PaymentsUnavailable, SessionRefused) as why:
        tally.trouble += 1
        logger.warning("Reconciling met trouble: %s", why)
        return
    except Exception:
        # What can't be settled here must not keep the rest from being looked at.
        tally.trouble += 1
        logger.exception("Reconciling failed")
        return
    if differs():
        tally.healed += 1


def _attempts(tally: Reconciliation, now: dt.datetime | None) -> None:
    """Unresolved attempts, and delayed payments that a bank is still working on."""
    now_there = clock.database_now()
    known = Q(created_at__lt=now_there - SETTLED_FOR) & ~Q(session_id="")
    unsure = Q(created_at__lt=now_there - dt.timedelta(seconds=sessions.UNSURE_SECONDS))
    unresolved = Q(status__in=Attempt.UNRESOLVED) & (known | unsure)
    processing = Q(payment__status=Payment.Status.PROCESSING)
    for attempt in _oldest_look(Attempt.objects.filter(unresolved | processing)):
        before = (attempt.status, _payment_status(attempt))
        act = partial(sessions.resolve, attempt, now=now)
        _ask(tally, act, partial(_differs, attempt, before))
        Attempt.objects.filter(pk=attempt.pk).update(checked_at=clock.database_now())


def _oldest_look(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    return attempts.select_related("account", "checkout__hold__organization").order_by(
        F("checked_at").asc(nulls_first=True), "pk"
    )[:MOST]


def _payment_status(attempt: Attempt) -> str:
    payment = Payment.objects.filter(attempt=attempt).first()
    return payment.status if payment else ""


def _differs(attempt: Attempt, before: tuple[str, str]) -> bool:
    attempt.refresh_from_db()
    return before != (attempt.status, _payment_status(attempt))


def _refunds(tally: Reconciliation, now: dt.datetime | None) -> None:
    """Refunds that are on their way."""
    sent = Refund.objects.filter(status=Refund.Status.SENT).exclude(refund_id="")
    # Any order is fair as long as it isn't always the same: each has its turn.
    for refund in sent.select_related("account").order_by("?")[:MOST]:
        still = Refund.objects.filter(pk=refund.pk, status=Refund.Status.SENT)
        _ask(tally, partial(_follow_refund, refund), partial(_is_gone, still))


def _follow_refund(refund: Refund) -> None:
    found = gateway.retrieve_refund(refund.account, refund.refund_id)
    repaying.follow(found, refund.account)


def _is_gone(rows: QuerySet[Any]) -> bool:
    return not rows.exists()


def _disputes(tally: Reconciliation, now: dt.datetime | None) -> None:
    """Disputes that are open."""
    open_ones = Dispute.objects.filter(is_open=True).select_related("account")
    for dispute in open_ones.order_by("?")[:MOST]:
        same = Dispute.objects.filter(
            pk=dispute.pk, status=dispute.status, withdrawn_minor=dispute.withdrawn_minor
        )
        _ask(tally, partial(_follow_dispute, dispute), partial(_is_gone, same))


def _follow_dispute(dispute: Dispute) -> None:
    found = gateway.retrieve_dispute(dispute.account, dispute.dispute_id)
    disputes.follow(found, dispute.account)


def _fees(tally: Reconciliation, now: dt.datetime | None) -> None:
    """Paid payments whose real fee Stripe hadn't told yet."""
    unknown = Attempt.objects.filter(payment__status=Payment.Status.PAID, payment__fee_minor=None)
    for attempt in _oldest_look(unknown):
        known = Payment.objects.filter(attempt=attempt, fee_minor__isnull=False)
        _ask(tally, partial(sessions.resolve, attempt, now=now), known.exists)
        Attempt.objects.filter(pk=attempt.pk).update(checked_at=clock.database_now())


def _undelivered(tally: Reconciliation) -> None:
    """Read what Stripe could not deliver, from where we last stopped, and process it."""
    last = Reconciliation.objects.exclude(events_until=None).order_by("-pk").first()
    started = clock.database_now()
    oldest = started - EVENTS_KEPT
    since = max(last.events_until, oldest) if last and last.events_until else oldest
    try:
        found = gateway.undelivered_events(since)
    except (PaymentsUnavailable, SessionRefused) as why:
        tally.trouble += 1
        logger.warning("Undelivered events can't be read: %s", why)
        tally.events_until = last.events_until if last else None
        return
    for pk in _keep(found):
        tally.asked += 1
        tally.healed += events.process(pk)
    # An event may be listed late; an hour is read twice, and rows are unique.
    tally.events_until = max(since, started - dt.timedelta(hours=1))


def _keep(found: Iterable[dict[str, object]]) -> list[int]:
    """Keep the events we have no row of; answers the rows that wait."""
    kept = []
    for data in found:
        event = events.row(json.dumps(data).encode())
        if event is None:
            continue
        StripeEvent.objects.bulk_create([event], ignore_conflicts=True)
        row = StripeEvent.objects.get(account_id=event.account_id, event_id=event.event_id)
        if row.processed_at is None:
            kept.append(row.pk)
    return kept
