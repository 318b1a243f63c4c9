"""What a card payment lacks is said before anything is reserved, in every kind of currency."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.conftest import Place

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(
    ("currency", "unit", "words"),
    [
        ("USD", 20, "Card payments start at $0.50. Add tiles worth $0.30 or more."),
        ("JPY", 20, "Card payments start at ¥50. Add tiles worth ¥30 or more."),
        ("KWD", 100, "Card payments start at KWD 0.150. Add tiles worth KWD 0.050 or more."),
        ("ISK", 5_000, "Card payments start at ISK 70.00. Add tiles worth ISK 20.00 or more."),
        ("UGX", 100_000, "Card payments start at UGX 2,000.00. Add tiles worth UGX 1,000.00"),
    ],
)
def test_before_reserving_and_at_checkout(
    client: Client, make_place: Callable[..., Place], currency: str, unit: int, words: str
) -> None:
    place = make_place(30, currency=currency, price_model="flat", unit_minor=unit)
    assert words not in text(client.get(place.url))
    assert words in text(client.get(f"{place.url}?tile=3&show=all"))
    page = place.reserve(client, [3])["Location"]
    assert words in text(client.get(page))
    assert words in text(client.get(place.url)), "beside the tiles that are held"


def test_what_is_held_counts(client: Client, make_place: Callable[..., Place]) -> None:
    place = make_place(30, currency="JPY", price_model="flat", unit_minor=20)
    place.reserve(client, [3])
    html = text(client.get(f"{place.url}?tile=4"))
    assert 'data-held="20"' in html
    assert "Add tiles worth ¥10 or more" in html
    assert "Add tiles" not in text(client.get(f"{place.url}?tile=4&tile=5")).split('id="count"')[1]


def test_enough_is_enough(client: Client, place: Place) -> None:
    assert (
        "Card payments start"
        not in text(client.get(f"{place.url}?tile=1")).split("</form>")[0].split("</fieldset>")[1]
    )


@pytest.mark.parametrize(
    ("currency", "unit", "shown", "sentence"),
    [
        ("JPY", 100, "<b>7</b><i>¥700</i>", "Tiles cost between ¥100 and ¥3,000."),
        ("KWD", 1_000, "<b>7</b></label>", "tile 1 is KWD 1, tile 30 is KWD 30."),
    ],
)
def test_prices_with_none_and_three_decimals(
    client: Client,
    make_place: Callable[..., Place],
    currency: str,
    unit: int,
    shown: str,
    sentence: str,
) -> None:
    place = make_place(30, currency=currency, unit_minor=unit)
    html = text(client.get(place.url))
    assert shown in html
    assert sentence in html
    total = {"JPY": "¥1,000", "KWD": "KWD 10.000"}[currency]
    assert total in text(client.get(f"{place.url}?tile=7&tile=3"))


def test_a_flat_board_tells_the_price_on_every_tile(
    client: Client, make_place: Callable[..., Place]
) -> None:
    html = text(client.get(make_place(30, price_model="flat", unit_minor=2_000).url))
    assert html.count("<i>$20</i>") == 30
