"""Refunds: never more than what is left, never behind a chargeback, not always at once.

Stripe documentation: "Refund and cancel payments" (pending and failed refunds) and "The Refund
object". Bank payments refund as ``pending``; what the next refund becomes can be ordered.
"""

from __future__ import annotations

from typing import Any

from payments.simulator import charges, money, params
from payments.simulator.cause import NOBODY, Cause
from payments.simulator.events import emit
from payments.simulator.line_items import refuse_unknown
from payments.simulator.listing import Call, body_filters, found, listed, no_such
from payments.simulator.simulator import Simulator
from payments.simulator.store import Record
from payments.simulator.wire import BadControl, Json, StripeError

KIND = "refund"
NEXT = "next_refund"
FIRST_STATUSES = ("succeeded", "pending", "requires_action", "failed")
_KNOWN = frozenset({"amount", "charge", "payment_intent", "reason", "metadata", "expand"})


def create(call: Call) -> Json:
    given, sim = call.params, call.sim
    refuse_unknown(given, _KNOWN, "")
    metadata = params.check_metadata(given.get("metadata") or {}, "metadata")
    charge = _charge(call)
    left = charge.body["amount"] - charge.body["amount_refunded"]
    amount = given.get("amount", left)
    _check(sim, charge, amount, left)
    bank = charge.id.startswith("py_")
    status = sim.store.setting(NEXT) or ("pending" if bank else "succeeded")
    sim.store.run("DELETE FROM settings WHERE name = ?", (NEXT,))
    refund = _new(call, charge, amount, metadata, "pending" if status == "failed" else status)
    charge.body["amount_refunded"] += amount
    charge.body["refunded"] = charge.body["amount_refunded"] == charge.body["amount"]
    sim.store.save(charge)
    emit(sim, "refund.created", refund.body, refund.account, call.cause)
    previous = {
        "amount_refunded": charge.body["amount_refunded"] - amount,
        "refunded": False,
    }
    emit(sim, "charge.refunded", charge.body, charge.account, call.cause, previous=previous)
    if status == "failed":
        _failed(sim, refund, charge, call.cause)
    return refund.body


def _charge(call: Call) -> Record:
    """The charge to refund, named itself or through its PaymentIntent."""
    given, store = call.params, call.sim.store
    if ("charge" in given) == ("payment_intent" in given):
        raise StripeError(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            code="parameter_missing",
        )
    if "charge" in given:
        charge = store.get("charge", given["charge"], call.account)
        if charge is None:
            raise no_such("charge", given["charge"], param="charge")
        if charge.body["status"] != "succeeded":
            raise StripeError(
                f"Charge {charge.id} is not refundable: its status is {charge.body['status']}.",
                code="charge_not_refundable",
                executed=True,
            )
        return charge
    intent = store.get("payment_intent", given["payment_intent"], call.account)
    if intent is None:
        raise no_such("payment_intent", given["payment_intent"], param="payment_intent")
    charge = store.get("charge", intent.body["latest_charge"])
    if charge is None or charge.body["status"] != "succeeded":
        raise StripeError(
            f"This PaymentIntent ({intent.id}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            executed=True,
        )
    return charge


def _check(sim: Simulator, charge: Record, amount: int, left: int) -> None:
    currency = charge.body["currency"]
    where = "kind = 'dispute' AND json_extract(body, '$.charge') = ?"
    disputes = sim.store.select(where, (charge.id,))
    if any(not dispute.body["is_charge_refundable"] for dispute in disputes):
        raise StripeError(
            f"Charge {charge.id} has been charged back; cannot issue a refund.",
            code="charge_disputed",
            executed=True,
        )
    if left == 0:
        raise StripeError(
            f"Charge {charge.id} has already been refunded.",
            code="charge_already_refunded",
            executed=True,
        )
    if amount < 1:
        raise StripeError(
            "Invalid positive integer", code="parameter_invalid_integer", param="amount"
        )
    money.check_amount(amount, currency, "amount")
    if amount > left:
        raise StripeError(
            f"Refund amount ({money.spoken(amount, currency)}) is greater than unrefunded amount "
            f"on charge ({money.spoken(left, currency)})",
            param="amount",
            executed=True,
        )


