"""The checkout page: our own record in words, personal only for whoever holds the tiles."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from boards.models import Hold
from payments.models import Checkout
from rally.kit import clock
from tests.web.conftest import Place

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
GOOD = {"name": "Sample Person", "email": "sample.person@example.com", "display_as": "name"}


@pytest.fixture
def page(client: Client, place: Place) -> str:
    return place.reserve(client, [7, 19, 50])["Location"]


def text(answer: Any) -> str:
    return answer.content.decode()


def test_tiles_total_and_fees_to_the_cent(client: Client, page: str) -> None:
    answer = client.get(page)
    html = text(answer)
    assert answer["Cache-Control"] == "private, no-store"
    for words in ("Your tiles are held", "$76.00", "Add $2.58", "$78.58", "$73.50"):
        assert words in html


def test_a_stranger_sees_the_state_and_no_form(place: Place, page: str) -> None:
    html = text(Client().get(page))
    assert "held in another browser" in html
    assert 'name="email"' not in html


def test_an_unknown_order(client: Client, db: None) -> None:
    assert client.get("/checkout/nothing/").status_code == 404
    for step in ("pay", "extend", "leave"):
        assert client.post(f"/checkout/nothing/{step}/").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Please give a name."),
        ("name", "   ", "Please give a name."),
        ("name", "\u202e\u200b", "Please give a name."),
        ("name", "x" * 300, "100 characters"),
        ("email", "", "for your receipt"),
        ("email", "nobody", "complete e-mail address"),
        ("email", "a@example.com\r\nBcc: b@example.com", "complete e-mail address"),
        ("email", "a@example.com,b@example.com", "complete e-mail address"),
        ("email", "x" * 250 + "@example.com", "254 characters"),
        ("message", "x" * 201, "200 characters"),
        ("display_as", "evil", "valid choice"),
        ("name", "a\x00b", "Null characters"),
    ],
)
def test_mistakes_stand_beside_their_field(
    client: Client, page: str, field: str, value: str, words: str
) -> None:
    answer = client.post(f"{page}pay/", GOOD | {field: value})
    html = text(answer)
    assert answer.status_code == 400
    assert html.count(words) >= 2, "in the summary and beside the field"
    assert f'id="id_{field}_error"' in html
    assert not Checkout.objects.exists()


def test_what_was_typed_is_kept(client: Client, page: str) -> None:
    html = text(
        client.post(f"{page}pay/", {"name": "Keep Me", "email": "x", "display_as": "initial"})
    )
    assert 'value="Keep Me"' in html
    assert 'value="x"' in html


def test_markup_in_a_name_stays_text(client: Client, page: str) -> None:
    html = text(client.post(f"{page}pay/", {"name": "<script>alert(1)</script>", "email": ""}))
    assert "<script>alert" not in html


def test_more_time_ten_times(client: Client, page: str) -> None:
    before = Hold.objects.get().expires_at
    for _time in range(10):
        assert client.post(f"{page}extend/").status_code == 303
    assert Hold.objects.get().expires_at == before + timedelta(minutes=100)
    answer = client.post(f"{page}extend/")
    assert answer.status_code == 409
    assert "can&#x27;t be extended any further" in text(answer)
    assert "all the extra time there is" in text(answer)


def test_more_time_keeps_what_was_typed(client: Client, page: str) -> None:
    typed = {"name": "Keep Me", "email": "half@", "display_as": "initial", "cover_fees": "on"}
    html = text(client.post(f"{page}extend/", typed))
    assert 'value="Keep Me"' in html
    assert 'value="half@"' in html
    assert "complete e-mail address" not in html, "nothing is checked yet"
    assert "checked" in html.split('name="cover_fees"')[1].split(">")[0]
    assert "9 more times" in html
    assert Hold.objects.get().extensions == 1


def test_more_time_on_the_board_keeps_the_picks(client: Client, place: Place, page: str) -> None:
    answer = client.post(f"{page}extend/", {"board": place.board.public_id, "tile": ["3", "4"]})
    assert answer["Location"] == f"{place.url}?tile=3&tile=4"


def test_the_last_two_minutes_are_said(client: Client, place: Place, page: str) -> None:
    for url in (page, place.url):
        assert re.search(r'id="late"\s+hidden', text(client.get(url)))
    Hold.objects.update(expires_at=clock.now() + timedelta(seconds=110))
    for url in (page, place.url):
        html = text(client.get(url))
        assert "Less than two minutes left." in html
        assert not re.search(r'id="late"\s+hidden', html)


def test_when_there_is_no_more_time_both_pages_say_so(
    client: Client, place: Place, page: str
) -> None:
    Hold.objects.update(extensions=10)
    assert "all the extra time there is" in text(client.get(page))
    html = text(client.get(place.url))
    assert "no more extra time" in html
    assert "More time" not in html


@pytest.mark.parametrize("odd", ["a/b", "//evil.example.com", "../x", "\x00", "é/"])
def test_an_odd_way_back_leads_here(client: Client, page: str, odd: str) -> None:
    assert client.post(f"{page}extend/", {"board": odd})["Location"] == page


def test_nobody_else_can_act_on_it(place: Place, page: str) -> None:
    before = Hold.objects.get()
    for step in ("pay", "extend", "leave"):
        assert Client().post(f"{page}{step}/", GOOD)["Location"] == page
    after = Hold.objects.get()
    assert (after.expires_at, after.phase) == (before.expires_at, "browsing")
    assert not Checkout.objects.exists()


def test_other_sites_cannot_post(client: Client, page: str) -> None:
    for step in ("pay", "extend", "leave"):
        answer = client.post(f"{page}{step}/", GOOD, HTTP_SEC_FETCH_SITE="cross-site")
        assert answer.status_code == 403


def test_when_the_time_is_up(client: Client, place: Place, page: str) -> None:
    Hold.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    html = text(client.get(page))
    assert "The time is up" in html
    assert "Nothing was charged" in html
    assert place.url in html


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("processing", "Your bank hasn&#x27;t confirmed yet"),
        ("sold", "Thank you. Your tiles are yours"),
        ("released", "These tiles were given back"),
        ("expired", "The time is up"),
        ("lost", "Someone was faster"),
        ("returned", "These tiles were returned"),
    ],
)
def test_every_state_has_words(client: Client, page: str, phase: str, words: str) -> None:
    Hold.objects.update(phase=phase)
    answer = client.get(page)
    assert answer.status_code == 200
    assert words in text(answer)
    assert text(Client().get(page)).count("sample") == 0
