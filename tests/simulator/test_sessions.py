"""Checkout Sessions: life, rules, lists."""

from __future__ import annotations

import time

import pytest
import stripe

from tests.simulator.conftest import checkout, client
from tests.simulator.shapes import problems


def test_a_session_opens_with_an_address_that_holds_its_id(sim):
    session = sim.create()
    assert session.status == "open" and session.payment_status == "unpaid"
    assert session.id.startswith("cs_test_") and len(session.id) == 66
    assert session.url == f"{sim.url}/c/pay/{session.id}"
    assert session.amount_total == 1200 and session.currency == "usd"
    assert session.client_reference_id == "order-1"
    assert session.metadata.to_dict() == {"boardId": "b1"}
    assert session.payment_intent is None


def test_sessions_have_the_fields_of_the_sdk_and_no_others(sim):
    session = sim.create()
    assert problems(session.to_dict()) == []
    assert problems(sim.pay(session)) == []


def test_a_session_can_be_read_again(sim):
    session = sim.create()
    assert sim.get(session).to_dict() == session.to_dict()


def test_an_unknown_session_is_404_resource_missing(sim):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sim.client.v1.checkout.sessions.retrieve("cs_test_nothing")
    assert caught.value.http_status == 404 and caught.value.code == "resource_missing"


def test_default_expiry_is_24_hours(sim):
    session = sim.create()
    assert session.expires_at == session.created + 86_400


@pytest.mark.parametrize("seconds", [29 * 60, 24 * 3600 + 60, -5])
def test_expiry_outside_30_minutes_to_24_hours_is_refused(sim, seconds):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sim.create(expires_at=int(time.time()) + seconds)
    assert caught.value.param == "expires_at"


@pytest.mark.parametrize("seconds", [30 * 60 + 5, 24 * 3600 - 5])
def test_expiry_inside_30_minutes_to_24_hours_is_kept(sim, seconds):
    at = int(time.time()) + seconds
    assert sim.create(expires_at=at).expires_at == at


def test_expiry_follows_the_simulators_clock(sim):
    sim.control("clock/advance", {"seconds": 7200})
    with pytest.raises(stripe.InvalidRequestError):
        sim.create(expires_at=int(time.time()) + 35 * 60)
    at = int(time.time()) + 7200 + 35 * 60
    assert sim.create(expires_at=at).expires_at == at


def test_an_open_session_can_be_expired_and_loses_its_address(sim, hook):
    session = sim.client.v1.checkout.sessions.expire(sim.create().id)
    assert session.status == "expired" and session.url is None
    assert hook.wait("checkout.session.expired")[0].data.object.id == session.id


def test_an_expired_session_cannot_be_expired_again(sim):
    session = sim.create()
    sim.client.v1.checkout.sessions.expire(session.id)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sim.client.v1.checkout.sessions.expire(session.id)
    words = 'Only Checkout Sessions with a status in ["open"] can be expired'
    assert words in str(caught.value.user_message)


def test_a_complete_session_cannot_be_expired(sim):
    session = sim.create()
    sim.pay(session)
    with pytest.raises(stripe.InvalidRequestError, match="complete"):
        sim.client.v1.checkout.sessions.expire(session.id)


def test_a_session_expires_when_its_clock_passes(sim, hook):
    session = sim.create(expires_at=int(time.time()) + 31 * 60)
    sim.control("clock/advance", {"seconds": 32 * 60})
    assert sim.get(session).status == "expired"
    assert len(hook.wait("checkout.session.expired")) == 1


def test_a_session_expires_by_itself_within_a_second(sim, hook):
    session = sim.create(expires_at=int(time.time()) + 30 * 60 + 3)
    sim.control("clock/advance", {"seconds": 30 * 60 + 1})
    assert sim.get(session).status == "open"
    event = hook.wait("checkout.session.expired", seconds=4)[0]
    assert session.expires_at <= event.created <= session.expires_at + 1


def test_a_session_is_payable_until_the_instant_of_expiry(sim):
    session = sim.create(expires_at=int(time.time()) + 31 * 60)
    sim.control("clock/advance", {"seconds": 31 * 60 - 5})
    assert sim.pay(session)["payment_status"] == "paid"