def _new(call: Call, charge: Record, amount: int, metadata: Json, status: str) -> Record:
    id, now, sim = call.sim.ids.new(KIND), call.sim.clock.now(), call.sim
    currency, method = charge.body["currency"], charge.body["payment_method_details"]["type"]
    body: dict[str, Any] = {
        "id": id,
        "object": KIND,
        "amount": amount,
        "balance_transaction": None,
        "charge": charge.id,
        "created": now,
        "currency": currency,
        "destination_details": _destination(method),
        "metadata": metadata,
        "payment_intent": charge.body["payment_intent"],
        "reason": call.params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }
    if status == "pending":
        body["pending_reason"] = "processing"
    refund = sim.store.insert(Record(id, KIND, charge.account, now, body))
    kind = "payment_refund" if charge.id.startswith("py_") else "refund"
    taken = charges.movement(sim, refund, kind, -amount, currency, source=id, category="refund")
    body["balance_transaction"] = taken.id
    sim.store.save(refund)
    return refund


def _destination(method: str) -> Json | None:
    if method != "card":
        return None
    card = {
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    return {"card": card, "type": "card"}


def _give_back(sim: Simulator, refund: Record, charge: Record, cause: Cause, status: str) -> None:
    """The refund didn't happen: the charge can be refunded again and the money returns."""
    amount, currency = refund.body["amount"], refund.body["currency"]
    back = charges.movement(sim, refund, "refund_failure", amount, currency, source=refund.id)
    refund.body |= {"status": status, "failure_balance_transaction": back.id}
    refund.body.pop("pending_reason", None)
    charge.body["amount_refunded"] -= amount
    charge.body["refunded"] = False
    sim.store.save(refund)
    sim.store.save(charge)
    _told(sim, refund, cause)


def _failed(sim: Simulator, refund: Record, charge: Record, cause: Cause) -> None:
    refund.body["failure_reason"] = "lost_or_stolen_card"
    _give_back(sim, refund, charge, cause, "failed")
    emit(sim, "refund.failed", refund.body, refund.account, cause)


def _told(sim: Simulator, refund: Record, cause: Cause) -> None:
    emit(sim, "refund.updated", refund.body, refund.account, cause)
    emit(sim, "charge.refund.updated", refund.body, refund.account, cause)


def settle(sim: Simulator, id: str, outcome: str) -> Record:
    """What the bank makes of a refund; even a succeeded one can still fail."""
    with sim.store.transaction():
        refund = sim.store.get(KIND, id)
        if refund is None:
            raise BadControl(f"There is no refund {id[:80]!r}.", 404)
        status = refund.body["status"]
        if status in ("failed", "canceled") or status == outcome:
            raise BadControl(f"This refund is {status} and can't become {outcome}.", 409)
        charge = sim.store.get("charge", refund.body["charge"])
        assert charge is not None
        if outcome == "failed":
            _failed(sim, refund, charge, NOBODY)
        else:
            refund.body["status"] = outcome
            refund.body.pop("pending_reason", None)
            sim.store.save(refund)
            _told(sim, refund, NOBODY)
        return refund


def order_next(sim: Simulator, status: str) -> None:
    with sim.store.transaction():
        sim.store.set_setting(NEXT, status)


def retrieve(call: Call) -> Json:
    return found(call, KIND).body


def list_all(call: Call) -> Json:
    return listed(call, KIND, body_filters(call, "charge", "payment_intent"))


def update(call: Call) -> Json:
    refund = found(call, KIND)
    if "metadata" in call.params:
        refund.body["metadata"] = params.merged_metadata(
            refund.body["metadata"], call.params["metadata"], "metadata"
        )
        call.sim.store.save(refund)
        _told(call.sim, refund, call.cause)
    return refund.body


def cancel(call: Call) -> Json:
    """Only a refund that still waits for the customer can be cancelled."""
    refund = found(call, KIND)
    if refund.body["status"] != "requires_action":
        raise StripeError(
            "You can only cancel a refund with a status of requires_action. This refund has a "
            f"status of {refund.body['status']}.",
            code="refund_not_cancelable",
            executed=True,
        )
    charge = call.sim.store.get("charge", refund.body["charge"])
    assert charge is not None
    _give_back(call.sim, refund, charge, call.cause, "canceled")
    return refund.body
