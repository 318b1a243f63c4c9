"""Disputes: a bank takes the money back, and sometimes returns it; no status is final.

Stripe documentation: "How disputes work", "The Dispute object". Money follows the status: it is
with the bank while a chargeback is open or lost, with us during inquiries and after a win.
"""

from __future__ import annotations

from typing import Any

from payments.simulator import charges, params
from payments.simulator.cause import NOBODY, Cause
from payments.simulator.events import emit
from payments.simulator.listing import Call, body_filters, found, listed
from payments.simulator.simulator import Simulator
from payments.simulator.store import Record
from payments.simulator.wire import BadControl, Json, StripeError

KIND = "dispute"
CLOSED = ("won", "lost", "warning_closed", "prevented")
STATUSES = (
    "needs_response", "under_review", "warning_needs_response", "warning_under_review",
    "appeal_needs_response", "appeal_under_review", *CLOSED,
)  # fmt: skip
OPENING = ("needs_response", "warning_needs_response", "under_review", "warning_under_review")
REASONS = (
    "bank_cannot_process", "check_returned", "credit_not_processed", "customer_initiated",
    "debit_not_authorized", "duplicate", "fraudulent", "general", "incorrect_account_details",
    "insufficient_funds", "noncompliant", "product_not_received", "product_unacceptable",
    "subscription_canceled", "unrecognized",
)  # fmt: skip
_MONEY_IS_GONE = frozenset({
    "needs_response", "under_review", "appeal_needs_response", "appeal_under_review", "lost",
})  # fmt: skip
_REFUNDABLE = frozenset({
    "warning_needs_response", "warning_under_review", "warning_closed", "prevented",
})  # fmt: skip
_FEE = 1_500
_ANSWER_WITHIN = 9 * 86_400


def open_one(sim: Simulator, charge_id: str, reason: str, status: str) -> Record:
    """A cardholder turns to the bank."""
    with sim.store.transaction():
        charge = sim.store.get("charge", charge_id)
        if charge is None:
            raise BadControl(f"There is no charge {charge_id[:80]!r}.", 404)
        if charge.body["status"] != "succeeded":
            raise BadControl("Only a succeeded charge can be disputed.", 409)
        if charge.body["disputed"]:
            raise BadControl("This charge is disputed already.", 409)
        dispute = sim.store.insert(_new(sim, charge, reason, status))
        charge.body["disputed"] = True
        sim.store.save(charge)
        moved = _move_money(sim, dispute)
        sim.store.save(dispute)
        emit(sim, "charge.dispute.created", dispute.body, dispute.account)
        _tell_money(sim, dispute, moved, NOBODY)
        return dispute


def _new(sim: Simulator, charge: Record, reason: str, status: str) -> Record:
    id, now = sim.ids.new(KIND), sim.clock.now()
    inquiry = status.startswith("warning_")
    method = charge.body["payment_method_details"]["type"]
    evidence = dict.fromkeys(params.names("DisputeUpdateParamsEvidence"))
    evidence.pop("appeal", None)
    body: dict[str, Any] = {
        "id": id,
        "object": KIND,
        "amount": charge.body["amount"],
        "balance_transactions": [],
        "charge": charge.id,
        "created": now,
        "currency": charge.body["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**evidence, "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + _ANSWER_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": status in _REFUNDABLE,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge.body["payment_intent"],
        "reason": reason,
        "status": status,
    }
    if method == "card":
        card = {
            "brand": "visa",
            "case_type": "inquiry" if inquiry else "chargeback",
            "network": "visa",
            "network_reason_code": "10.4",
        }
        body["payment_method_details"] = {"card": card, "type": "card"}
    return Record(id, KIND, charge.account, now, body, {"withdrawn": False})


def _move_money(sim: Simulator, dispute: Record) -> str:
    """Make the balance follow the status; answers the event that tells it, if money moved."""
    gone = dispute.body["status"] in _MONEY_IS_GONE
    if gone == dispute.private["withdrawn"]:
        return ""
    dispute.private["withdrawn"] = gone
    amount, currency = dispute.body["amount"], dispute.body["currency"]
    fees = (
        [
            {
                "amount": _FEE,
                "application": None,
                "currency": currency,
                "description": "Dispute fee",
                "type": "stripe_fee",
            }
        ]
        if gone
        else []
    )
    words = "Chargeback withdrawal for" if gone else "Chargeback reversal for"
    moved = charges.movement(
        sim,
        dispute,
        "adjustment",
        -amount if gone else amount,
        currency,
        source=dispute.id,
        fees=fees,
        category="dispute" if gone else "dispute_reversal",
        words=f"{words} {dispute.body['charge']}",
    )
    dispute.body["balance_transactions"].append(moved.body)
    return "charge.dispute.funds_withdrawn" if gone else "charge.dispute.funds_reinstated"


def _tell_money(sim: Simulator, dispute: Record, event: str, cause: Cause) -> None:
    if event:
        emit(sim, event, dispute.body, dispute.account, cause)


def _become(sim: Simulator, dispute: Record, status: str, cause: Cause) -> None:
    previous = {"status": dispute.body["status"]}
    dispute.body |= {"status": status, "is_charge_refundable": status in _REFUNDABLE}
    moved = _move_money(sim, dispute)
    sim.store.save(dispute)
    kind = "charge.dispute.closed" if status in CLOSED else "charge.dispute.updated"
    emit(sim, kind, dispute.body, dispute.account, cause, previous=previous)
    _tell_money(sim, dispute, moved, cause)


def decide(sim: Simulator, id: str, status: str) -> Record:
    """The bank moves a dispute to another status."""
    with sim.store.transaction():
        dispute = sim.store.get(KIND, id)
        if dispute is None:
            raise BadControl(f"There is no dispute {id[:80]!r}.", 404)
        if dispute.body["status"] == status:
            raise BadControl(f"This dispute is {status} already.", 409)
        _become(sim, dispute, status, NOBODY)
        return dispute


def retrieve(call: Call) -> Json:
    return found(call, KIND).body


def list_all(call: Call) -> Json:
    return listed(call, KIND, body_filters(call, "charge", "payment_intent"))


def update(call: Call) -> Json:
    """Store evidence; unless ``submit`` is false it goes to the bank at once."""
    dispute, given = found(call, KIND), call.params
    if "metadata" in given:
        dispute.body["metadata"] = params.merged_metadata(
            dispute.body["metadata"], given["metadata"], "metadata"
        )
    if not given.get("evidence"):
        call.sim.store.save(dispute)
        emit(call.sim, "charge.dispute.updated", dispute.body, dispute.account, call.cause)
        return dispute.body
    _refuse_closed(dispute, "submit evidence for")
    dispute.body["evidence"] |= given["evidence"]
    details = dispute.body["evidence_details"]
    details["has_evidence"] = True
    status = dispute.body["status"]
    if given.get("submit", True):
        details |= {
            "submission_count": details["submission_count"] + 1,
            "submission_method": "manual",
        }
        status = status.replace("needs_response", "under_review")
    _become(call.sim, dispute, status, call.cause)
    return dispute.body


def close(call: Call) -> Json:
    """Give in: the dispute is lost."""
    dispute = found(call, KIND)
    _refuse_closed(dispute, "close")
    inquiry = dispute.body["status"].startswith("warning_")
    _become(call.sim, dispute, "warning_closed" if inquiry else "lost", call.cause)
    return dispute.body


def _refuse_closed(dispute: Record, what: str) -> None:
    if dispute.body["status"] in CLOSED:
        raise StripeError(
            f"You can't {what} a dispute that is {dispute.body['status']}.", executed=True
        )
