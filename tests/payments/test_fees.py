"""Covering the fee: never short, at most one step over; shares add up."""

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments import fees
from rally.kit import money

CURRENCIES = ("USD", "JPY", "KWD", "ISK", "UGX")
amounts = st.integers(min_value=1, max_value=10**9)


def fee_of(gross: int, currency: str, rounding: str) -> int:
    """What Stripe would keep, in steps that can be charged; its own rounding isn't published."""
    fixed = Decimal("0.30") * money.whole_unit(currency)
    return int((gross * Decimal("0.029") + fixed).to_integral_value(rounding))


@pytest.mark.parametrize(
    ("currency", "net", "cover"),
    [
        ("USD", 7_600, 258),  # (76.00 + 0.30) / 0.971 = 78.5788 -> 78.58
        ("USD", 100, 34),
        ("USD", 505_000, 15_114),
        ("JPY", 1_000, 61),
        ("KWD", 5_000, 460),  # fils come in tens
        ("ISK", 100_000, 3_100),  # whole krónur only
        ("UGX", 1_000_000, 29_900),
    ],
)
def test_the_cover_is_known_to_the_cent(currency: str, net: int, cover: int) -> None:
    assert fees.cover(net, currency) == cover


@given(net=amounts, currency=st.sampled_from(CURRENCIES))
@settings(max_examples=300, deadline=None)
def test_what_arrives_is_never_short_and_at_most_a_step_over(net: int, currency: str) -> None:
    step = money.step(currency)
    net = net * step
    gross = net + fees.cover(net, currency)
    assert gross % step == 0
    for rounding in (ROUND_CEILING, ROUND_HALF_UP):
        over = gross - fee_of(gross, currency, rounding) - net
        assert 0 <= over <= step


@given(total=st.integers(0, 10**9), weights=st.lists(st.integers(1, 10**7), min_size=1))
@settings(max_examples=300, deadline=None)
def test_shares_add_up_and_are_off_by_less_than_one(total: int, weights: list[int]) -> None:
    shares = fees.split(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Decimal(total) * weight / sum(weights)) < 1


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), min_size=1))
@settings(max_examples=200, deadline=None)
def test_shares_of_a_currency_without_cents_can_each_be_paid_back(total, weights) -> None:
    shares = fees.split(total * 100, [weight * 100 for weight in weights], 100)
    assert sum(shares) == total * 100
    assert not any(share % 100 for share in shares)


def test_what_a_total_has_beyond_its_steps_is_not_lost() -> None:
    assert fees.split(1234, [1, 2], 100) == [400, 834]


def test_nothing_is_split_among_none() -> None:
    assert fees.split(7, []) == []
    assert fees.split(0, [1, 2]) == [0, 0]
    assert fees.split(2, [1, 1, 1]) == [1, 1, 0]


@pytest.mark.parametrize(
    ("total", "currency", "percent", "fee"),
    [(7_858, "USD", "0", 0), (7_858, "USD", "1.5", 117), (700_000, "ISK", "0.33", 2_300),
     (12_340, "KWD", "1", 120), (99, "JPY", "100", 99)],
)  # fmt: skip
def test_the_application_fee_is_rounded_down_to_what_can_be_charged(
    total: int, currency: str, percent: str, fee: int, settings
) -> None:
    settings.RALLY_APPLICATION_FEE_PERCENT = percent
    assert fees.application(total, currency) == fee
