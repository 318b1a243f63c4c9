"""Idempotency keys and faults, as the SDK meets them."""

from __future__ import annotations

import threading
import time

import pytest
import stripe

from tests.simulator.conftest import checkout, client

PATH = "/v1/checkout/sessions"


def keyed(key):
    return {"idempotency_key": key}


def raw(sim, key="k", body=b"", path=PATH):
    headers = {"Authorization": "Bearer sk_test_x", "Idempotency-Key": key}
    return sim.http(path, body, "POST", headers)


FORM = (
    b"mode=payment&success_url=http://x.test/&line_items[0][quantity]=1"
    b"&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=1200"
    b"&line_items[0][price_data][product_data][name]=Tile"
)


def test_the_same_key_answers_the_same_session(sim):
    first, again = sim.create(keyed("a")), sim.create(keyed("a"))
    assert first.id == again.id
    assert len(sim.client.v1.checkout.sessions.list().data) == 1


def test_a_replay_says_so(sim):
    _, first, one = raw(sim, body=FORM)
    _, second, two = raw(sim, body=FORM)
    assert one == two and "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert second["Original-Request"] == first["Request-Id"]


def test_a_replay_shows_the_first_answer_not_the_present(sim):
    first = sim.create(keyed("a"))
    sim.client.v1.checkout.sessions.expire(first.id)
    assert sim.create(keyed("a")).status == "open"


def test_other_parameters_under_the_same_key_are_refused(sim):
    sim.create(keyed("a"))
    with pytest.raises(stripe.IdempotencyError) as caught:
        sim.create(keyed("a"), client_reference_id="other")
    assert caught.value.http_status == 400


def test_keys_belong_to_an_account(sim):
    first = sim.create(keyed("a"))
    other = sim.create({**keyed("a"), "stripe_account": "acct_1school"})
    assert first.id != other.id


def test_failed_validation_is_not_kept(sim):
    with pytest.raises(stripe.InvalidRequestError):
        sim.create(keyed("a"), success_url="nothing")
    assert sim.create(keyed("a")).status == "open"


def test_a_refusal_after_the_start_is_kept(sim):
    session = sim.create()
    sim.pay(session)
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            sim.client.v1.checkout.sessions.expire(session.id, {}, keyed("b"))
    assert caught.value.headers["Idempotent-Replayed"] == "true"


def test_keys_are_forgotten_after_24_hours(sim):
    first = sim.create(keyed("a"))
    sim.control("clock/advance", {"seconds": 86_401})
    assert sim.create(keyed("a")).id != first.id


def test_keys_are_at_most_255_characters(sim):
    with pytest.raises(stripe.StripeError) as caught:
        sim.create(keyed("k" * 256))
    assert caught.value.http_status == 400


def test_two_at_once_with_one_key_conflict(sim):
    sim.control("faults", {"route": f"POST {PATH}", "kind": "slow", "seconds": 1})
    slow = threading.Thread(target=raw, args=(sim, "c", FORM))
    slow.start()
    time.sleep(0.3)
    status, _, text = raw(sim, "c", FORM)
    slow.join()
    assert status == 409 and "idempotency" in text
    assert len(sim.client.v1.checkout.sessions.list().data) == 1


def test_a_socket_cut_after_the_effect_leaves_one_session(sim):
    sim.control("faults", {"route": PATH, "kind": "cut"})
    session = sim.create(keyed("a"))
    assert [s.id for s in sim.client.v1.checkout.sessions.list().data] == [session.id]


def test_500_before_the_effect_is_not_kept(sim):
    sim.control("faults", {"route": PATH, "kind": "500_before"})
    status, _, text = raw(sim, body=FORM)
    assert status == 500 and "api_error" in text
    assert sim.client.v1.checkout.sessions.list().data == []
    assert raw(sim, body=FORM)[0] == 200


def test_500_after_the_effect_is_kept(sim):
    sim.control("faults", {"route": PATH, "kind": "500_after"})
    assert [raw(sim, body=FORM)[0] for _ in range(2)] == [500, 500]
    assert len(sim.client.v1.checkout.sessions.list().data) == 1


def test_429_is_a_rate_limit_error(sim):
    sim.control("faults", {"route": PATH, "kind": "429", "times": 2})
    with pytest.raises(stripe.RateLimitError):
        client(sim.url, retries=0).v1.checkout.sessions.create(checkout())


def test_faults_end_after_their_times(sim):
    sim.control("faults", {"route": "*", "kind": "500_before", "times": 2})
    one = client(sim.url, retries=0)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            one.v1.checkout.sessions.list()
    assert one.v1.checkout.sessions.list().data == []
    assert sim.control("faults", method="GET")["faults"] == []


def test_the_sdk_gets_through_passing_faults(sim):
    sim.control("faults", {"route": PATH, "kind": "500_before", "times": 2})
    assert sim.create().status == "open"
