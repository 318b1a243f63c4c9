"""Disputes are an overlay: recorded, shown to staff, and the tiles stay sold."""

import datetime as dt
from typing import Any

from django.db import transaction

from payments import staff
from payments.models import Checkout, Dispute, Payment, StaffTask
from rally.kit import clock

CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})


def record(found: dict[str, Any], *, account_id: str, livemode: bool) -> bool:
    """Keep a dispute as Stripe describes it; False when it is about no payment of ours.

    The status is kept as text: none is final, and unknown ones are kept open.
    """
    payment = _payment(found, account_id, livemode)
    if payment is None:
        return False
    with transaction.atomic():
        Checkout.objects.select_for_update(no_key=True, of=("self",)).get(pk=payment.checkout_id)
        status = str(found.get("status") or "needs_response")[:40]
        dispute, _made = Dispute.objects.update_or_create(
            account=payment.account,
            dispute_id=str(found.get("id") or f"charge:{payment.charge}")[:100],
            defaults={
                "payment": payment,
                "status": status,
                "is_open": status not in CLOSED,
                "is_charge_refundable": found.get("is_charge_refundable") is True,
                "reason": str(found.get("reason") or "")[:60],
                "amount_minor": _amount(found, payment),
                "currency": payment.currency,
                "evidence_due_by": _due_by(found),
                "modified_at": clock.database_now(),
            },
        )
        staff.ask(
            StaffTask.Kind.DISPUTE,
            key=dispute.dispute_id,
            organization_id=payment.account.organization_id,
            about=dispute,
            facts={"reason": dispute.reason},
        )
    return True


def _payment(found: dict[str, Any], account_id: str, livemode: bool) -> Payment | None:
    ours = Payment.objects.select_related("account").filter(
        account__account_id=account_id, account__livemode=livemode
    )
    charge, intent = found.get("charge"), found.get("payment_intent")
    if isinstance(charge, str) and charge:
        by_charge = ours.filter(charge=charge).first()
        if by_charge is not None:
            return by_charge
    if isinstance(intent, str) and intent:
        return ours.filter(payment_intent=intent).first()
    return None


def _amount(found: dict[str, Any], payment: Payment) -> int:
    amount = found.get("amount")
    return amount if type(amount) is int and amount >= 0 else payment.amount_minor


def _due_by(found: dict[str, Any]) -> dt.datetime | None:
    details = found.get("evidence_details")
    due = details.get("due_by") if isinstance(details, dict) else None
    if type(due) is not int or not 0 < due < 32_503_680_000:
        return None
    return dt.datetime.fromtimestamp(due, dt.UTC)
