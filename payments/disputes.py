"""Disputes are an overlay: the tiles stay where they are, the money follows Stripe's balance.

No status is final, because appeals exist: each time the dispute is fetched, the difference
between what was posted and what is true now is posted. Source: Stripe's "How disputes work".
"""

from django.db import transaction

from accounts.outbox import announce
from boards import holds, phases
from campaigns import donations
from campaigns.models import DonationEntry
from payments import fees, ledger, staff
from payments.gateway import DisputeFacts
from payments.ledger import Account
from payments.models import (
    Checkout,
    Dispute,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    StaffTask,
    StripeAccount,
)
from rally.kit import clock

CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})
LOST = "lost"


def payment_of(
    *, charge: str, payment_intent: str, account_id: str, livemode: bool
) -> Payment | None:
    """The payment a dispute is about, if it is one of ours."""
    ours = Payment.objects.select_related("account").filter(
        account__account_id=account_id, account__livemode=livemode
    )
    by_charge = ours.filter(charge=charge).first() if charge else None
    if by_charge is not None or not payment_intent:
        return by_charge
    return ours.filter(payment_intent=payment_intent).first()


def follow(found: DisputeFacts, account: StripeAccount) -> str:
    """Bring our row, the ledger and the totals in line with a dispute; why not, if not."""
    payment = payment_of(
        charge=found.charge, payment_intent=found.payment_intent,
        account_id=account.account_id, livemode=found.livemode,
    )  # fmt: skip
    if payment is None:
        return "unmatched"
    with transaction.atomic():
        checkout = (
            Checkout.objects.select_for_update(no_key=True, of=("self",))
            .select_related("hold__organization")
            .get(pk=payment.checkout_id)
        )
        hold = holds.locked(checkout.hold_id)
        dispute = _row(found, payment)
        moved = _post_money(dispute, found, checkout)
        counted = _count(dispute, found.status == LOST, checkout)
        _describe(dispute, found)
        if counted:
            phases.touch(hold)
        if moved or counted:
            announce(
                "dispute.moved",
                key=f"{found.id}:{found.status}:{found.withdrawn_minor}",
                organization_id=account.organization_id,
                facts={"dispute": dispute.pk},
            )
    return ""


def note_unnamed(payment: Payment, *, reason: str) -> str:
    """A dispute told without its id (contract 2.5): staff must look it up at Stripe."""
    with transaction.atomic():
        staff.ask(
            StaffTask.Kind.DISPUTE,
            key=f"charge:{payment.charge or payment.payment_intent}",
            organization_id=payment.account.organization_id,
            about=payment,
            facts={"reason": reason[:60]},
        )
    return ""


def _row(found: DisputeFacts, payment: Payment) -> Dispute:
    dispute, made = Dispute.objects.get_or_create(
        account=payment.account,
        dispute_id=found.id,
        defaults={
            "payment": payment, "status": found.status, "amount_minor": found.amount_minor,
            "currency": payment.currency,
        },
    )  # fmt: skip
    if made:
        staff.ask(
            StaffTask.Kind.DISPUTE,
            key=dispute.dispute_id,
            organization_id=payment.account.organization_id,
            about=dispute,
            facts={"reason": found.reason[:60], "amount_minor": found.amount_minor},
        )
    return dispute


def _describe(dispute: Dispute, found: DisputeFacts) -> None:
    dispute.status = found.status[:40]
    dispute.is_open = found.status not in CLOSED
    dispute.closed_at = None if dispute.is_open else dispute.closed_at or clock.database_now()
    dispute.is_charge_refundable = found.is_charge_refundable
    dispute.reason = found.reason[:60]
    dispute.amount_minor = found.amount_minor
    dispute.evidence_due_by = found.evidence_due_by
    dispute.withdrawn_minor = max(0, found.withdrawn_minor)
    dispute.fee_minor = max(0, found.fee_minor)
    dispute.modified_at = clock.database_now()
    dispute.save()


def _post_money(dispute: Dispute, found: DisputeFacts, checkout: Checkout) -> bool:
    """Post what Stripe's balance lost, or got back, since we last looked."""
    taken = max(0, found.withdrawn_minor) - dispute.withdrawn_minor
    fee = max(0, found.fee_minor) - dispute.fee_minor
    if not taken and not fee:
        return False
    ledger.post(
        reference=f"dispute:{dispute.pk}:{_posted(dispute)}",
        kind=LedgerTransaction.Kind.DISPUTE,
        checkout=checkout,
        amounts={
            Account.DISPUTED: taken,
            Account.PROCESSOR_FEE: fee,
            Account.PROVIDER: -(taken + fee),
        },
    )
    return True


def _posted(dispute: Dispute) -> int:
    """How many transactions this dispute has posted: numbers the next one."""
    return LedgerTransaction.objects.filter(reference__startswith=f"dispute:{dispute.pk}:").count()


def _count(dispute: Dispute, lost: bool, checkout: Checkout) -> bool:
    """A lost dispute stops counting as raised, once; one won later counts again."""
    counted_lost = -_entry_sum(dispute)
    target = _gift_share(dispute, checkout) if lost else 0
    change = target - counted_lost
    if not change:
        return False
    lines = list(checkout.lines.select_related("donation").order_by("pk"))
    kind = DonationEntry.Kind.DISPUTE_LOST if change > 0 else DonationEntry.Kind.DISPUTE_WON
    shares = fees.split(abs(change), [line.amount_minor for line in lines])
    sequence = _posted(dispute)
    donations.write_entries(
        [
            DonationEntry(
                donation_id=line.donation_id,
                goal_id=line.goal_id,
                kind=kind,
                amount_minor=-share if change > 0 else share,
                reference=f"dispute:{dispute.pk}:{sequence}:{line.pk}",
            )
            for line, share in zip(lines, shares, strict=True)
            if share
        ]
    )
    cover = (dispute.amount_minor if change > 0 else -dispute.amount_minor) - change
    ledger.post(
        reference=f"dispute:{dispute.pk}:{sequence}",
        kind=LedgerTransaction.Kind.DISPUTE,
        checkout=checkout,
        amounts={Account.GIFTS: change, Account.COVER_FEES: cover,
                 Account.DISPUTED: -(change + cover)},
    )  # fmt: skip
    return True


def _entry_sum(dispute: Dispute) -> int:
    """What this dispute has taken from the totals so far, as a negative number."""
    entries = DonationEntry.objects.filter(reference__startswith=f"dispute:{dispute.pk}:")
    return sum(entries.values_list("amount_minor", flat=True))


def _gift_share(dispute: Dispute, checkout: Checkout) -> int:
    """The part of the disputed amount that was counted as gifts and isn't paid back already."""
    posted = LedgerEntry.objects.filter(
        transaction__checkout=checkout, account=Account.GIFTS
    ).exclude(transaction__reference__startswith=f"dispute:{dispute.pk}:")
    counted = -sum(posted.values_list("amount_minor", flat=True))
    gift, _cover = fees.split(dispute.amount_minor, [checkout.net_minor, checkout.cover_minor])
    return max(0, min(gift, counted))
