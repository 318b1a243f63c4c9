"""Money that is owed back: asked for, or because a payment came too late.

The debt is a row before anything is sent; it names the lines it pays back, and totals and
ledger follow at once. `payments.repaying` sends it. Everything here runs under the order's
lock, so that pending refunds are always counted.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from accounts.actors import Actor
from accounts.outbox import announce
from accounts.rights import Right, require
from boards import holds, phases
from boards.models import Hold
from boards.states import Ended, Phase
from campaigns import donations
from campaigns.models import Donation, DonationEntry
from payments import fees, ledger, staff
from payments.errors import NotRefundable, RefundExceeds, RefundLocked
from payments.ledger import Account
from payments.models import (
    Checkout,
    Dispute,
    LedgerTransaction,
    Line,
    Payment,
    Refund,
    RefundLine,
    StaffTask,
)
from rally.kit.wakeups import wake

CHOICE_HOURS = 48
PAY = "payments.tasks.pay_refunds"


@dataclass(frozen=True, slots=True)
class Part:
    """What of one line is paid back: of the gift itself, and of the covered fee."""

    line: Line
    gift_minor: int
    fee_minor: int
    is_all: bool

    @property
    def total(self) -> int:
        """Both together, in minor units."""
        return self.gift_minor + self.fee_minor


def request(
    *,
    gift: Donation,
    by: Actor,
    reason: str = Refund.Reason.REQUESTED,
    amount_minor: int | None = None,
    numbers: Sequence[int] | None = None,
    reopen: bool = True,
    note: str = "",
) -> Refund:
    """Owe a paid gift back: all that is left of it, an amount of it, or some of its tiles.

    With `reopen` the tiles that are paid back in full go on sale again. Raises Forbidden,
    NotRefundable, RefundExceeds (also for 0 and less), RefundLocked while disputed.
    """
    require(by, Right.REFUND, gift.campaign.organization_id, gift.campaign_id)
    with transaction.atomic():
        checkout = lock_order(Checkout.objects.filter(lines__donation=gift))
        hold = holds.locked(checkout.hold_id)
        payment = _refundable(checkout)
        lines = _lines_of(checkout, gift, numbers)
        parts = _parts(lines, amount_minor)
        _must_fit(payment, parts)
        # Goals and ledger come before boards: the one order of locks.
        refund = owe(payment, checkout, parts, reason=reason, reopen=reopen, by=by, note=note)
        if reopen:
            put_back([part.line for part in parts if part.is_all], hold)
        wake(PAY)
        return refund


def lock_order(found: QuerySet[Checkout]) -> Checkout:
    """The order behind a query, locked: the mutex of its payments, refunds and disputes."""
    keys = list(found.values_list("pk", flat=True).distinct())
    if len(keys) != 1:
        raise NotRefundable
    return (
        Checkout.objects.select_for_update(no_key=True, of=("self",))
        .select_related("hold__organization")
        .get(pk=keys[0])
    )


def _refundable(checkout: Checkout) -> Payment:
    payment = checkout.payments.filter(status=Payment.Status.PAID).select_related("account").first()
    if payment is None:
        raise NotRefundable
    locked = Dispute.objects.filter(payment=payment, is_open=True, is_charge_refundable=False)
    lost = Dispute.objects.filter(payment=payment, withdrawn_minor__gt=0)
    if locked.exists() or lost.exists():
        raise RefundLocked
    return payment


def _lines_of(checkout: Checkout, gift: Donation, numbers: Sequence[int] | None) -> list[Line]:
    lines = checkout.lines.filter(donation=gift).select_related("claim").order_by("pk")
    if numbers is None:
        return list(lines)
    wanted = list(lines.filter(claim__number__in=numbers))
    missing = sorted(set(numbers) - {line.claim.number for line in wanted if line.claim})
    if missing or not numbers:
        raise RefundExceeds(numbers=missing)
    return wanted


def _parts(lines: list[Line], amount_minor: int | None) -> list[Part]:
    """How much of which line: everything left, or `amount_minor` spread over what is left."""
    left = {line.pk: left_of(line) for line in lines}
    totals = [sum(left[line.pk]) for line in lines]
    whole = sum(totals)
    if amount_minor is None:
        amount_minor = whole
    if not 0 < amount_minor <= whole:
        raise RefundExceeds(refundableCents=whole)
    parts = []
    for line, share in zip(lines, fees.split(amount_minor, totals), strict=True):
        gift, fee = fees.split(share, left[line.pk]) if share else (0, 0)
        if share:
            parts.append(Part(line, gift, fee, is_all=(gift, fee) == left[line.pk]))
    return parts


def _must_fit(payment: Payment, parts: Sequence[Part]) -> None:
    """What was paid back by hand names no line, but is gone all the same."""
    room = payment.amount_minor - payment.refunded_minor - payment.refunding_minor
    if sum(part.total for part in parts) > room:
        raise RefundExceeds(refundableCents=room)


def left_of(line: Line) -> tuple[int, int]:
    """What can still be paid back of a line: gift and fee, pending refunds counted."""
    given = line.refund_lines.exclude(refund__status=Refund.Status.CANCELED).aggregate(
        gift=Sum("amount_minor"), fee=Sum("fee_share_minor")
    )
    return (
        line.amount_minor - (given["gift"] or 0),
        line.fee_share_minor - (given["fee"] or 0),
    )


def owe(
    payment: Payment,
    checkout: Checkout,
    parts: Sequence[Part],
    *,
    reason: str,
    reopen: bool = True,
    by: Actor | None = None,
    not_before: dt.datetime | None = None,
    note: str = "",
) -> Refund:
    """Write the debt down: row, lines, totals, ledger. The caller holds the order's lock."""
    amount = sum(part.total for part in parts)
    refund = Refund.objects.create(
        payment=payment,
        account=payment.account,
        reason=reason,
        amount_minor=amount,
        currency=payment.currency,
        reopen=reopen,
        requested_by=by.user if by else None,
        not_before=not_before,
        note=note[:300],
    )
    RefundLine.objects.bulk_create(
        RefundLine(
            refund=refund, line=part.line, amount_minor=part.gift_minor,
            fee_share_minor=part.fee_minor,
        )
        for part in parts
    )  # fmt: skip
    Payment.objects.filter(pk=payment.pk).update(refunding_minor=F("refunding_minor") + amount)
    donations.write_entries(entries(refund, parts, DonationEntry.Kind.REFUND, sign=-1))
    gifts = sum(part.gift_minor for part in parts)
    ledger.post(
        reference=f"refund_due:{refund.pk}",
        kind=LedgerTransaction.Kind.REFUND_DUE,
        checkout=checkout,
        amounts={
            Account.GIFTS: gifts,
            Account.COVER_FEES: amount - gifts,
            Account.REFUND_DUE: -amount,
        },
    )
    announce("refund.due", key=refund.reference, organization_id=checkout.hold.organization_id,
             facts={"refund": refund.pk})  # fmt: skip
    return refund


