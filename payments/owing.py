"""Money that is owed back: written down before anything is sent, or given up again.

A debt is a row that names the lines it pays back; totals and ledger follow at once.
`payments.refunds` and late payments owe, `payments.repaying` pays. Everything here runs under
the order's lock, which is the caller's.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from accounts.actors import Actor
from accounts.outbox import announce
from campaigns import donations
from campaigns.models import DonationEntry
from payments import ledger, staff
from payments.ledger import Account
from payments.models import (
    Checkout,
    LedgerTransaction,
    Line,
    Payment,
    Refund,
    RefundLine,
    StaffTask,
)

CHOICE_HOURS = 48


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
    request_key: str = "",
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
        request_key=request_key,
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
    return refund


def entries(refund: Refund, parts: Sequence[Part], kind: str, *, sign: int) -> list[DonationEntry]:
    """The signed entries of a refund's gift parts."""
    return [
        DonationEntry(
            donation_id=part.line.donation_id,
            goal=part.line.goal,
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


def drop(debt: Refund, parts: Sequence[Part], checkout: Checkout) -> None:
    """A debt with these parts won't be paid: its lines count again. The caller changes its row.

    What the parts don't add up to is of a refund by hand, for staff to name.
    """
    Payment.objects.filter(pk=debt.payment_id).update(
        refunding_minor=F("refunding_minor") - debt.amount_minor
    )
    donations.write_entries(entries(debt, parts, DonationEntry.Kind.CREDIT, sign=1))
    gifts = sum(part.gift_minor for part in parts)
    fees = sum(part.fee_minor for part in parts)
    ledger.post(
        reference=f"refund_dropped:{debt.pk}",
        kind=LedgerTransaction.Kind.ADJUSTMENT,
        checkout=checkout,
        amounts={
            Account.REFUND_DUE: debt.amount_minor,
            Account.GIFTS: -gifts,
            Account.COVER_FEES: -fees,
            Account.UNALLOCATED: gifts + fees - debt.amount_minor,
        },
    )
