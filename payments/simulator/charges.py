"""The wire shapes of a payment: PaymentIntent, Charge and BalanceTransaction.

Stripe documentation: "The PaymentIntent object", "The Charge object", "The Balance Transaction
object".
"""

from __future__ import annotations

from typing import Any

from payments.simulator import money
from payments.simulator.sessions import bank_method
from payments.simulator.simulator import Simulator
from payments.simulator.store import Record
from payments.simulator.wire import Json

_AVAILABLE_AFTER = 2 * 86_400
_DECLINED = "Your card was declined."
_COPIED = (
    "application_fee_amount", "description", "on_behalf_of", "receipt_email",
    "statement_descriptor", "statement_descriptor_suffix", "transfer_data", "transfer_group",
)  # fmt: skip


def new_intent(sim: Simulator, session: Record) -> Record:
    """The PaymentIntent of a session, made when somebody first tries to pay."""
    id, now = sim.ids.new("payment_intent"), sim.clock.now()
    asked = session.private["payment_intent_data"]
    nothing = (
        "application", "canceled_at", "cancellation_reason", "customer", "customer_account",
        "last_payment_error", "latest_charge", "next_action", "payment_method",
        "payment_method_configuration_details", "processing", "review", "shipping", "source",
    )  # fmt: skip
    body: dict[str, Any] = {
        "id": id,
        "object": "payment_intent",
        **dict.fromkeys((*nothing, *_COPIED)),
        "amount": session.body["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": None,
        "capture_method": asked.get("capture_method", "automatic_async"),
        "client_secret": f"{id}_secret_{sim.ids.new('secret')}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": session.body["currency"],
        "livemode": False,
        "metadata": asked["metadata"],
        "payment_method_options": {},
        "payment_method_types": session.body["payment_method_types"],
        "setup_future_usage": asked.get("setup_future_usage"),
        "status": "requires_payment_method",
    }
    body |= {name: asked[name] for name in _COPIED if name in asked}
    record = Record(id, "payment_intent", session.account, now, body, {"session": session.id})
    return sim.store.insert(record)


def new_charge(
    sim: Simulator, intent: Record, status: str, *, bank: bool, email: str, name: str | None
) -> Record:
    """One try to take the money: ``succeeded``, ``pending`` (bank) or ``failed`` (declined)."""
    id, now = sim.ids.new("bank_charge" if bank else "card_charge"), sim.clock.now()
    nothing = (
        "application_fee", "balance_transaction", "failure_balance_transaction", "failure_code",
        "failure_message", "receipt_number", "review", "source_transfer", "shipping", "source",
        "customer", "application",
    )  # fmt: skip
    body: dict[str, Any] = {
        "id": id,
        "object": "charge",
        **dict.fromkeys(nothing),
        **{name: intent.body[name] for name in _COPIED},
        "amount": intent.body["amount"],
        "amount_captured": 0 if status == "failed" else intent.body["amount"],
        "amount_refunded": 0,
        "billing_details": _payer(email, name),
        "calculated_statement_descriptor": "RALLY TEST",
        "captured": status != "failed",
        "created": now,
        "currency": intent.body["currency"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent.body["metadata"]),
        "outcome": _outcome(status),
        "paid": status == "succeeded",
        "payment_intent": intent.id,
        "payment_method": sim.ids.new("payment_method"),
        "payment_method_details": _method(sim, intent.body["currency"], bank),
        "radar_options": {},
        "receipt_url": None,
        "refunded": False,
        "status": status,
    }
    record = sim.store.insert(Record(id, "charge", intent.account, now, body))
    if status == "failed":
        fail(record, "card_declined", _DECLINED)
    return record


def _payer(email: str, name: str | None) -> Json:
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {"address": address, "email": email, "name": name, "phone": None, "tax_id": None}


def _outcome(status: str) -> Json:
    declined = status == "failed"
    return {
        "advice_code": "try_again_later" if declined else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": "generic_decline" if declined else None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank did not return any further details with this decline."
        if declined
        else "Payment complete.",
        "type": "issuer_declined" if declined else "authorized",
    }


def _method(sim: Simulator, currency: str, bank: bool) -> Json:
    if bank:
        kind = bank_method(currency)
        details = {
            "fingerprint": "SimulatedBank001",
            "last4": "6789",
            "mandate": sim.ids.new("mandate"),
        }
        return {"type": kind, kind: details}
    nothing = (
        "installments", "mandate", "network_token", "network_transaction_id",
        "three_d_secure", "wallet",
    )  # fmt: skip
    return {
        "type": "card",
        "card": {
            **dict.fromkeys(nothing),
            "amount_authorized": None,
            "brand": "visa",
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "US",
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": "SimulatedCard001",
            "funding": "credit",
            "last4": "4242",
            "network": "visa",
        },
    }


def fail(charge: Record, code: str, message: str) -> None:
    charge.body |= {
        "status": "failed",
        "paid": False,
        "captured": False,
        "amount_captured": 0,
        "failure_code": code,
        "failure_message": message,
    }


def payment_error(charge: Record) -> Json:
    """``last_payment_error`` of a PaymentIntent after this charge failed."""
    error: Json = {
        "type": "card_error",
        "charge": charge.id,
        "code": charge.body["failure_code"],
        "message": charge.body["failure_message"],
        "payment_method_type": charge.body["payment_method_details"]["type"],
    }
    if error["code"] == "card_declined":
        error |= {
            "decline_code": "generic_decline",
            "doc_url": "https://stripe.com/docs/error-codes/card-declined",
        }
    return error


def settle_funds(sim: Simulator, charge: Record) -> None:
    """Money arrives: the charge succeeds and gets its balance transaction."""
    amount, currency = charge.body["amount"], charge.body["currency"]
    fees = [_fee(money.fee(amount, currency), currency, "stripe_fee", "Stripe processing fees")]
    application = charge.body["application_fee_amount"]
    if application and charge.account:
        fees.append(_fee(application, currency, "application_fee", "Application fee"))
    charge.body |= {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": amount,
        "balance_transaction": movement(
            sim, charge, "charge", amount, currency, source=charge.id, fees=fees
        ).id,
        "outcome": _outcome("succeeded"),
    }


def _fee(amount: int, currency: str, kind: str, words: str) -> Json:
    return {
        "amount": amount,
        "application": None,
        "currency": currency,
        "description": words,
        "type": kind,
    }


def movement(
    sim: Simulator,
    owner: Record,
    kind: str,
    amount: int,
    currency: str,
    *,
    source: str,
    fees: list[Json] | None = None,
    category: str | None = None,
    words: str | None = None,
) -> Record:
    """A balance transaction: money in (positive) or out (negative), less fees."""
    id, now, fees = sim.ids.new("balance_transaction"), sim.clock.now(), fees or []
    total = sum(fee["amount"] for fee in fees)
    body = {
        "id": id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + _AVAILABLE_AFTER if amount > 0 else now,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": words,
        "exchange_rate": None,
        "fee": total,
        "fee_details": fees,
        "net": amount - total,
        "reporting_category": category or kind,
        "source": source,
        "status": "pending",
        "type": kind,
    }
    return sim.store.insert(Record(id, "balance_transaction", owner.account, now, body))
