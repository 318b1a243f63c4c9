"""Disputes are an overlay: the tiles stay where they are, the money follows Stripe's balance.

No status is final, because appeals exist: each time the dispute is fetched, the difference
between what was posted and what is true now is posted. Source: Stripe's "How disputes work".
"""

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from accounts.outbox import announce
from boards import holds, phases
from campaigns import donations
from campaigns.models import DonationEntry
from payments import fees, ledger, staff
from payments.facts import DisputeFacts
from payments.ledger import Account
from payments.models import (
    Checkout,
    Dispute,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    Refund,
    StaffTask,
    StripeAccount,
)
from rally.kit import clock
from rally.kit.failpoints import failpoint

CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})
LOST = "lost"
OURS = (Account.GIFTS, Account.COVER_FEES, Account.UNALLOCATED)


def payment_of(
    *, charge: str, payment_intent: str, account_id: str, livemode: bool
) -> Payment | None:
    """The payment a dispute is about, if it is one of ours."""
    named = StripeAccount.named_by_event(account_id, "account__")
    ours = Payment.objects.select_related("account").filter(named, account__livemode=livemode)
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
        dispute, made = _row(found, payment)
        was_open = made or dispute.is_open
        moved = _post_money(dispute, found, checkout)
        counted = _count(dispute, found.status == LOST, checkout)
        _describe(dispute, found)
        _tell(dispute, made, was_open)
        if counted:
            phases.touch(hold)
        failpoint("dispute_followed")
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


def _tell(dispute: Dispute, made: bool, was_open: bool) -> None:
    """Announce that a dispute was opened, closed, or opened again by an appeal."""
    words = ["dispute.opened"] if made or (dispute.is_open and not was_open) else []
    if was_open and not dispute.is_open:
        words.append("dispute.closed")
    for kind in words:
        announce(
            kind, key=f"{dispute.dispute_id}:{dispute.status}",
            organization_id=dispute.account.organization_id, facts={"dispute": dispute.pk},
        )  # fmt: skip


def _row(found: DisputeFacts, payment: Payment) -> tuple[Dispute, bool]:
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
    return dispute, made


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
    was = _balances(checkout, dispute, its_own=True)
    now = _loss(dispute, checkout) if lost else {}
    change: dict[str, int] = {a: now.get(a, 0) - was.get(a, 0) for a in OURS}
    if not any(change.values()):
        return False
    sequence = _posted(dispute)
    _write_entries(dispute, checkout, change[Account.GIFTS], sequence)
    ledger.post(
        reference=f"dispute:{dispute.pk}:{sequence}",
        kind=LedgerTransaction.Kind.DISPUTE,
        checkout=checkout,
        amounts={**change, Account.DISPUTED: -sum(change.values())},
    )
    return True


def _write_entries(dispute: Dispute, checkout: Checkout, change: int, sequence: int) -> None:
    """Spread a change of what counts over the order's lines, by what is left of each."""
    kind = DonationEntry.Kind.DISPUTE_LOST if change > 0 else DonationEntry.Kind.DISPUTE_WON
    stands = ~Q(refund_lines__refund__status=Refund.Status.CANCELED)
    back = Coalesce(Sum("refund_lines__amount_minor", filter=stands), 0)
    lines = list(checkout.lines.annotate(left=F("amount_minor") - back).order_by("pk"))
    entries = [
        DonationEntry(
            donation_id=line.donation_id,
            goal_id=line.goal_id,
            kind=kind,
            amount_minor=-share if change > 0 else share,
            reference=f"dispute:{dispute.pk}:{sequence}:{line.pk}",
        )
        for line, share in zip(
            lines, fees.split(abs(change), [max(0, line.left) for line in lines]), strict=True
        )
        if share
    ]
    if entries:
        donations.write_entries(entries)


def _loss(dispute: Dispute, checkout: Checkout) -> dict[str, int]:
    """The disputed amount by what it takes away: gifts, covered fees, and the rest.

    What was paid back before the bank took it is gone twice: that part is unallocated.
    """
    counted = _balances(checkout, dispute, its_own=False)
    gift, cover = fees.split(dispute.amount_minor, [checkout.net_minor, checkout.cover_minor])
    gift = max(0, min(gift, -counted.get(Account.GIFTS, 0)))
    cover = max(0, min(cover, -counted.get(Account.COVER_FEES, 0)))
    return {
        Account.GIFTS: gift,
        Account.COVER_FEES: cover,
        Account.UNALLOCATED: dispute.amount_minor - gift - cover,
    }


def _balances(checkout: Checkout, dispute: Dispute, *, its_own: bool) -> dict[str, int]:
    """What the dispute, or everything else about the order, has posted to our accounts."""
    posted = LedgerEntry.objects.filter(transaction__checkout=checkout, account__in=OURS)
    own = Q(transaction__reference__startswith=f"dispute:{dispute.pk}:")
    sums = posted.filter(own if its_own else ~own).values_list("account")
    return dict(sums.annotate(Sum("amount_minor")))
