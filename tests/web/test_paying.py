"""From the checkout page to the payment page and back, against the simulator."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from boards.models import Hold
from payments import gateway
from payments.models import Attempt, Checkout
from tests.payments.outside import Outside
from tests.web.conftest import Place
from tests.web.test_checkout import GOOD, text

# Stripe is never called inside a transaction, so these tests can't run in one.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


@pytest.fixture
def page(client: Client, place: Place) -> str:
    return place.reserve(client, [7, 19, 50])["Location"]


@pytest.fixture
def paying(settings: Any, simulator: Callable[..., Any]) -> None:
    settings.STRIPE_API_BASE = simulator().url


def test_on_to_the_payment_page(client: Client, page: str, paying: None) -> None:
    answer = client.post(f"{page}pay/", GOOD | {"cover_fees": "on"})
    assert answer.status_code == 303
    assert "/c/pay/cs_test_" in answer["Location"]
    assert Checkout.objects.get().total_minor == 7858


def test_the_form_may_end_on_the_payment_page(
    client: Client, page: str, paying: None, settings: Any
) -> None:
    policy = client.get(page)["Content-Security-Policy"]
    assert "https://checkout.stripe.com" in policy
    port = settings.STRIPE_API_BASE.rsplit(":", 1)[1]
    assert f"http://testserver:{port}" in policy
    assert "unsafe" not in policy


def test_an_international_address_is_fine(client: Client, page: str, paying: None) -> None:
    answer = client.post(f"{page}pay/", GOOD | {"email": "Sample@bücher.example"})
    assert answer.status_code == 303


def test_pressing_twice_leads_to_one_session(client: Client, page: str, paying: None) -> None:
    first = client.post(f"{page}pay/", GOOD)
    second = client.post(f"{page}pay/", GOOD)
    assert first["Location"] == second["Location"]
    assert Attempt.objects.count() == 1


def test_while_paying(client: Client, page: str, paying: None) -> None:
    client.post(f"{page}pay/", GOOD)
    html = text(client.get(page))
    assert "Your payment is open" in html
    assert "Continue to payment" in html
    assert "Cancel payment and go back to the board" in html
    back = text(client.get(page + "?session_id=cs_made_up"))
    assert "checking with the bank" in back
    assert 'http-equiv="refresh"' in back
    stranger = text(Client().get(page))
    assert "/c/pay/" not in stranger
    assert "Somebody is paying" in stranger


def test_coming_back_too_often_asks_stripe_no_more_and_shows_what_we_know(
    client: Client, page: str, paying: None, settings: Any
) -> None:
    client.post(f"{page}pay/", GOOD)
    settings.RALLY_LIMITS = True
    settings.RALLY_RATES = settings.RALLY_RATES | {"checkout_ip": (0, 60)}
    outside = Outside(settings.STRIPE_API_BASE)
    outside.control(f"sessions/{Attempt.objects.get().session_id}/complete")
    assert "Your payment is open" in text(client.get(page + "?back=1"))
    settings.RALLY_LIMITS = False
    assert "Your payment is open" not in text(client.get(page + "?back=1"))


def test_other_details_while_a_payment_is_open(client: Client, page: str, paying: None) -> None:
    client.post(f"{page}pay/", GOOD)
    answer = client.post(f"{page}pay/", GOOD | {"cover_fees": "on"})
    assert answer.status_code == 409
    assert "A payment is open already" in text(answer)


def test_leaving_goes_back_to_the_board(
    client: Client, place: Place, page: str, paying: None
) -> None:
    client.post(f"{page}pay/", GOOD)
    answer = client.post(f"{page}leave/")
    assert answer.status_code == 303
    assert answer["Location"] == f"{place.url}?kept"
    hold = Hold.objects.get()
    assert hold.phase == "browsing"
    html = text(client.get(answer["Location"]))
    assert "Tiles 7, 19, 50 are still yours until" in html
    assert "still yours" not in text(Client().get(answer["Location"])), "nobody else's business"


def test_leaving_closes_the_session_at_stripe_first(
    client: Client, page: str, paying: None
) -> None:
    client.post(f"{page}pay/", GOOD)
    attempt = Attempt.objects.get()
    client.post(f"{page}leave/")
    assert gateway.retrieve_session(attempt.account, attempt.session_id).status == "expired"


def test_while_paying_the_clock_is_the_sessions_and_there_is_no_more_time(
    client: Client, place: Place, page: str, paying: None
) -> None:
    client.post(f"{page}pay/", GOOD)
    ends = Attempt.objects.get().expires_at.isoformat()
    for url in (page, place.url):
        html = text(client.get(url))
        assert f'data-until="{ends}"' in html
        assert "/extend/" not in html
        assert "The payment page is open until" in html


def test_when_the_payment_service_is_away(client: Client, page: str, settings: Any) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    answer = client.post(f"{page}pay/", GOOD)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) >= 1
    assert "Your tiles are still yours" in text(answer)
