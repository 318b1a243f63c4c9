"""Says what is stuck, does the safe repairs through the verbs everybody uses, and notes them."""

from collections.abc import Iterator
from typing import Any

from accounts.actors import Actor
from accounts.models import AuditEntry
from boards.models import Claim, Hold
from payments.audit.problem import Problem
from payments.audit.problems import of_orders
from payments.audit.surroundings import of_installation
from payments.errors import PaymentsUnavailable, SessionRefused
from payments.models import Attempt, Checkout, Dispute, Payment, Refund
from rally.kit import money

COMMAND = Actor(user=None, door="command")


def problems(hold: Hold | None = None) -> list[Problem]:
    """Everything that is stuck; with a hold, only what is about it."""
    if hold is not None:
        return list(of_orders(hold.pk))
    return [*of_installation(), *of_orders()]


def repair(problem: Problem, by: Actor = COMMAND) -> str:
    """Do the safe repair, and write down who did it. Answers what came of it."""
    if problem.act is None:
        raise ValueError(f"{problem.kind} has no safe repair")
    try:
        problem.act()
        outcome = "done"
    except (PaymentsUnavailable, SessionRefused) as why:
        outcome = f"Stripe didn't help: {why}"
    AuditEntry.objects.create(
        organization_id=problem.organization_id,
        user=by.user,
        door=by.door,
        verb=f"doctor.{problem.kind}",
        object_type=problem.object_type,
        object_id=problem.object_id,
        facts={"outcome": outcome[:200]},
    )
    return outcome


def story(hold: Hold) -> Iterator[str]:
    """What happened to a hold and its orders so far, oldest first, one line each."""
    live = Claim.objects.filter(hold=hold, ended_at=None).order_by("board_id", "number")
    numbers = ", ".join(str(number) for number in live.values_list("number", flat=True))
    until = f", until {hold.expires_at:%Y-%m-%d %H:%M:%S} UTC" if hold.expires_at else ""
    yield f"Hold {hold.reference}: {hold.kind}, {hold.phase}{until}; tiles {numbers or 'none'}."
    for checkout in Checkout.objects.filter(hold=hold).order_by("pk"):
        total = money.format(checkout.total_minor, checkout.currency)
        yield f"Order {checkout.reference}: {checkout.status}, {total}, by {checkout.method}."
        yield from _of_order(checkout)


def _of_order(checkout: Checkout) -> Iterator[str]:
    for attempt in Attempt.objects.filter(checkout=checkout).order_by("pk"):
        note = f" ({attempt.note})" if attempt.note else ""
        yield f"  Attempt {attempt.reference}: {attempt.status}{note}, {attempt.session_id or '-'}."
    for payment in Payment.objects.filter(checkout=checkout).order_by("pk"):
        yield f"  Payment {payment.payment_intent}: {payment.status}, {_amount(payment)}."
    for refund in Refund.objects.filter(payment__checkout=checkout).order_by("pk"):
        yield f"  Refund {refund.reference}: {refund.status}, {_amount(refund)}."
    for dispute in Dispute.objects.filter(payment__checkout=checkout).order_by("pk"):
        yield f"  Dispute {dispute.dispute_id}: {dispute.status}, {_amount(dispute)}."


def _amount(row: Any) -> str:
    return money.format(row.amount_minor, row.currency)
