"""What a paid session brought in: the payment's row, and the ledger's entries for it.

`payments.settlement` calls it under the order's lock. Amounts in minor units.
"""

import datetime as dt
from typing import Any

from payments import ledger
from payments.facts import Session
from payments.ledger import Account, Posting
from payments.models import Attempt, Checkout, LedgerTransaction, Payment


def record(
    payment: Payment | None,
    attempt: Attempt,
    checkout: Checkout,
    session: Session,
    moment: dt.datetime,
) -> Payment:
    """The payment's row, paid at `moment`: made now, or the one that was processing."""
    if payment is None:
        payment = Payment(
            checkout=checkout,
            attempt=attempt,
            account=attempt.account,
            payment_intent=session.payment_intent or session.id,
            amount_minor=session.amount_minor,
            currency=session.currency,
        )
    payment.status = Payment.Status.PAID
    payment.charge = session.charge
    payment.fee_minor = session.fee_minor
    payment.paid_at = moment
    payment.save()
    return payment


def post(payment: Payment, checkout: Checkout) -> None:
    """What came in, and Stripe's fee if it is known already."""
    capture = Posting(
        reference=f"capture:{payment.pk}",
        kind=LedgerTransaction.Kind.CAPTURE,
        amounts={
            Account.PROVIDER: payment.amount_minor,
            Account.GIFTS: -checkout.net_minor,
            Account.COVER_FEES: -checkout.cover_minor,
        },
    )
    known = [] if payment.fee_minor is None else [_fee(payment)]
    ledger.post_all(checkout, [capture, *known, *_platform_fee(payment)])


def _platform_fee(payment: Payment) -> list[Posting]:
    """What this installation kept of a connected account's charge, as it was asked for."""
    if payment.attempt is None:
        return []
    asked: dict[str, Any] = payment.attempt.params.get("payment_intent_data", {})
    fee = int(asked.get("application_fee_amount", 0))
    amounts: dict[str, int] = {Account.PLATFORM_FEE: fee, Account.PROVIDER: -fee}
    posting = Posting(f"platform_fee:{payment.pk}", LedgerTransaction.Kind.FEE, amounts)
    return [posting] if fee else []


def _fee(payment: Payment) -> Posting:
    fee = payment.fee_minor or 0
    return Posting(
        reference=f"fee:{payment.pk}",
        kind=LedgerTransaction.Kind.FEE,
        amounts={Account.PROCESSOR_FEE: fee, Account.PROVIDER: -fee},
    )


def note_fee(payment: Payment, checkout: Checkout, session: Session) -> None:
    """Stripe's real fee, once its balance transaction tells it."""
    if payment.fee_minor is not None or session.fee_minor is None:
        return
    payment.fee_minor = session.fee_minor
    payment.charge = payment.charge or session.charge
    payment.save(update_fields=["fee_minor", "charge"])
    ledger.post_all(checkout, [_fee(payment)])
