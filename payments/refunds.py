"""Money that is owed back. The debt is a row before anything is sent."""

import datetime as dt

from django.db.models import F

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


def owe(payment: Payment, checkout: Checkout, lost: list[Line], *, now: dt.datetime) -> Refund:
    """A payment came too late for these lines: their exact share is owed back.

    The caller holds the order's lock. The debt counts at once: totals and ledger show it as
    owed, and it is due two days from now, so that the supporter can choose.
    """
    gifts = sum(line.amount_minor for line in lost)
    cover = sum(line.fee_share_minor for line in lost)
    refund = Refund.objects.create(
        payment=payment,
        account=payment.account,
        reason=Refund.Reason.LATE,
        amount_minor=gifts + cover,
        currency=payment.currency,
        not_before=now + dt.timedelta(hours=CHOICE_HOURS),
    )
    RefundLine.objects.bulk_create(
        RefundLine(
            refund=refund, line=line, amount_minor=line.amount_minor,
            fee_share_minor=line.fee_share_minor,
        )
        for line in lost
    )  # fmt: skip
    Payment.objects.filter(pk=payment.pk).update(
        refunding_minor=F("refunding_minor") + refund.amount_minor
    )
    donations.write_entries(
        [
            DonationEntry(
                donation_id=line.donation_id,
                goal_id=line.goal_id,
                kind=DonationEntry.Kind.REFUND,
                amount_minor=-line.amount_minor,
                reference=f"refund:{refund.pk}:{line.pk}",
            )
            for line in lost
        ]
    )
    ledger.post(
        reference=f"refund_due:{refund.pk}",
        kind=LedgerTransaction.Kind.REFUND_DUE,
        checkout=checkout,
        amounts={
            Account.GIFTS: gifts,
            Account.COVER_FEES: cover,
            Account.REFUND_DUE: -refund.amount_minor,
        },
    )
    staff.ask(
        StaffTask.Kind.REFUND_DUE,
        key=str(refund.pk),
        organization_id=checkout.hold.organization_id,
        about=refund,
        facts={"amount_minor": refund.amount_minor, "currency": refund.currency},
    )
    return refund
