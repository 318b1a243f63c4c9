"""The hosted pay page, by plain HTTP as a browser without script."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.simulator.conftest import checkout


def page(sim: Any, session: Any, **form: str) -> tuple[int, Any, str]:
    path = f"/c/pay/{session.id}"
    if not form:
        return sim.http(path)
    return sim.http(path, urlencode(form).encode(), "POST")


def test_the_page_says_it_is_a_test_and_what_is_paid(sim):
    status, headers, text = page(sim, sim.create(customer_email="a@example.org"))
    assert status == 200 and headers["Content-Type"].startswith("text/html")
    assert "<strong>Test checkout.</strong> No money moves." in text
    assert "$12.00" in text and "Tile 12" in text and "a@example.org" in text


def test_the_page_allows_no_script_and_nothing_from_elsewhere(sim):
    _, headers, text = page(sim, sim.create())
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "form-action 'self' http://127.0.0.1:9" in policy
    assert "<script" not in text and "style=" not in text
    style = re.search(r'href="(/c/page-[0-9a-f]+\.css)"', text)
    assert style and sim.http(style[1])[0] == 200
    assert not re.findall(r'(?:src|href)="https?:', text)


def test_pay_leads_to_the_success_address_with_the_id(sim):
    session = sim.create()
    status, headers, _ = page(sim, session, action="pay", email="a@example.org", name="Ann")
    assert status == 303
    assert headers["Location"] == f"http://127.0.0.1:9/done?cs={session.id}"
    details = sim.get(session).customer_details
    assert details.email == "a@example.org" and details.name == "Ann"


def test_decline_shows_the_page_again_with_what_was_typed(sim):
    session = sim.create()
    status, _, text = page(sim, session, action="decline", email="b@example.org", name="Bo")
    assert status == 200 and "Your card was declined" in text
    assert "b@example.org" in text and "Bo" in text
    assert sim.get(session).status == "open"


def test_abandon_leads_back_and_leaves_the_session_open(sim):
    session = sim.create()
    status, headers, _ = page(sim, session, action="abandon")
    assert (status, headers["Location"]) == (303, "http://127.0.0.1:9/back")
    assert sim.get(session).status == "open"


def test_pay_by_bank_confirms_later_and_lets_the_visitor_be_the_bank(sim):
    session = sim.create()
    assert page(sim, session, action="bank", email="a@example.org")[0] == 303
    assert sim.get(session).payment_status == "unpaid"
    assert "hasn’t confirmed yet" in page(sim, session)[2]
    assert page(sim, session, action="confirm")[0] == 303
    assert sim.get(session).payment_status == "paid"


def test_the_bank_can_refuse(sim):
    session = sim.create()
    page(sim, session, action="bank", email="a@example.org")
    page(sim, session, action="refuse")
    assert "bank refused" in page(sim, session)[2]


def test_card_only_sessions_offer_no_bank(sim):
    session = sim.create(allowed_payment_method_types=["card"])
    assert 'value="bank"' not in page(sim, session)[2]
    assert 'value="bank"' in page(sim, sim.create())[2]


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "a b@c"])
def test_a_wrong_email_is_told_beside_the_field(sim, email):
    session = sim.create()
    status, _, text = page(sim, session, action="pay", email=email)
    assert status == 422 and 'aria-invalid="true"' in text
    assert sim.get(session).status == "open"


def test_closed_sessions_say_so(sim):
    paid, gone = sim.create(), sim.create()
    sim.pay(paid)
    sim.client.v1.checkout.sessions.expire(gone.id)
    assert "This checkout is paid" in page(sim, paid)[2]
    assert "expired" in page(sim, gone)[2] and "nothing was charged" in page(sim, gone)[2]
    status, headers, _ = page(sim, gone, action="pay", email="a@example.org")
    assert (status, headers["Location"]) == (303, f"/c/pay/{gone.id}")


def test_a_page_open_past_expiry_takes_no_money(sim):
    session = sim.create(expires_at=int(time.time()) + 31 * 60)
    sim.control("clock/advance", {"seconds": 3600})
    page(sim, session, action="pay", email="a@example.org")
    assert sim.get(session).payment_status == "unpaid"


def test_unknown_sessions_are_404(sim):
    status, _, text = sim.http("/c/pay/cs_test_none")
    assert status == 404 and "no such checkout" in text


def test_everything_is_escaped(sim):
    bad = "<b onload='x'>\"&"
    params = checkout()
    params["line_items"][0]["price_data"]["product_data"]["name"] = bad
    params["payment_intent_data"]["description"] = bad
    session = sim.create(**params)
    text = page(sim, session)[2]
    assert "<b onload" not in text and "&lt;b onload" in text
    text = page(sim, session, action="decline", email=f"{bad}@x", name=bad)[2]
    assert "<b onload" not in text and 'value="<' not in text


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (123_456, "eur", "€1,234.56"),
        (5000, "jpy", "¥5,000"),
        (12_340, "kwd", "KWD 12.340"),
        (120_000, "isk", "ISK 1,200"),
    ],
)
def test_amounts_read_as_people_write_them(sim, amount, currency, shown):
    assert shown in page(sim, sim.create(**checkout(amount, currency)))[2]


def test_many_items_are_folded(sim):
    session = sim.create(line_items=checkout()["line_items"] * 40)
    assert "<summary>34 more</summary>" in page(sim, session)[2]


@pytest.mark.parametrize("body", [b"\xff", b"action=pay&" * 9000, b"action=fly", b""])
def test_broken_forms_never_fail(sim, body):
    status, _, _ = sim.http(f"/c/pay/{sim.create().id}", body, "POST")
    assert status in (200, 422)
