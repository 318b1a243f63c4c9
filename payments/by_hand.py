"""Refunds that somebody made in Stripe's dashboard: counted, though they name none of our lines.

The caller holds the order's lock and has fetched the refund from Stripe. Amounts in minor units.
"""

from django.db.models import F, Q

from payments import fees, ledger, staff
from payments.facts import RefundFacts
from payments.ledger import Account
from payments.models import Checkout, LedgerTransaction, Payment, Refund, StaffTask
from payments.owing import Part, drop, owe


def take_in(found: RefundFacts, payment: Payment, checkout: Checkout) -> Refund:
    """The row for a refund that we didn't ask for: its money is unallocated, and staff is told.

    Debts that we haven't sent make room for it, so that no more is owed than was paid.
    """
    _make_room(found, payment, checkout)
    refund = Refund.objects.create(
        payment=payment, account=payment.account, reason=Refund.Reason.DASHBOARD, reopen=False,
        amount_minor=found.amount_minor, currency=payment.currency, refund_id=found.id,
        status=Refund.Status.SENT,
    )  # fmt: skip
    Payment.objects.filter(pk=payment.pk).update(
        refunding_minor=F("refunding_minor") + found.amount_minor
    )
    ledger.post(
        reference=f"refund_due:{refund.pk}",
        kind=LedgerTransaction.Kind.REFUND_DUE,
        checkout=checkout,
        amounts={Account.UNALLOCATED: found.amount_minor, Account.REFUND_DUE: -found.amount_minor},
    )
    staff.ask(
        StaffTask.Kind.DASHBOARD_REFUND,
        key=found.id,
        organization_id=payment.account.organization_id,
        about=refund,
        facts={"amount_minor": found.amount_minor, "currency": payment.currency},
    )
    return refund


def _make_room(found: RefundFacts, payment: Payment, checkout: Checkout) -> None:
    """A debt we haven't sent was paid by hand: give it up, or more would be owed than was paid."""
    over = payment.refunded_minor + payment.refunding_minor + found.amount_minor
    over -= payment.amount_minor
    not_there = Q(status__in=[Refund.Status.DUE, Refund.Status.FAILED]) | Q(
        status=Refund.Status.SENT, refund_id=""
    )
    for debt in payment.refunds.filter(not_there).order_by("-pk"):
        if over <= 0:
            return
        give_up(debt, checkout, "paid by hand in Stripe's dashboard")
        if debt.amount_minor > over:
            _keep_rest(debt, debt.amount_minor - over, checkout)
        over -= debt.amount_minor


def give_up(debt: Refund, checkout: Checkout, why: str) -> None:
    """We won't pay this: its lines count again, and what was paid by hand is for staff to name."""
    Refund.objects.filter(pk=debt.pk).update(status=Refund.Status.CANCELED, note=why)
    parts = [
        Part(part.line, part.amount_minor, part.fee_share_minor, is_all=True)
        for part in debt.lines.select_related("line").order_by("pk")
    ]
    drop(debt, parts, checkout)


def _keep_rest(debt: Refund, rest: int, checkout: Checkout) -> None:
    """Part of a debt was paid by hand: the rest of it is still owed, for the same lines."""
    lines = list(debt.lines.select_related("line").order_by("pk"))
    totals = [part.amount_minor + part.fee_share_minor for part in lines]
    parts = []
    for part, share in zip(lines, fees.split(rest, totals), strict=True):
        if share:
            gift, fee = fees.split(share, [part.amount_minor, part.fee_share_minor])
            parts.append(Part(part.line, gift, fee, is_all=False))
    owe(debt.payment, checkout, parts, reason=debt.reason, reopen=debt.reopen,
        not_before=debt.not_before, note="what was left after a refund by hand")  # fmt: skip