def entries(refund: Refund, parts: Sequence[Part], kind: str, *, sign: int) -> list[DonationEntry]:
    """The signed entries of a refund's gift parts."""
    return [
        DonationEntry(
            donation_id=part.line.donation_id,
            goal_id=part.line.goal_id,
            kind=kind,
            amount_minor=sign * part.gift_minor,
            reference=f"{kind}:{refund.pk}:{part.line.pk}",
        )
        for part in parts
        if part.gift_minor
    ]


def owe_late(
    payment: Payment, checkout: Checkout, lost: Sequence[Line], *, now: dt.datetime
) -> Refund:
    """A payment came too late for these lines: their exact share is owed back.

    Due two days from now, so that the supporter can choose something else first.
    """
    parts = [Part(line, line.amount_minor, line.fee_share_minor, is_all=True) for line in lost]
    refund = owe(
        payment,
        checkout,
        parts,
        reason=Refund.Reason.LATE,
        not_before=now + dt.timedelta(hours=CHOICE_HOURS),
    )
    staff.ask(
        StaffTask.Kind.REFUND_DUE,
        key=str(refund.pk),
        organization_id=checkout.hold.organization_id,
        about=refund,
        facts={"amount_minor": refund.amount_minor, "currency": refund.currency},
    )
    announce("offer.open", key=refund.reference, organization_id=checkout.hold.organization_id,
             facts={"refund": refund.pk})  # fmt: skip
    return refund


def put_back(lines: Sequence[Line], hold: Hold) -> None:
    """The tiles of these lines go on sale again; other tiles of the locked hold stay sold."""
    wanted = {line.claim_id for line in lines}
    live = list(phases.live_claims(hold))
    claims = [claim for claim in live if claim.pk in wanted]
    if not claims:
        # Nothing goes back on sale, but what the board says of its total has changed.
        phases.touch(hold)
        return
    phases.end_claims(claims, Ended.RETURNED)
    if len(claims) == len(live) and hold.phase == Phase.SOLD:
        phases.move(hold, Phase.RETURNED)
    phases.note_all(hold.pk, phases.by_board(claims))
