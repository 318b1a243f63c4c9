"""What each kind of Stripe's events leads to.

A handler fetches the object that the event names, outside any transaction, and answers an effect:
what is to be written in the transaction that marks the event as processed. The effect answers why
nothing fitted (the event is then parked for staff), or "". Raises PaymentsUnavailable.
"""

from collections.abc import Callable
from typing import Any

from payments import clockwork, disputes, gateway, repaying, settlement, staff, tracing
from payments.models import Attempt, Payment, StaffTask, StripeAccount, StripeEvent

Effect = Callable[[], str]
Handler = Callable[[StripeEvent, dict[str, Any]], Effect]


def nothing(event: StripeEvent, body: dict[str, Any]) -> Effect:
    """For kinds of events that change nothing here."""
    return lambda: ""


def _parked(event: StripeEvent, kind: str, why: str) -> Effect:
    """No effect but a task for staff: nothing that Stripe says is dropped."""

    def effect() -> str:
        staff.ask(kind, key=event.event_id, about=event, facts={"type": event.type, "why": why})
        return why

    return effect


def _session(event: StripeEvent, body: dict[str, Any]) -> Effect:
    """A Checkout Session changed: fetch it from where we made it, and settle."""
    attempt = _attempt_of(event, body["data"]["object"])
    if attempt is None:
        return _parked(event, StaffTask.Kind.UNMATCHED, "unmatched")
    ours = attempt.account
    if event.livemode != ours.livemode or event.account_id != ours.account_id:
        return _parked(event, StaffTask.Kind.MISMATCH, "wrong account or mode")
    session = gateway.retrieve_session(ours, event.object_id)
    settlement.clear_the_way(attempt, session)
    return lambda: settlement.apply(attempt, session)


def _attempt_of(event: StripeEvent, found: dict[str, Any]) -> Attempt | None:
    """Ours by the session id we stored; by our reference only if storing it was cut short."""
    attempts = Attempt.objects.select_related("account", "checkout__hold__organization")
    by_id = attempts.filter(session_id=event.object_id).first()
    reference = _text(found, "client_reference_id")
    if by_id is not None or not reference:
        return by_id
    return attempts.filter(reference=reference, session_id="").first()


def _payment_of(event: StripeEvent, charge: str, intent: str) -> Payment | None:
    return tracing.payment_of(
        charge=charge, payment_intent=intent, account_id=event.account_id, livemode=event.livemode
    )


def _dispute(event: StripeEvent, body: dict[str, Any]) -> Effect:
    """A dispute opened, moved or closed: fetch it and follow.

    An old client's sample has no dispute id (contract 2.5): staff must look it up.
    """
    found = body["data"]["object"]
    payment = _payment_of(event, _text(found, "charge"), _text(found, "payment_intent"))
    if payment is None:
        return _parked(event, StaffTask.Kind.UNMATCHED, "unmatched")
    if not event.object_id:
        return lambda: disputes.note_unnamed(payment, reason=_text(found, "reason"))
    facts = gateway.retrieve_dispute(payment.account, event.object_id)
    return lambda: disputes.follow(facts, payment.account)


def _refund(event: StripeEvent, body: dict[str, Any]) -> Effect:
    """A refund was made or changed: fetch it and follow."""
    found = body["data"]["object"]
    payment = _payment_of(event, _text(found, "charge"), _text(found, "payment_intent"))
    if payment is None:
        return _parked(event, StaffTask.Kind.UNMATCHED, "unmatched")
    return _all_refunds(payment)


def _charge_refunded(event: StripeEvent, body: dict[str, Any]) -> Effect:
    """A charge was refunded, perhaps in Stripe's dashboard: look at all its refunds."""
    intent = _text(body["data"]["object"], "payment_intent")
    payment = _payment_of(event, event.object_id, intent)
    if payment is None:
        return _parked(event, StaffTask.Kind.UNMATCHED, "unmatched")
    return _all_refunds(payment)


def _all_refunds(payment: Payment) -> Effect:
    """Look at every refund of a payment, the failed ones first: they make room for others."""
    found = gateway.refunds_of(payment.account, payment.payment_intent)
    found.sort(key=lambda facts: facts.status not in {"failed", "canceled"})
    return lambda: "".join(repaying.follow(facts, payment.account) for facts in found)


def _account(event: StripeEvent, body: dict[str, Any]) -> Effect:
    """A connected account changed or left us: staff must know before it takes money again."""
    account = StripeAccount.objects.filter(
        account_id=event.account_id or event.object_id, livemode=event.livemode
    ).first()
    if account is None or not account.account_id:
        return _parked(event, StaffTask.Kind.UNMATCHED, "unmatched")

    def effect() -> str:
        if event.type == "account.application.deauthorized":
            same = StripeAccount.objects.filter(account_id=account.account_id)
            same.filter(livemode=event.livemode).update(status="deauthorized")
        return _parked(event, StaffTask.Kind.ACCOUNT, event.type)() and ""

    return effect


def _fraud(event: StripeEvent, body: dict[str, Any]) -> Effect:
    """Stripe's early fraud warning: a dispute is likely; a refund now may prevent it."""
    found = body["data"]["object"]
    payment = _payment_of(event, _text(found, "charge"), _text(found, "payment_intent"))
    if payment is None:
        return _parked(event, StaffTask.Kind.UNMATCHED, "unmatched")
    return lambda: _parked(event, StaffTask.Kind.FRAUD_WARNING, "early fraud warning")() and ""


def _reversal(event: StripeEvent, body: dict[str, Any]) -> Effect:
    """Money between accounts moved back: nothing of ours does that, so a person looks."""
    return _parked(event, StaffTask.Kind.UNMATCHED, "transfer reversed")


def _clock(event: StripeEvent, body: dict[str, Any]) -> Effect:
    """A sandbox's clock was moved."""
    return lambda: clockwork.follow(body["data"]["object"], livemode=event.livemode)


def _text(found: dict[str, Any], name: str) -> str:
    """A text field, or the id of what came expanded in its place."""
    value = found.get(name)
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) else ""


HANDLERS: dict[str, Handler] = {
    "checkout.session.completed": _session,
    "checkout.session.expired": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "payment_intent.payment_failed": nothing,
    "charge.refunded": _charge_refunded,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "account.updated": _account,
    "account.application.deauthorized": _account,
    "transfer.reversed": _reversal,
    "radar.early_fraud_warning.created": _fraud,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.closed": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "test_helpers.test_clock.ready": _clock,
}
