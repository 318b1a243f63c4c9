"""Finds the payment that an event of Stripe's is about, heard of or not.

Events come in any order, and the one that told of the payment may be lost: a refund or a
dispute can be the first we hear of it. Stripe knows the session that the money came by.
"""

from functools import partial

from django.db.models import Q

from payments import disputes, gateway, settlement
from payments.models import Attempt, Payment, StripeAccount


def payment_of(
    *, charge: str, payment_intent: str, account_id: str, livemode: bool
) -> Payment | None:
    """The payment, settled first if it is ours and nobody has told us yet.

    Which order it belongs to is decided by our stored session id, as ever. Asks Stripe only for
    payments we have no row of. Raises PaymentsUnavailable.
    """
    find = partial(
        disputes.payment_of, charge=charge, payment_intent=payment_intent, account_id=account_id,
        livemode=livemode,
    )  # fmt: skip
    known = find()
    if known is not None or not payment_intent:
        return known
    _settle_unheard(payment_intent, account_id, livemode)
    return find()


def _settle_unheard(payment_intent: str, account_id: str, livemode: bool) -> None:
    named = StripeAccount.named_by_event(account_id)
    ours = StripeAccount.objects.filter(named, livemode=livemode)
    account = ours.first()
    session = gateway.session_of(account, payment_intent) if account else None
    if session is None:
        return
    # The answer that named the session may be lost as well: then it goes by our reference.
    mine = Q(session_id=session.id) | Q(session_id="", reference=session.reference)
    attempt = (
        Attempt.objects.select_related("account", "checkout__hold__organization")
        .filter(mine, account__in=ours)
        .first()
    )
    if attempt is not None:
        settlement.settle(attempt, session)
