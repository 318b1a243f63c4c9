"""Events and their delivery: frozen, signed, at once, retried."""

from __future__ import annotations

import json
import time

import pytest
import stripe

from tests.simulator.conftest import SECRET, Receiver
from tests.simulator.shapes import problems


def test_an_event_has_the_shape_of_the_sdk(sim, hook):
    session = sim.create()
    sim.pay(session)
    hook.wait("checkout.session.completed")
    for body in hook.bodies:
        event = json.loads(body)
        assert problems(event) == []
        assert event["api_version"] == stripe.api_version
        assert event["livemode"] is False and "account" not in event
        assert event["request"] == {"id": None, "idempotency_key": None}


def test_an_event_arrives_well_within_a_second(sim, hook):
    session = sim.create()
    began = time.monotonic()
    sim.pay(session)
    hook.wait("checkout.session.completed")
    assert time.monotonic() - began < 1


def test_an_event_names_the_request_that_caused_it(sim, hook):
    session = sim.create()
    sim.client.v1.checkout.sessions.expire(session.id, {}, {"idempotency_key": "why"})
    request = hook.wait("checkout.session.expired")[0].request
    assert request.idempotency_key == "why" and request.id.startswith("req_")


def test_an_event_of_a_connected_account_names_it(sim, hook):
    sim.pay(sim.create({"stripe_account": "acct_1school"}))
    assert hook.wait("checkout.session.completed")[0].account == "acct_1school"
    assert sim.client.v1.events.list().data == []
    mine = sim.client.v1.events.list({}, {"stripe_account": "acct_1school"})
    assert len(mine.data) == 3


def test_an_event_is_a_frozen_picture(sim, hook):
    session = sim.create()
    sim.pay(session, "processing")
    event = hook.wait("checkout.session.completed")[0]
    sim.control(f"sessions/{session.id}/settle", {})
    again = sim.client.v1.events.retrieve(event.id)
    assert again.data.object.payment_status == "unpaid"


def test_events_can_be_filtered(sim, hook):
    sim.pay(sim.create())
    hook.wait("checkout.session.completed")
    listing = sim.client.v1.events.list
    assert len(listing({"type": "checkout.session.completed"}).data) == 1
    assert len(listing({"type": "checkout.*"}).data) == 1
    assert len(listing({"types": ["charge.succeeded", "payment_intent.succeeded"]}).data) == 2
    assert listing({"created": {"lt": 1000}}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        listing({"type": "a", "types": ["b"]})


def test_undelivered_events_can_be_asked_for(sim, hook):
    sim.control("delivery", {"drop": 1})
    sim.pay(sim.create())
    missed = sim.client.v1.events.list({"delivery_success": False})
    assert len(missed.data) == 3 and missed.data[0].pending_webhooks == 1
    assert sim.client.v1.events.list({"delivery_success": True}).data == []
    time.sleep(0.3)
    assert hook.events == []


def test_delivered_events_have_no_pending_webhooks(sim, hook):
    sim.pay(sim.create())
    event = hook.wait("charge.succeeded")[0]
    deadline = time.monotonic() + 2
    while sim.client.v1.events.retrieve(event.id).pending_webhooks:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_refused_delivery_comes_again_the_same(sim, hook):
    hook.refuse = 1
    sim.client.v1.checkout.sessions.expire(sim.create().id)
    assert hook.wait("checkout.session.expired", seconds=4)
    assert json.loads(hook.bodies[0])["pending_webhooks"] == 1


def test_advancing_the_clock_makes_retries_due(sim, hook):
    hook.refuse = 3
    sim.client.v1.checkout.sessions.expire(sim.create().id)
    deadline = time.monotonic() + 8
    while hook.refuse:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    sim.control("clock/advance", {"seconds": 60})
    hook.wait("checkout.session.expired", seconds=1.5)


def test_delivery_gives_up_after_three_days(sim, hook):
    hook.refuse = 10_000
    sim.client.v1.checkout.sessions.expire(sim.create().id)
    sim.control("clock/advance", {"seconds": 3 * 86_400 + 1})
    deadline = time.monotonic() + 4
    while sim.control("delivery", method="GET")["failed"] < 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    hook.refuse = 0


def test_copies_and_disorder(sim, hook):
    sim.control("delivery", {"duplicate": 2, "shuffle": True})
    sim.pay(sim.create())
    copies = hook.wait("checkout.session.completed", 3, seconds=5)
    assert len({event.id for event in copies}) == 1
    hook.wait("charge.succeeded", 3, seconds=5)


def test_delay(sim, hook):
    sim.control("delivery", {"delay_s": 3600})
    sim.pay(sim.create())
    time.sleep(0.3)
    assert hook.events == []
    sim.control("clock/advance", {"seconds": 3601})
    hook.wait("checkout.session.completed")


def test_signatures_use_wall_time_on_an_advanced_clock(sim, hook):
    sim.control("clock/advance", {"seconds": 86_400 * 30})
    event = hook.wait("test_helpers.test_clock.ready")[0]
    dated = int(hook.signatures[0].split(",")[0].removeprefix("t="))
    assert abs(dated - time.time()) < 10
    assert event.created > time.time() + 86_400 * 29


def test_secret_rotation_signs_with_both(start, hook: Receiver):
    sim = start(hook.url, "--webhook-secret", f"whsec_old,{SECRET}")
    hook.events.clear()
    hook.signatures.clear()
    sim.pay(sim.create())
    hook.wait("checkout.session.completed")
    assert hook.signatures[0].count("v1=") == 2


def test_pending_deliveries_survive_a_kill(start, hook: Receiver):
    one = start(hook.url)
    hook.events.clear()
    hook.refuse = 10_000
    session = one.create()
    one.pay(session)
    time.sleep(0.2)
    one.process.kill()
    one.process.wait()
    hook.refuse = 0
    two = start(hook.url)
    hook.wait("checkout.session.completed", seconds=5)
    assert two.get(session).payment_status == "paid"
