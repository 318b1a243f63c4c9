"""Refunds that should have been paid by now."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from django.db.models import F, Q

from payments import repaying
from payments.audit.problem import LATE, MOST, Problem, amount, of_hold
from payments.models import Refund
from rally.kit import clock


def of_refunds(hold_id: int | None) -> Iterator[Problem]:
    """Debts that should have been paid by now."""
    open_ones = [Refund.Status.DUE, Refund.Status.SENT, Refund.Status.FAILED]
    rows = Refund.objects.filter(status__in=open_ones).filter(
        ~Q(status=Refund.Status.SENT) | Q(refund_id="")
    )
    rows = (
        rows.select_related("account__organization", "payment__account")
        .order_by(F("not_before").asc(nulls_first=True), "pk")
        .annotate(real=clock.expression(None))
    )
    for refund in of_hold(rows, "payment__checkout__hold", hold_id)[: 5 * MOST]:
        offset = dt.timedelta(seconds=refund.account.organization.clock_offset_s)
        told = _words_for(refund, refund.real, refund.real + offset)
        if told is None:
            continue
        kind, what, by_itself, repair = told
        yield Problem(
            kind, refund, refund.reference, what,
            f"{amount(refund)} is owed to the supporter and counts for no goal any more.",
            by_itself, repair,
            partial(repaying.pay, refund) if refund.status != Refund.Status.FAILED else None,
            {"amount_minor": refund.amount_minor, "tries": refund.tries, "note": refund.note},
            refund.account.organization_id,
        )  # fmt: skip


def _words_for(
    refund: Refund, real: dt.datetime, theirs: dt.datetime
) -> tuple[str, str, str, str] | None:
    """Kind, what it is, what happens by itself, the repair; None while it is in time."""
    if refund.status == Refund.Status.FAILED:
        return ("refund_failed", "Stripe or the bank refused this refund.",
                "Nothing: the same refund would fail again.",
                "None from here: staff can try it again, or pay it back another way.")  # fmt: skip
    if refund.status == Refund.Status.SENT:
        if refund.sent_at is None or refund.sent_at > real - LATE:
            return None
        return ("refund_unanswered", "We asked Stripe for this refund and got no answer.",
                "It is sent again under the same key every minute, so it can't be paid twice.",
                "Send it again under the same key.")  # fmt: skip
    due = refund.not_before or refund.created_at + (theirs - real)
    if due > theirs - LATE:
        return None
    return ("refund_due", "This refund is due and hasn't been sent.",
            "It is sent within a minute while the worker runs and Stripe answers.",
            "Send it now.")  # fmt: skip
