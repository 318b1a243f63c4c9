"""Sends refunds that are due, and follows what becomes of them at Stripe.

A refund is marked as sent before Stripe is asked, with a key of its own: a crash in between
sends the same again, which Stripe answers with the same refund. Source: Stripe's "Refund and
cancel payments"; "Idempotent requests".
"""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import F, Q

from accounts.outbox import announce
from payments import by_hand, gateway, ledger, staff
from payments.errors import PaymentsUnavailable, SessionRefused
from payments.facts import RefundFacts
from payments.ledger import Account
from payments.models import (
    Checkout,
    LedgerTransaction,
    Payment,
    Refund,
    StaffTask,
    StripeAccount,
)
from rally.kit import clock
from rally.kit.failpoints import failpoint

logger = logging.getLogger(__name__)
MOST = 100
RESEND_AFTER = dt.timedelta(seconds=30)
KEY_LIFE = dt.timedelta(hours=23)
WORDS = {
    "pending": Refund.Status.SENT,
    "requires_action": Refund.Status.SENT,
    "succeeded": Refund.Status.SUCCEEDED,
    "failed": Refund.Status.FAILED,
    "canceled": Refund.Status.FAILED,
}

# One refund of Stripe's only ever moves this way; a new try is another refund.
NO_WAY_BACK = (Refund.Status.SENT, Refund.Status.SUCCEEDED, Refund.Status.FAILED)


def pay_due(now: dt.datetime | None = None) -> int:
    """Send what is due by each organization's clock; how many were sent."""
    sent = 0
    for refund in _due(now):
        try:
            pay(refund, now=now)
            sent += 1
        except PaymentsUnavailable as why:
            logger.warning("Refund %s can't be sent yet: %s", refund.reference, why)
        except Exception:
            # One debt that can't be followed must not keep the others waiting.
            logger.exception("Refund %s could not be sent", refund.reference)
    return sent


def _due(now: dt.datetime | None) -> list[Refund]:
    moment = clock.database_now()
    lost_answer = Q(status=Refund.Status.SENT, refund_id="", sent_at__lte=moment - RESEND_AFTER)
    candidates = Refund.objects.filter(Q(status=Refund.Status.DUE) | lost_answer)
    path = "account__organization__clock_offset_s"
    found: list[Refund] = []
    for offset in sorted(set(candidates.values_list(path, flat=True))):
        in_time = Q(not_before=None) | Q(not_before__lte=clock.expression(now, offset))
        found += candidates.filter(in_time, **{path: offset}).select_related("account", "payment")[
            :MOST
        ]
    return found


def pay(refund: Refund, *, now: dt.datetime | None = None) -> None:
    """Send one refund, or send again what may have got lost. Raises PaymentsUnavailable."""
    if not _mark_sent(refund):
        return
    failpoint("refund_marked")
    try:
        found = gateway.create_refund(refund, key=f"rally-refund-{refund.reference}-{refund.tries}")
    except SessionRefused as why:
        _refused(refund, str(why))
        return
    failpoint("refund_created")
    follow(found, refund.account)


def _mark_sent(refund: Refund) -> bool:
    """Whether it is ours to send now. A key that Stripe may have forgotten is not used again."""
    with transaction.atomic():
        _lock(refund.payment)
        refund.refresh_from_db()
        if refund.status == Refund.Status.DUE:
            refund.status, refund.tries = Refund.Status.SENT, refund.tries + 1
            refund.sent_at = clock.database_now()
            refund.save(update_fields=["status", "tries", "sent_at"])
            return True
        if refund.status != Refund.Status.SENT or refund.refund_id:
            return False
    if refund.sent_at is None or clock.database_now() - refund.sent_at < KEY_LIFE:
        return True
    found = gateway.find_refund(refund)
    if found is not None:
        follow(found, refund.account)
    else:
        Refund.objects.filter(pk=refund.pk, status=Refund.Status.SENT, refund_id="").update(
            status=Refund.Status.DUE
        )
    return False


def _lock(payment: Payment) -> Checkout:
    return (
        Checkout.objects.select_for_update(no_key=True, of=("self",))
        .select_related("hold__organization")
        .get(pk=payment.checkout_id)
    )


def _refused(refund: Refund, why: str) -> None:
    """Stripe won't do it. The debt stands, and a person must look."""
    with transaction.atomic():
        _lock(refund.payment)
        Refund.objects.filter(pk=refund.pk, status=Refund.Status.SENT).update(
            status=Refund.Status.FAILED, note=why[:300]
        )
        _ask_about(refund)


