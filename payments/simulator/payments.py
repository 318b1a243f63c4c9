"""What a supporter does on the pay page, and what a bank answers days later.

Stripe documentation: "Fulfill orders" (completed may be unpaid for delayed methods, then
async_payment_succeeded or async_payment_failed follows), "Payment Intents lifecycle".
"""

from __future__ import annotations

from payments.simulator import charges, sessions
from payments.simulator.events import emit
from payments.simulator.listing import Call, body_filters, found, listed
from payments.simulator.simulator import Simulator
from payments.simulator.store import Record
from payments.simulator.wire import BadControl, Json

OUTCOMES = ("paid", "declined", "processing", "abandoned")
_EMAIL = "supporter@example.org"


def pay(
    sim: Simulator,
    session_id: str,
    outcome: str,
    email: str = "",
    name: str = "",
    late: bool = False,
) -> Record:
    """Act on an open session as its supporter would; answers the session as it then is.

    With ``late`` an expired one is paid all the same: the supporter had pressed the button, and
    the bank's answer came after the session was closed.
    """
    sessions.expire_due(sim)
    with sim.store.transaction():
        session = _open_session(sim, session_id, late)
        if outcome == "abandoned":
            return session
        intent = sim.store.get("payment_intent", session.body["payment_intent"])
        intent = intent or charges.new_intent(sim, session)
        email = email or session.body["customer_email"] or _EMAIL
        status = {"paid": "succeeded", "processing": "pending", "declined": "failed"}[outcome]
        charge = charges.new_charge(
            sim, intent, status, bank=outcome == "processing", email=email, name=name or None
        )
        intent.body |= {"latest_charge": charge.id, "last_payment_error": None}
        session.body["payment_intent"] = intent.id
        step = {"paid": _paid, "processing": _processing, "declined": _declined}[outcome]
        step(sim, session, intent, charge)
        return session


def _open_session(sim: Simulator, session_id: str, late: bool) -> Record:
    session = sim.store.get(sessions.KIND, session_id)
    if session is None:
        raise BadControl(f"There is no Checkout Session {session_id[:80]!r}.", 404)
    if late and session.body["status"] == "expired":
        return session
    over = sim.clock.exact() >= session.body["expires_at"]
    if session.body["status"] != "open" or over:
        status = "expired" if session.body["status"] == "open" else session.body["status"]
        raise BadControl(f"This Checkout Session is {status}, not open.", 409)
    return session


def _save(sim: Simulator, *records: Record) -> None:
    for record in records:
        sim.store.save(record)


def _complete(session: Record, charge: Record, payment_status: str) -> None:
    details = charge.body["billing_details"]
    session.due_at = None
    session.body |= {
        "status": "complete",
        "payment_status": payment_status,
        "url": None,
        "customer_details": {
            "address": {**details["address"]},
            "business_name": None,
            "email": details["email"],
            "individual_name": None,
            "name": details["name"],
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    }


def _paid(sim: Simulator, session: Record, intent: Record, charge: Record) -> None:
    _complete(session, charge, "paid")
    _money_came(sim, intent, charge)
    _save(sim, session)
    emit(sim, "checkout.session.completed", session.body, session.account)


def _money_came(sim: Simulator, intent: Record, charge: Record) -> None:
    charges.settle_funds(sim, charge)
    intent.body |= {
        "status": "succeeded",
        "amount_received": intent.body["amount"],
        "processing": None,
        "payment_method": charge.body["payment_method"],
    }
    _save(sim, intent, charge)
    emit(sim, "charge.succeeded", charge.body, charge.account)
    emit(sim, "payment_intent.succeeded", intent.body, intent.account)


def _processing(sim: Simulator, session: Record, intent: Record, charge: Record) -> None:
    _complete(session, charge, "unpaid")
    intent.body |= {"status": "processing", "payment_method": charge.body["payment_method"]}
    _save(sim, session, intent, charge)
    emit(sim, "charge.pending", charge.body, charge.account)
    emit(sim, "payment_intent.processing", intent.body, intent.account)
    emit(sim, "checkout.session.completed", session.body, session.account)


def _declined(sim: Simulator, session: Record, intent: Record, charge: Record) -> None:
    _refused(sim, intent, charge)
    _save(sim, session)


def _refused(sim: Simulator, intent: Record, charge: Record) -> None:
    intent.body |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": charges.payment_error(charge),
    }
    _save(sim, intent, charge)
    emit(sim, "charge.failed", charge.body, charge.account)
    emit(sim, "payment_intent.payment_failed", intent.body, intent.account)


def settle(sim: Simulator, session_id: str, succeeded: bool) -> Record:
    """The bank's answer to a processing payment."""
    with sim.store.transaction():
        session = sim.store.get(sessions.KIND, session_id)
        if session is None:
            raise BadControl(f"There is no Checkout Session {session_id[:80]!r}.", 404)
        intent = sim.store.get("payment_intent", session.body["payment_intent"])
        if intent is None or intent.body["status"] != "processing":
            raise BadControl("This Checkout Session has no payment in processing.", 409)
        charge = sim.store.get("charge", intent.body["latest_charge"])
        assert charge is not None
        if succeeded:
            session.body["payment_status"] = "paid"
            _money_came(sim, intent, charge)
        else:
            charges.fail(charge, "insufficient_funds", "The bank account has too little money.")
            _refused(sim, intent, charge)
        _save(sim, session)
        ending = "succeeded" if succeeded else "failed"
        emit(sim, f"checkout.session.async_payment_{ending}", session.body, session.account)
        return session


def retrieve_intent(call: Call) -> Json:
    return found(call, "payment_intent", param="intent").body


def list_intents(call: Call) -> Json:
    return listed(call, "payment_intent", body_filters(call, "customer", "customer_account"))


def retrieve_charge(call: Call) -> Json:
    return found(call, "charge").body


def list_charges(call: Call) -> Json:
    names = ("payment_intent", "customer", "transfer_group")
    return listed(call, "charge", body_filters(call, *names))


def retrieve_movement(call: Call) -> Json:
    return found(call, "balance_transaction").body


def list_movements(call: Call) -> Json:
    names = ("currency", "source", "type")
    return listed(call, "balance_transaction", body_filters(call, *names))
