"""Refunds: what is left, what is pending, what comes back."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.simulator.conftest import checkout
from tests.simulator.shapes import problems


@pytest.fixture
def charge(sim: Any) -> Any:
    sim.pay(sim.create())
    return sim.client.v1.charges.list().data[0]


def now_of(sim: Any, charge: Any) -> Any:
    return sim.client.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})


def refused(sim: Any, **params: Any) -> stripe.StripeError:
    with pytest.raises(stripe.StripeError) as caught:
        sim.client.v1.refunds.create(params)
    return caught.value


def test_a_full_refund_by_intent(sim, hook, charge):
    refund = sim.client.v1.refunds.create({"payment_intent": charge.payment_intent})
    assert problems(refund.to_dict()) == []
    assert refund.status == "succeeded" and refund.amount == 1200
    after = now_of(sim, charge)
    assert after.refunded and after.amount_refunded == 1200
    assert problems(after.to_dict()) == []
    assert [r.id for r in after.refunds.data] == [refund.id]
    money = sim.client.v1.balance_transactions.retrieve(refund.balance_transaction)
    assert (money.amount, money.fee, money.type) == (-1200, 0, "refund")
    assert hook.wait("charge.refunded")[0].data.object.amount_refunded == 1200
    assert hook.wait("refund.created")[0].data.object.id == refund.id
    assert sim.control("ledger", method="GET")["refunded_cents"] == 1200


def test_parts_add_up_to_the_whole_and_no_further(sim, charge):
    for amount in (500, 600):
        sim.client.v1.refunds.create({"charge": charge.id, "amount": amount})
    assert not now_of(sim, charge).refunded
    error = refused(sim, charge=charge.id, amount=101)
    assert "greater than unrefunded amount" in str(error.user_message)
    sim.client.v1.refunds.create({"charge": charge.id})
    assert now_of(sim, charge).refunded
    assert refused(sim, charge=charge.id).code == "charge_already_refunded"


@pytest.mark.parametrize("amount", [0, -5])
def test_amounts_must_be_positive(sim, charge, amount):
    assert refused(sim, charge=charge.id, amount=amount).param == "amount"


def test_a_refund_needs_exactly_one_target(sim, charge):
    assert refused(sim).code == "parameter_missing"
    both = refused(sim, charge=charge.id, payment_intent=charge.payment_intent)
    assert both.code == "parameter_missing"
    assert refused(sim, charge="ch_no").code == "resource_missing"
    assert refused(sim, payment_intent="pi_no").code == "resource_missing"


def test_unknown_reasons_and_parameters_are_refused(sim, charge):
    assert refused(sim, charge=charge.id, reason="whim").param == "reason"
    assert refused(sim, charge=charge.id, note="x").code == "parameter_unknown"


def test_a_payment_in_processing_cannot_be_refunded(sim):
    intent = sim.pay(sim.create(), "processing")["payment_intent"]
    assert refused(sim, payment_intent=intent).code == "payment_intent_unexpected_state"


def test_the_same_key_refunds_once(sim, charge):
    made = [
        sim.client.v1.refunds.create({"charge": charge.id, "amount": 100}, {"idempotency_key": "r"})
        for _ in range(2)
    ]
    assert made[0].id == made[1].id and now_of(sim, charge).amount_refunded == 100


def test_bank_payments_refund_as_pending_and_count_at_once(sim, hook):
    session = sim.create()
    sim.pay(session, "processing")
    sim.control(f"sessions/{session.id}/settle", {})
    charge = sim.client.v1.charges.list().data[0]
    refund = sim.client.v1.refunds.create({"charge": charge.id, "amount": 700})
    assert refund.status == "pending" and now_of(sim, charge).amount_refunded == 700
    assert problems(refund.to_dict()) == []
    refused(sim, charge=charge.id, amount=600)
    sim.control(f"refunds/{refund.id}/settle", {"outcome": "succeeded"})
    assert hook.wait("refund.updated")[0].data.object.status == "succeeded"


def test_a_failed_refund_gives_the_amount_back(sim, hook, charge):
    refund = sim.client.v1.refunds.create({"charge": charge.id})
    answer = sim.control(f"refunds/{refund.id}/settle", {"outcome": "failed"})
    assert problems(answer["refund"]) == []
    assert answer["refund"]["failure_balance_transaction"]
    hook.wait("refund.failed")
    after = now_of(sim, charge)
    assert after.amount_refunded == 0 and not after.refunded
    assert sim.control("ledger", method="GET")["refunded_cents"] == 0
    assert sim.raw_control(f"refunds/{refund.id}/settle", {})[0] == 409


@pytest.mark.parametrize("status", ["pending", "requires_action", "failed"])
def test_the_next_refund_can_be_ordered(sim, charge, status):
    sim.control("refunds/next", {"status": status})
    params = {"charge": charge.id, "amount": 100}
    assert sim.client.v1.refunds.create(params).status == status
    assert sim.client.v1.refunds.create(params).status == "succeeded"


def test_only_waiting_refunds_can_be_cancelled(sim, charge):
    done = sim.client.v1.refunds.create({"charge": charge.id, "amount": 100})
    with pytest.raises(stripe.InvalidRequestError):
        sim.client.v1.refunds.cancel(done.id)
    sim.control("refunds/next", {"status": "requires_action"})
    waiting = sim.client.v1.refunds.create({"charge": charge.id, "amount": 200})
    assert sim.client.v1.refunds.cancel(waiting.id).status == "canceled"
    assert now_of(sim, charge).amount_refunded == 100


def test_refunds_are_read_listed_and_annotated(sim, charge):
    made = [sim.client.v1.refunds.create({"charge": charge.id, "amount": 100}) for _ in range(3)]
    listed = sim.client.v1.refunds.list({"charge": charge.id, "limit": 2})
    assert [r.id for r in listed.data] == [made[2].id, made[1].id] and listed.has_more
    changed = sim.client.v1.refunds.update(made[0].id, {"metadata": {"a": "b"}})
    assert changed.metadata.to_dict() == {"a": "b"}
    read = sim.client.v1.refunds.retrieve(made[0].id, {"expand": ["charge"]})
    assert read.charge.id == charge.id


def test_three_decimal_refunds_end_in_zero(sim):
    sim.pay(sim.create(**checkout(5000, "kwd")))
    charge = sim.client.v1.charges.list().data[0]
    assert refused(sim, charge=charge.id, amount=1001).code == "invalid_charge_amount"
    assert sim.client.v1.refunds.create({"charge": charge.id, "amount": 1000}).amount == 1000


def test_refunds_stay_in_their_account(sim):
    options = {"stripe_account": "acct_1school"}
    sim.pay(sim.create(options))
    charge = sim.client.v1.charges.list({}, options).data[0]
    assert refused(sim, charge=charge.id).code == "resource_missing"
    assert sim.client.v1.refunds.create({"charge": charge.id}, options).status == "succeeded"