def _ask_about(refund: Refund) -> None:
    staff.ask(
        StaffTask.Kind.FAILED_REFUND,
        key=f"{refund.pk}:{refund.tries}",
        organization_id=refund.account.organization_id,
        about=refund,
        facts={"amount_minor": refund.amount_minor, "currency": refund.currency},
    )


def follow(found: RefundFacts, account: StripeAccount) -> str:
    """Bring our row in line with a refund as Stripe has it now; answers why not, if not.

    One that carries no reference of ours was made in Stripe's dashboard: the money is gone,
    so it is counted, but which tiles it was for is for staff to say.
    """
    payment = _payment_of(found, account)
    if payment is None:
        return "unmatched"
    with transaction.atomic():
        checkout = _lock(payment)
        payment.refresh_from_db()
        refund = _row_of(found, payment)
        if refund is None and WORDS.get(found.status) == Refund.Status.FAILED:
            # Made by hand and failed before we heard of it: nothing moved, nothing is owed.
            return ""
        if refund is None:
            refund = by_hand.take_in(found, payment, checkout)
        if found.amount_minor != refund.amount_minor:
            staff.ask(StaffTask.Kind.MISMATCH, key=found.id, about=refund,
                      organization_id=account.organization_id)  # fmt: skip
            return "amount"
        _become(refund, WORDS.get(found.status, Refund.Status.SENT), found, checkout)
        failpoint("refund_followed")
    return ""


def _payment_of(found: RefundFacts, account: StripeAccount) -> Payment | None:
    ours = Payment.objects.select_related("account").filter(account=account)
    by_intent = ours.filter(payment_intent=found.payment_intent).first()
    return by_intent or ours.exclude(charge="").filter(charge=found.charge).first()


def _row_of(found: RefundFacts, payment: Payment) -> Refund | None:
    by_id = payment.refunds.filter(refund_id=found.id).first()
    if by_id is not None or not found.reference:
        return by_id
    # A try that failed may be told of again after staff tried anew: it is not the new one.
    return payment.refunds.filter(
        reference=found.reference, tries=found.tries, refund_id=""
    ).first()


def _become(refund: Refund, status: str, found: RefundFacts, checkout: Checkout) -> None:
    """Move the row; money moves with it only where it really did."""
    before = refund.status
    if before == Refund.Status.CANCELED or (before == status and refund.refund_id == found.id):
        return
    if refund.refund_id == found.id and NO_WAY_BACK.index(status) < NO_WAY_BACK.index(before):
        # Asked for before somebody else asked, and told after: the newer word stands.
        return
    refund.status, refund.refund_id = status, found.id
    if status == Refund.Status.SUCCEEDED:
        refund.done_at = clock.database_now()
    refund.save(update_fields=["status", "refund_id", "done_at"])
    if status == Refund.Status.SUCCEEDED:
        _money(refund, checkout, paid=True)
        staff.resolve(StaffTask.Kind.REFUND_DUE, key=str(refund.pk), note="paid back")
        announce("refund.paid", key=refund.reference, facts={"refund": refund.pk},
                 organization_id=refund.account.organization_id)  # fmt: skip
    elif before == Refund.Status.SUCCEEDED:
        _money(refund, checkout, paid=False)
    if status == Refund.Status.FAILED:
        _ask_about(refund)
        if refund.reason == Refund.Reason.DASHBOARD:
            by_hand.give_up(refund, checkout, "made by hand, and failed")


def _money(refund: Refund, checkout: Checkout, *, paid: bool) -> None:
    """The debt became a payment, or a payment came back and is a debt again."""
    amount = refund.amount_minor if paid else -refund.amount_minor
    Payment.objects.filter(pk=refund.payment_id).update(
        refunded_minor=F("refunded_minor") + amount, refunding_minor=F("refunding_minor") - amount
    )
    kinds = LedgerTransaction.Kind
    ledger.post(
        reference=f"{'refund' if paid else 'refund_failed'}:{refund.refund_id}",
        kind=kinds.REFUND if paid else kinds.REFUND_FAILED,
        checkout=checkout,
        amounts={Account.REFUND_DUE: amount, Account.PROVIDER: -amount},
    )


def retry(refund: Refund) -> None:
    """Staff try a failed refund again: the same debt, under a new key.

    It counts as a new try at once, so that word of the failed one can't be taken for its own.
    """
    with transaction.atomic():
        _lock(refund.payment)
        Refund.objects.filter(pk=refund.pk, status=Refund.Status.FAILED).update(
            status=Refund.Status.DUE, refund_id="", not_before=None, tries=F("tries") + 1
        )
