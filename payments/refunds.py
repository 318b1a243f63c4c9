"""Refunds that are asked for: how much of which line can go back, and who may say so.

`payments.owing` writes the debt down, `payments.repaying` sends it. What is left to pay back is
read under the order's lock, so that pending refunds are always counted.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, Exists, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts import audit
from accounts.actors import Actor
from accounts.rights import Right, require
from boards import phases
from campaigns import donations
from campaigns.models import Donation
from payments import fees
from payments.errors import NotPayable, NotRefundable, RefundExceeds, RefundLocked
from payments.models import (
    Dispute,
    Line,
    Payment,
    Refund,
)
from payments.owing import Part, owe
from rally.kit import money
from rally.kit.failpoints import failpoint
from rally.kit.retries import retrying
from rally.kit.wakeups import wake

PAY = "payments.tasks.pay_refunds"


def request(
    *,
    gift: Donation,
    by: Actor,
    reason: str = Refund.Reason.REQUESTED,
    amount_minor: int | None = None,
    numbers: Sequence[int] | None = None,
    reopen: bool = True,
    note: str = "",
    request_key: str = "",
) -> Refund:
    """Owe a paid gift back: all that is left of it, an amount of it, or some of its tiles.

    With `reopen` the tiles that are paid back in full go on sale again. The same
    `request_key` is the same refund, even if the process died after writing it. Raises
    Forbidden, NotRefundable, RefundExceeds (also for 0 and less), RefundLocked while disputed.
    """
    require(by, Right.REFUND, gift.campaign.organization_id, gift.campaign_id)
    refund, is_new = retrying(
        lambda: _request(gift, by, reason, amount_minor, numbers, reopen, note, request_key)
    )
    if is_new and by.user is not None:
        # After the money's own transaction, which is short for everybody's sake; who asked
        # stands in the refund's row as well.
        audit.record(
            "refund.requested", about=refund, by=by.user, door=by.door,
            organization_id=gift.campaign.organization_id,
            facts={"amount_minor": refund.amount_minor, "gift": gift.pk},
        )  # fmt: skip
    wake(PAY)
    return refund


def quote(
    gift: Donation, *, amount_minor: int | None = None, numbers: Sequence[int] | None = None
) -> int:  # fmt: skip
    """What `request` would owe back now, fees included, in minor units; nothing is written.

    Raises NotRefundable, RefundExceeds and RefundLocked like it.
    """
    payment = _payment(gift)
    lines = _lines_of(payment, gift, "")
    if any(line.locked for line in lines):
        raise RefundLocked
    lines = lines if numbers is None else _named(lines, numbers)
    return sum(part.total for part in _parts(lines, amount_minor, payment))


def left(gift: Donation) -> int:
    """What can still be paid back of a gift, in minor units; 0 for what never passed Stripe."""
    try:
        return quote(gift)
    except (NotRefundable, RefundExceeds, RefundLocked):
        return 0


def is_known(request_key: str) -> bool:
    """Whether this very request made a refund before."""
    return Refund.objects.filter(request_key=request_key).exists()


def _request(
    gift: Donation, by: Actor, reason: str, amount_minor: int | None,
    numbers: Sequence[int] | None, reopen: bool, note: str, request_key: str,
) -> tuple[Refund, bool]:  # fmt: skip
    payment = _locked(gift)
    checkout = payment.checkout
    lines = _lines_of(payment, gift, request_key)
    if lines[0].asked_before:
        return Refund.objects.get(pk=lines[0].asked_before), False
    if any(line.locked for line in lines):
        raise RefundLocked
    lines = lines if numbers is None else _named(lines, numbers)
    parts = _parts(lines, amount_minor, payment)
    # Goals and ledger come before boards: the one order of locks.
    refund = owe(
        payment, checkout, parts, reason=reason, reopen=reopen, by=by, note=note,
        request_key=request_key,
    )  # fmt: skip
    phases.put_back(
        checkout.hold,
        [line.claim for line in lines if line.claim and line.claim.ended_at is None],
        {part.line.claim_id for part in parts if part.is_all and reopen},
    )
    failpoint("refund_owed")
    return refund, True


def _locked(gift: Donation) -> Payment:
    """The payment behind a gift with its order and hold, locked: the mutex of all its money."""
    orders = Line.objects.filter(donation=gift).values("checkout")
    found = (
        # PostgreSQL locks in the order named here: the order is everybody's mutex.
        Payment.objects.select_for_update(no_key=True, of=("checkout", "checkout__hold", "self"))
        .select_related("account", "checkout__hold__organization")
        .filter(checkout__in=orders, status=Payment.Status.PAID)
        .first()
    )
    if found is None:
        raise NotRefundable
    return found


def _payment(gift: Donation) -> Payment:
    """The payment behind a gift, to look at. Raises NotRefundable."""
    orders = Line.objects.filter(donation=gift).values("checkout")
    found = Payment.objects.filter(checkout__in=orders, status=Payment.Status.PAID)
    payment = found.select_related("checkout").first()
    if payment is None:
        raise NotRefundable
    return payment


def _lines_of(payment: Payment, gift: Donation, request_key: str) -> list[Any]:
    """The gift's lines, each with what is still to be paid back of it.

    `locked` while a bank decides about the payment, or has taken it back; `asked_before` is
    the refund that this very request made earlier. One statement, for the lock is held.
    """
    stands = ~Q(refund_lines__refund__status=Refund.Status.CANCELED)
    undecided = Q(is_open=True, is_charge_refundable=False) | Q(withdrawn_minor__gt=0)
    asked = Refund.objects.filter(payment=payment, request_key=request_key).values("pk")
    return list(
        payment.checkout.lines.filter(donation=gift)
        .select_related("claim", "goal", *(f"goal__{path}" for path in donations.UP))
        .annotate(
            gift_back=Coalesce(Sum("refund_lines__amount_minor", filter=stands), 0),
            fee_back=Coalesce(Sum("refund_lines__fee_share_minor", filter=stands), 0),
            locked=Exists(Dispute.objects.filter(undecided, payment=payment)),
            asked_before=Subquery(asked[:1]) if request_key else Value(None, BigIntegerField()),
        )
        .order_by("pk")
    )


def _named(lines: Sequence[Line], numbers: Sequence[int]) -> list[Line]:
    """The lines of these tiles. Raises RefundExceeds naming those that aren't in the gift."""
    wanted = [line for line in lines if line.claim and line.claim.number in numbers]
    missing = sorted(set(numbers) - {line.claim.number for line in wanted if line.claim})
    if missing or not numbers:
        raise RefundExceeds(numbers=missing)
    return wanted


