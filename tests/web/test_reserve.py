"""Reserving by a plain form: on to checkout, or the same board saying why not."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from boards.models import Hold
from rally.kit import clock
from tests.web.conftest import Place

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


def test_it_leads_to_checkout_and_keeps_the_token(client: Client, place: Place) -> None:
    answer = place.reserve(client, [7, 19, 50])
    hold = Hold.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/checkout/{hold.reference}/"
    cookie = answer.cookies[settings.HOLD_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_second_reserve_adds_to_the_first(client: Client, place: Place) -> None:
    place.reserve(client, [7])
    place.reserve(client, [8])
    assert Hold.objects.count() == 1
    assert Hold.objects.get().claims.count() == 2


def test_somebody_was_faster(client: Client, place: Place) -> None:
    place.hold(12)
    answer = place.reserve(client, [12, 7])
    html = answer.content.decode()
    assert answer.status_code == 409
    assert answer["Cache-Control"] == "private, no-store"
    assert "Tile 12 was just taken" in html
    assert "Your other choices are kept" in html
    assert re.search(r'value="7"[^>]* checked', html)
    assert "Tile 12, 12 dollars, just taken" in html
    assert not Hold.objects.exclude(claims__number=12).exists()


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([], "Pick at least one tile."),
        (["x"], "whole numbers"),
        ([101], "aren&#x27;t on the board"),
        (["-1"], "whole numbers"),
        (["1.5"], "whole numbers"),
        (range(1, 102), "Pick at most 100"),
    ],
)
def test_bad_choices(client: Client, place: Place, numbers: list, words: str) -> None:
    answer = place.reserve(client, numbers)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Hold.objects.exists()


def test_the_same_number_twice_counts_once(client: Client, place: Place) -> None:
    assert place.reserve(client, [7, 7]).status_code == 303


def test_a_closed_board(client: Client, make_place: Callable[..., Place]) -> None:
    answer = make_place(status="completed").reserve(client, [7])
    assert answer.status_code == 409
    assert "This board has closed" in answer.content.decode()


def test_a_hidden_board(client: Client, make_place: Callable[..., Place]) -> None:
    assert make_place(status="draft").reserve(client, [7]).status_code == 404


@pytest.mark.parametrize("step", ["reserve", "release"])
@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://elsewhere.example.com"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
    ],
)
def test_other_sites_cannot_post(
    client: Client, place: Place, step: str, headers: dict[str, str]
) -> None:
    answer = client.post(f"{place.url}{step}/", {"tile": "7", "release": "7"}, **headers)
    assert answer.status_code == 403
    assert "another site" in answer.content.decode()
    assert not Hold.objects.exists()


def test_our_own_page_may(client: Client, place: Place) -> None:
    answer = client.post(
        f"{place.url}reserve/", {"tile": "7"}, HTTP_ORIGIN="http://testserver",
        HTTP_SEC_FETCH_SITE="same-origin",
    )  # fmt: skip
    assert answer.status_code == 303


def test_reading_a_form_target_is_refused(client: Client, place: Place) -> None:
    assert client.get(f"{place.url}reserve/").status_code == 405


def test_a_flood_is_told_when_to_come_back(client: Client, place: Place, settings) -> None:
    settings.RALLY_LIMITS = True
    settings.RALLY_RATES = settings.RALLY_RATES | {"reserve_ip": (0, 60)}
    answer = place.reserve(client, [7])
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert (
        "Tiles you hold stay yours" in answer.content.decode() or "wait" in answer.content.decode()
    )


def test_the_holder_sees_an_overlay_and_nobody_else(client: Client, place: Place) -> None:
    place.reserve(client, [7, 19])
    mine = client.get(place.url)
    html = mine.content.decode()
    assert mine["Cache-Control"] == "private, no-store"
    assert "Tile 7, 7 dollars, held for you" in html
    assert "Go to payment" in html
    assert "Yours until" in html
    others = Client().get(place.url).content.decode()
    assert "Held for you" not in others
    assert "Tile 7, 7 dollars, held while someone pays" in others


def test_a_forged_cookie_is_nobody(client: Client, place: Place) -> None:
    place.hold(7)
    client.cookies[settings.HOLD_COOKIE_NAME] = "other-visitor-token-0123456789:forged"
    assert "Held for you" not in client.get(place.url).content.decode()


def test_giving_one_back_keeps_the_rest(client: Client, place: Place) -> None:
    place.reserve(client, [7, 19])
    answer = client.post(f"{place.url}release/", {"release": "7", "tile": "30"})
    assert answer.status_code == 303
    assert answer["Location"] == f"{place.url}?tile=30"
    assert list(
        Hold.objects.get().claims.filter(ended_at=None).values_list("number", flat=True)
    ) == [19]


def test_others_tiles_cannot_be_given_back(client: Client, place: Place) -> None:
    hold = place.hold(7)
    place.reserve(client, [19])
    client.post(f"{place.url}release/", {"release": "7"})
    assert hold.claims.filter(ended_at=None).count() == 1


def test_a_lapsed_hold_is_no_longer_shown(client: Client, place: Place) -> None:
    place.reserve(client, [7])
    Hold.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert "Held for you" not in client.get(place.url).content.decode()
