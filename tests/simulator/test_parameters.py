"""Parameters are checked against the SDK's own types; currencies have rules."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.simulator.conftest import checkout


def refused(sim: Any, **changes: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sim.create(**changes)
    assert caught.value.http_status == 400
    return caught.value


def with_price(**changes: Any) -> list[dict[str, Any]]:
    item = checkout()["line_items"][0]
    price = {k: v for k, v in {**item["price_data"], **changes}.items() if v is not None}
    return [{**item, "price_data": price}]


def test_unknown_parameters_are_refused_at_every_depth(sim):
    error = refused(sim, colour="red")
    assert error.code == "parameter_unknown" and error.param == "colour"
    error = refused(sim, line_items=with_price(colour="red"))
    assert error.code == "parameter_unknown"
    assert error.param == "line_items[0][price_data][colour]"


def test_the_sdks_request_options_are_not_parameters(sim):
    assert refused(sim, api_key="sk_test_x").code == "parameter_unknown"


@pytest.mark.parametrize("name", ["success_url", "mode", "line_items"])
def test_required_parameters(sim, name):
    error = refused(sim, **{name: None})
    assert error.code == "parameter_missing" and error.param == name


@pytest.mark.parametrize("name", ["currency", "product_data", "unit_amount"])
def test_required_parameters_of_a_price(sim, name):
    error = refused(sim, line_items=with_price(**{name: None}))
    assert error.code == "parameter_missing"
    assert error.param == f"line_items[0][price_data][{name}]"


def test_wrong_types(sim):
    assert refused(sim, expires_at="soon").code == "parameter_invalid_integer"
    error = refused(sim, line_items=with_price(unit_amount="12.5"))
    assert error.code == "parameter_invalid_integer"
    assert refused(sim, client_reference_id="").code == "parameter_invalid_empty"
    assert refused(sim, client_reference_id={"a": "b"}).param == "client_reference_id"
    assert refused(sim, line_items="x").param == "line_items"
    assert refused(sim, mode="gift").param == "mode"
    assert refused(sim, metadata="x").param == "metadata"


def test_real_parameters_it_does_not_act_on_are_refused_not_ignored(sim):
    error = refused(sim, discounts=[{"coupon": "x"}])
    assert error.code == "simulator_unsupported" and error.param == "discounts"


@pytest.mark.parametrize(
    "changes",
    [
        {"success_url": "/relative"},
        {"success_url": "javascript:alert(1)"},
        {"success_url": "http://x/\r\nSet-Cookie: a=b"},
        {"cancel_url": "nothing"},
        {"customer_email": "nobody"},
        {"client_reference_id": "x" * 201},
        {"line_items": []},
        {"currency": "eur"},
    ],
)
def test_values_that_make_no_sense(sim, changes):
    refused(sim, **changes)


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (100_000_000, "usd", "amount_too_large"),
        (1234, "kwd", "invalid_charge_amount"),
        (1250, "isk", "invalid_charge_amount"),
        (1250, "ugx", "invalid_charge_amount"),
        (-1, "usd", "parameter_invalid_integer"),
    ],
)
def test_amounts_a_currency_refuses(sim, amount, currency, code):
    assert refused(sim, **checkout(amount, currency)).code == code


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (50, "usd"),
        (30, "gbp"),
        (50, "jpy"),
        (1230, "kwd"),
        (1200, "isk"),
        (99_999_999, "usd"),
    ],
)
def test_amounts_a_currency_takes(sim, amount, currency):
    assert sim.create(**checkout(amount, currency)).amount_total == amount


def test_unknown_currency(sim):
    assert "Invalid currency" in str(refused(sim, **checkout(currency="zzz")).user_message)


def test_quantity_multiplies(sim):
    assert sim.create(**checkout(100, quantity=7)).amount_total == 700
    refused(sim, **checkout(100, quantity=0))


def test_an_application_fee_cannot_exceed_the_amount(sim):
    refused(sim, payment_intent_data={"application_fee_amount": 1201})
    sim.create(payment_intent_data={"application_fee_amount": 1200})


def test_unknown_expansions_are_refused(sim):
    assert refused(sim, expand=["nonsense"]).param == "expand"


@pytest.mark.parametrize(
    "body",
    [
        b"a[=1",
        b"[]=1",
        b"a=1&a[b]=2",
        b"a[b]=2&a=1",
        b"\xff\xfe",
        b"a" + b"[x]" * 50 + b"=1",
        b"&".join(b"a%d=1" % n for n in range(6000)),
        b"metadata[a][b][c]=d",
    ],
)
def test_broken_bodies_get_an_envelope(sim, body):
    headers = {
        "Authorization": "Bearer sk_test_x",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    status, _, text = sim.http("/v1/checkout/sessions", body, "POST", headers)
    assert status == 400 and '"error"' in text
