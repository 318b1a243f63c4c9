"""Prices and names in words."""

import pytest

from rally.web import words


@pytest.mark.parametrize(
    ("minor", "currency", "tag", "spoken"),
    [
        (1200, "USD", "$12", "12 dollars"),
        (100, "USD", "$1", "1 dollar"),
        (1250, "USD", "$12.50", "$12.50"),
        (100_000, "USD", "$1,000", "1000 dollars"),
        (1200, "EUR", "€12", "12 euros"),
        (1200, "GBP", "£12", "12 pounds"),
        (1200, "JPY", "¥1,200", "1200 yen"),
        (1500, "KWD", "KWD 1.500", "KWD 1.500"),
        (2000, "KWD", "KWD 2", "KWD 2"),
        (1200, "SEK", "SEK 12", "SEK 12"),
    ],
)
def test_prices(minor: int, currency: str, tag: str, spoken: str) -> None:
    assert words.tag(minor, currency) == tag
    assert words.spoken(minor, currency) == spoken


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Jane Placeholder", "JP"),
        ("jane", "J"),
        ("Jane of the Placeholder", "JP"),
        ("Åse Ödegård", "ÅÖ"),
        ("", ""),
        (None, ""),
        ("*** ---", ""),
        ("王小明", "王"),
    ],
)
def test_initials(name: str | None, letters: str) -> None:
    assert words.initials(name) == letters


def test_what_tiles_cost_is_one_sentence() -> None:
    ladder = [(number, number * 100) for number in range(1, 101)]
    assert "tile 100 is $100" in words.prices(ladder, "USD")
    assert words.prices([(1, 500), (2, 500)], "USD") == "Every tile costs $5."
    assert words.prices([(1, 200), (2, 400)], "USD") == "Tiles cost between $2 and $4."
    assert words.prices([], "USD") == ""