def test_line_items_are_listed_and_paged(sim):
    items = checkout()["line_items"] * 5
    session = sim.create(line_items=items)
    listed = sim.client.v1.checkout.sessions.line_items.list(session.id, {"limit": 2})
    assert problems(listed.to_dict()) == []
    assert len(listed.data) == 2 and listed.has_more
    assert len(list(listed.auto_paging_iter())) == 5


def test_line_items_can_be_expanded(sim):
    session = sim.create(expand=["line_items"])
    assert session.line_items.data[0].description == "Tile 12"


def test_at_most_100_line_items(sim):
    sim.create(line_items=checkout()["line_items"] * 100)
    with pytest.raises(stripe.InvalidRequestError):
        sim.create(line_items=checkout()["line_items"] * 101)


def test_one_currency_per_session(sim):
    items = checkout()["line_items"] + checkout(currency="eur")["line_items"]
    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        sim.create(line_items=items)


@pytest.mark.parametrize(
    "metadata",
    [
        {f"k{n}": "v" for n in range(51)},
        {"k" * 41: "v"},
        {"k": "v" * 501},
    ],
)
def test_metadata_limits(sim, metadata):
    with pytest.raises(stripe.InvalidRequestError):
        sim.create(metadata=metadata)
    with pytest.raises(stripe.InvalidRequestError):
        sim.create(payment_intent_data={"metadata": metadata})


def test_metadata_at_its_limits_is_kept(sim):
    metadata = {f"{n:02}".ljust(40, "k"): "v" * 500 for n in range(50)}
    assert sim.create(metadata=metadata).metadata.to_dict() == metadata


def test_lists_are_newest_first_and_page_both_ways(sim):
    made = [sim.create().id for _ in range(5)]
    listing = sim.client.v1.checkout.sessions.list
    first = listing({"limit": 2})
    assert [s.id for s in first.data] == made[:2:-1] and first.has_more
    assert first.url == "/v1/checkout/sessions"
    rest = listing({"limit": 100, "starting_after": first.data[-1].id})
    assert [s.id for s in rest.data] == made[2::-1] and not rest.has_more
    back = listing({"limit": 2, "ending_before": made[1]})
    assert [s.id for s in back.data] == [made[3], made[2]] and back.has_more
    assert [s.id for s in listing({"limit": 2}).auto_paging_iter()] == made[::-1]


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_list_limit_is_1_to_100(sim, limit):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sim.client.v1.checkout.sessions.list({"limit": limit})
    assert caught.value.param == "limit"


def test_list_filters(sim):
    paid, other = sim.create(), sim.create()
    intent = sim.pay(paid)["payment_intent"]
    listing = sim.client.v1.checkout.sessions.list
    assert [s.id for s in listing({"payment_intent": intent}).data] == [paid.id]
    assert [s.id for s in listing({"status": "open"}).data] == [other.id]
    assert listing({"created": {"gt": other.created + 60}}).data == []
    assert len(listing({"created": {"gte": paid.created}}).data) == 2


def test_an_unknown_cursor_is_refused(sim):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sim.client.v1.checkout.sessions.list({"starting_after": "cs_test_no"})
    assert caught.value.param == "starting_after"


def test_objects_belong_to_one_account(sim):
    options = {"stripe_account": "acct_1school"}
    session = sim.create(options)
    assert sim.client.v1.checkout.sessions.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        sim.get(session)
    mine = sim.client.v1.checkout.sessions.retrieve(session.id, {}, options)
    assert mine.id == session.id


def test_a_wrong_or_missing_key_is_401(sim):
    for key in ("sk_live_abc", "nonsense", "pk_test_abc"):
        with pytest.raises(stripe.AuthenticationError):
            client(sim.url, key).v1.checkout.sessions.list()
    status, _, _ = sim.http("/v1/checkout/sessions")
    assert status == 401


def test_basic_authentication_works(sim):
    status, headers, _ = sim.http(
        "/v1/checkout/sessions", headers={"Authorization": "Basic c2tfdGVzdF94Og=="}
    )
    assert status == 200 and headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == stripe.api_version


def test_an_unknown_address_is_a_404_envelope(sim):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sim.client.v1.customers.list()
    assert caught.value.http_status == 404
    assert "Unrecognized request URL" in str(caught.value.user_message)
