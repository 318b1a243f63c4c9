"""Disputes: money follows the status, and no status is final."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.simulator.shapes import problems


@pytest.fixture
def charge(sim: Any) -> Any:
    sim.pay(sim.create())
    return sim.client.v1.charges.list().data[0]


def dispute(sim: Any, charge: Any, **body: str) -> Any:
    return sim.control(f"charges/{charge.id}/dispute", body)["dispute"]


def balance(sim: Any) -> int:
    return sum(m.net for m in sim.client.v1.balance_transactions.list({"limit": 100}).data)


def test_a_chargeback_takes_the_money_and_tells(sim, hook, charge):
    before = balance(sim)
    made = dispute(sim, charge, reason="fraudulent")
    assert problems(made) == []
    assert made["status"] == "needs_response" and not made["is_charge_refundable"]
    assert balance(sim) == before - 1200 - 1500
    assert hook.wait("charge.dispute.created")[0].data.object.id == made["id"]
    hook.wait("charge.dispute.funds_withdrawn")
    assert sim.client.v1.charges.retrieve(charge.id).disputed
    assert sim.control("ledger", method="GET")["disputed_cents"] == 1200
    assert sim.client.v1.disputes.retrieve(made["id"]).amount == 1200


def test_a_charge_is_disputed_once(sim, charge):
    dispute(sim, charge)
    assert sim.raw_control(f"charges/{charge.id}/dispute", {})[0] == 409


def test_a_chargeback_forbids_refunds_an_inquiry_does_not(sim, charge):
    made = dispute(sim, charge, status="warning_needs_response")
    sim.client.v1.refunds.create({"charge": charge.id, "amount": 100})
    sim.control(f"disputes/{made['id']}/update", {"status": "needs_response"})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sim.client.v1.refunds.create({"charge": charge.id, "amount": 100})
    assert caught.value.code == "charge_disputed"


def test_an_inquiry_takes_no_money_until_it_escalates(sim, hook, charge):
    before = balance(sim)
    made = dispute(sim, charge, status="warning_needs_response")
    assert balance(sim) == before and made["is_charge_refundable"]
    sim.control(f"disputes/{made['id']}/update", {"status": "needs_response"})
    assert balance(sim) < before
    hook.wait("charge.dispute.funds_withdrawn")


def test_a_win_returns_the_money(sim, hook, charge):
    before = balance(sim)
    made = dispute(sim, charge)
    closed = sim.control(f"disputes/{made['id']}/close", {"status": "won"})["dispute"]
    assert closed["status"] == "won" and problems(closed) == []
    assert balance(sim) == before - 1500
    hook.wait("charge.dispute.funds_reinstated")
    assert hook.wait("charge.dispute.closed")[0].data.object.status == "won"
    assert sim.control("ledger", method="GET")["disputed_cents"] == 0


def test_a_loss_keeps_the_money_away_and_can_still_turn(sim, charge):
    made = dispute(sim, charge)
    sim.control(f"disputes/{made['id']}/close", {})
    assert sim.control("ledger", method="GET")["disputed_cents"] == 1200
    sim.control(f"disputes/{made['id']}/update", {"status": "won"})
    assert sim.control("ledger", method="GET")["disputed_cents"] == 0


def test_evidence_is_staged_or_submitted(sim, hook, charge):
    made = dispute(sim, charge)
    evidence = {"evidence": {"product_description": "A tile"}}
    staged = sim.client.v1.disputes.update(made["id"], {**evidence, "submit": False})
    assert staged.status == "needs_response" and staged.evidence_details.has_evidence
    sent = sim.client.v1.disputes.update(made["id"], evidence)
    assert sent.status == "under_review" and sent.evidence_details.submission_count == 1
    assert problems(sent.to_dict()) == []
    hook.wait("charge.dispute.updated", 2)


def test_unknown_evidence_is_refused(sim, charge):
    made = dispute(sim, charge)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sim.client.v1.disputes.update(made["id"], {"evidence": {"alibi": "x"}})
    assert caught.value.code == "parameter_unknown"


def test_giving_in_loses(sim, charge):
    made = dispute(sim, charge)
    assert sim.client.v1.disputes.close(made["id"]).status == "lost"
    with pytest.raises(stripe.InvalidRequestError):
        sim.client.v1.disputes.close(made["id"])


def test_disputes_are_listed_and_expanded(sim, charge):
    made = dispute(sim, charge)
    listed = sim.client.v1.disputes.list({"charge": charge.id, "expand": ["data.charge"]})
    assert [d.id for d in listed.data] == [made["id"]]
    assert listed.data[0].charge.id == charge.id
    assert sim.client.v1.disputes.list({"charge": "ch_other"}).data == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("charges/ch_no/dispute", {}, 404),
        ("charges/ch_no/dispute", {"reason": "x"}, 400),
        ("charges/ch_no/dispute", {"status": "won"}, 400),
        ("disputes/du_no/update", {}, 400),
        ("disputes/du_no/update", {"status": "won"}, 404),
        ("disputes/du_no/close", {}, 404),
        ("disputes/du_no/close", {"status": "needs_response"}, 400),
        ("refunds/re_no/settle", {}, 404),
        ("refunds/re_no/settle", {"outcome": "x"}, 400),
        ("refunds/next", {"status": "x"}, 400),
    ],
)
def test_bad_input(sim, path, body, status):
    got, answer = sim.raw_control(path, body)
    assert got == status and answer["message"].endswith(".")
