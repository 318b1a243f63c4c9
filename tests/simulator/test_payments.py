"""Paying: outcomes, the objects they leave, the events they send, fees."""

from __future__ import annotations

import pytest
import stripe

from tests.simulator.conftest import checkout
from tests.simulator.shapes import problems

DEEP = ["payment_intent.latest_charge.balance_transaction"]


def deep(sim, session):
    params = {"expand": DEEP}
    return sim.client.v1.checkout.sessions.retrieve(session.id, params).to_dict()


def test_paid_leaves_intent_charge_and_balance_transaction(sim):
    session = sim.create()
    sim.pay(session)
    body = deep(sim, session)
    assert problems(body) == []
    assert body["status"] == "complete" and body["payment_status"] == "paid"
    assert body["url"] is None
    intent = body["payment_intent"]
    assert intent["status"] == "succeeded" and intent["amount_received"] == 1200
    assert intent["metadata"] == {"checkoutId": "c1"}
    charge = intent["latest_charge"]
    assert charge["paid"] and charge["captured"] and charge["amount_captured"] == 1200
    assert charge["payment_method_details"]["type"] == "card"
    money = charge["balance_transaction"]
    assert money["fee"] == 65 and money["net"] == 1135 and money["source"] == charge["id"]


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [
        (100, "usd", 33),
        (1000, "usd", 59),
        (1000, "jpy", 59),
        (1000, "kwd", 130),
        (100_000, "isk", 5900),
        (50, "eur", 31),
    ],
)
def test_processing_fees(sim, amount, currency, fee):
    session = sim.create(**checkout(amount, currency))
    sim.pay(session)
    charge = deep(sim, session)["payment_intent"]["latest_charge"]
    assert charge["balance_transaction"]["fee"] == fee


def test_paid_tells_three_events(sim, hook):
    session = sim.create()
    sim.pay(session)
    done = hook.wait("checkout.session.completed")[0]
    assert done.data.object.payment_status == "paid"
    assert done.data.object.id == session.id
    hook.wait("payment_intent.succeeded")
    hook.wait("charge.succeeded")


def test_declined_keeps_the_session_open_and_payable(sim, hook):
    session = sim.create()
    sim.pay(session, "declined")
    body = deep(sim, session)
    assert problems(body) == []
    assert body["status"] == "open" and body["url"]
    intent = body["payment_intent"]
    assert intent["status"] == "requires_payment_method"
    assert intent["last_payment_error"]["code"] == "card_declined"
    assert intent["latest_charge"]["status"] == "failed"
    hook.wait("payment_intent.payment_failed")
    assert sim.pay(session)["payment_intent"] == intent["id"]
    charges = sim.client.v1.charges.list({"payment_intent": intent["id"]})
    assert [charge.status for charge in charges.data] == ["succeeded", "failed"]


def test_processing_completes_unpaid_then_succeeds(sim, hook):
    session = sim.create()
    sim.pay(session, "processing")
    body = deep(sim, session)
    assert problems(body) == []
    assert (body["status"], body["payment_status"]) == ("complete", "unpaid")
    assert body["payment_intent"]["status"] == "processing"
    assert body["payment_intent"]["latest_charge"]["balance_transaction"] is None
    assert hook.wait("checkout.session.completed")[0].data.object.payment_status == "unpaid"
    sim.control(f"sessions/{session.id}/settle", {"outcome": "succeeded"})
    event = hook.wait("checkout.session.async_payment_succeeded")[0]
    assert event.data.object.payment_status == "paid"
    body = deep(sim, session)
    assert problems(body) == []
    assert body["payment_intent"]["latest_charge"]["balance_transaction"]["fee"] == 65


def test_processing_completes_unpaid_then_fails(sim, hook):
    session = sim.create()
    sim.pay(session, "processing")
    sim.control(f"sessions/{session.id}/settle", {"outcome": "failed"})
    event = hook.wait("checkout.session.async_payment_failed")[0]
    assert event.data.object.payment_status == "unpaid"
    body = deep(sim, session)
    assert problems(body) == []
    assert body["status"] == "complete"
    assert body["payment_intent"]["status"] == "requires_payment_method"


def test_settling_twice_is_409(sim):
    session = sim.create()
    sim.pay(session, "processing")
    sim.control(f"sessions/{session.id}/settle", {"outcome": "failed"})
    status, _ = sim.raw_control(f"sessions/{session.id}/settle", {"outcome": "succeeded"})
    assert status == 409


def test_abandoned_changes_nothing(sim, hook):
    session = sim.create()
    assert sim.pay(session, "abandoned") == session.to_dict()
    assert sim.client.v1.events.list().data == []


def test_a_closed_session_cannot_be_paid(sim):
    session = sim.create()
    sim.client.v1.checkout.sessions.expire(session.id)
    status, answer = sim.raw_control(f"sessions/{session.id}/complete", {})
    assert status == 409 and "expired" in answer["message"]


def test_a_session_is_paid_once(sim):
    session = sim.create()
    sim.pay(session)
    status, _ = sim.raw_control(f"sessions/{session.id}/complete", {})
    assert status == 409
    assert len(sim.client.v1.payment_intents.list().data) == 1


def test_expiry_cancels_an_unfinished_payment(sim):
    session = sim.create()
    sim.pay(session, "declined")
    sim.client.v1.checkout.sessions.expire(session.id)
    assert deep(sim, session)["payment_intent"]["status"] == "canceled"


def test_objects_can_be_read_and_listed_one_by_one(sim):
    session = sim.create()
    intent = sim.client.v1.payment_intents.retrieve(sim.pay(session)["payment_intent"])
    charge = sim.client.v1.charges.retrieve(intent.latest_charge)
    money = sim.client.v1.balance_transactions.retrieve(charge.balance_transaction)
    assert money.amount == 1200
    assert [c.id for c in sim.client.v1.charges.list().data] == [charge.id]
    wanted = {"source": charge.id, "expand": ["data.source"]}
    listed = sim.client.v1.balance_transactions.list(wanted)
    assert listed.data[0].source.id == charge.id
    for thing in (intent, charge, money):
        assert problems(thing.to_dict()) == []


def test_charges_come_without_refunds_unless_asked(sim):
    sim.pay(sim.create())
    charge = sim.client.v1.charges.list().data[0]
    assert "refunds" not in charge.to_dict()
    asked = sim.client.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert asked.refunds.data == []


def test_payments_of_other_accounts_are_invisible(sim):
    session = sim.create({"stripe_account": "acct_1school"})
    intent = sim.pay(session)["payment_intent"]
    with pytest.raises(stripe.InvalidRequestError):
        sim.client.v1.payment_intents.retrieve(intent)
    there = sim.client.v1.payment_intents.retrieve(intent, {}, {"stripe_account": "acct_1school"})
    assert there.id == intent