def _parts(lines: list[Line], amount_minor: int | None, payment: Payment) -> list[Part]:
    """How much of which line: everything left, or `amount_minor` spread over what is left.

    What went back by Stripe's dashboard names no line, and is gone from the payment all the same.
    """
    left = {line.pk: _left_of(line) for line in lines}
    totals = [sum(left[line.pk]) for line in lines]
    room = payment.amount_minor - payment.refunded_minor - payment.refunding_minor
    whole = min(sum(totals), room)
    if amount_minor is None:
        amount_minor = whole
    if not 0 < amount_minor <= whole:
        raise RefundExceeds(refundableCents=whole)
    step = money.step(payment.currency)
    if amount_minor % step and amount_minor != whole:
        raise NotPayable(step, payment.currency)
    parts = []
    for line, share in zip(lines, fees.split(amount_minor, totals, step), strict=True):
        gift, fee = fees.split(share, left[line.pk]) if share else (0, 0)
        if share:
            parts.append(Part(line, gift, fee, is_all=(gift, fee) == left[line.pk]))
    return parts


def _left_of(line: Line) -> tuple[int, int]:
    """What can still be paid back of a line: gift and fee, pending refunds counted."""
    back = line.gift_back, line.fee_back  # type: ignore[attr-defined]  # annotated
    return line.amount_minor - back[0], line.fee_share_minor - back[1]
