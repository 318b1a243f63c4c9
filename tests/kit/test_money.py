"""Minor units, decimals and words for amounts."""

from decimal import Decimal

import pytest

from rally.kit import money


@pytest.mark.parametrize(
    ("currency", "decimals", "unit", "step", "least"),
    [
        ("USD", 2, 100, 1, 50), ("JPY", 0, 100, 1, 50), ("KWD", 3, 1_000, 10, 150),
        ("ISK", 2, 100, 100, 7_000), ("UGX", 2, 100, 100, 200_000), ("XAF", 0, 100, 1, 50),
    ],
)  # fmt: skip
def test_each_currency_has_its_units(
    currency: str, decimals: int, unit: int, step: int, least: int
) -> None:
    assert money.decimals(currency) == decimals
    assert money.whole_unit(currency) == unit
    assert money.step(currency) == step
    assert money.minimum_charge(currency) == least


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (7_600, "USD", "$76.00"), (-5, "USD", "-$0.05"), (123_456_789, "USD", "$1,234,567.89"),
        (7_600, "JPY", "¥7,600"), (1_500, "KWD", "KWD 1.500"), (500_000, "ISK", "ISK 5,000.00"),
        (250_000, "UGX", "UGX 2,500.00"), (0, "EUR", "€0.00"),
    ],
)  # fmt: skip
def test_amounts_read_well(minor: int, currency: str, words: str) -> None:
    assert money.format(minor, currency) == words


def test_minor_units_become_decimals() -> None:
    assert money.major(7_600, "USD") == Decimal("76.00")
    assert money.major(7_600, "JPY") == Decimal(7_600)
    assert money.major(1, "KWD") == Decimal("0.001")


@pytest.mark.parametrize("code", ["usd", "US", "USDX", "U$D", "", "ÜSD", "US1"])
def test_what_is_no_currency_code(code: str) -> None:
    assert money.is_currency("USD")
    assert not money.is_currency(code)
