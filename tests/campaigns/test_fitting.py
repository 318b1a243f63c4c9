"""The goal fitter, by table."""

import pytest

from campaigns import fitting
from campaigns.fitting import Fit, fits
from rally.kit import money
from rally.kit.errors import InvalidInput

GOALS = [
    (750_000, "USD", 24), (750_000, "USD", None), (505_000, "USD", None), (5_000, "USD", 3),
    (99_999_999_999, "USD", 500), (1_000_000, "JPY", 30), (2_500_000, "KWD", 12),
    (1_000_000, "HUF", None), (10_000_000, "ISK", 5), (123_457, "EUR", 7), (1, "USD", None),
    (3, "JPY", 2), (10, "KWD", 1),
]  # fmt: skip


def test_7500_dollars_from_24_families_has_three_sensible_fits() -> None:
    found = fits(750_000, "USD", takers=24)
    assert len(found) >= 3
    for fit in found:
        assert 750_000 <= fit.full_raise <= 900_000
        assert fit.boards <= 24
        assert fit.dearest_minor <= 20_000, "a tile for more than 200 dollars"
    assert any(fit.boards == 24 for fit in found), "a board for each family"
    assert len({fit.price_model for fit in found}) == 3


def test_505000_cents_are_one_ladder_of_a_hundred() -> None:
    first = fits(505_000, "USD")[0]
    assert (first.boards, first.size, first.price_model, first.unit_minor) == (
        1,
        100,
        "ladder",
        100,
    )
    assert first.full_raise == 505_000


@pytest.mark.parametrize(("goal", "currency", "takers"), GOALS)
def test_a_fit_reaches_its_goal_at_prices_that_can_be_charged(
    goal: int, currency: str, takers: int | None
) -> None:
    found = fits(goal, currency, takers=takers)
    assert found
    assert len(set(found)) == len(found) <= fitting.MOST_FITS
    for fit in found:
        assert fit.size in fitting.PRESETS
        assert fit.full_raise >= goal
        assert 0 < fit.raise_at_60 < fit.raise_at_80 < fit.full_raise or goal < 100
        for amount in (fit.unit_minor, fit.full_raise, fit.raise_at_60, fit.raise_at_80):
            assert amount % money.step(currency) == 0
        assert fitting.read(fit.key, currency) == fit


@pytest.mark.parametrize(
    ("model", "unit", "full", "at_60", "at_80"),
    [
        # Half way between 60 % of the money (3,030) and the cheapest 60 tiles (1,830).
        ("ladder", 100, 505_000, 243_000, 364_000),
        ("multiplied", 200, 1_010_000, 486_000, 728_000),
        ("flat", 5_000, 500_000, 300_000, 400_000),
    ],
)
def test_what_a_board_brings_when_some_of_it_is_sold(
    model: str, unit: int, full: int, at_60: int, at_80: int
) -> None:
    fit = fitting.make(1, 100, model, unit, "USD")
    assert (fit.full_raise, fit.raise_at_60, fit.raise_at_80) == (full, at_60, at_80)


def test_several_boards_bring_as_much_as_each_of_them_together() -> None:
    one, four = (fitting.make(n, 31, "ladder", 100, "USD") for n in (1, 4))
    assert four.raise_at_60 == 4 * one.raise_at_60
    assert four.full_raise == 4 * one.full_raise


def test_price_wishes_are_kept() -> None:
    found = fits(750_000, "USD", takers=24, least_tile_minor=500, most_tile_minor=5_000)
    assert found
    assert all(fit.unit_minor >= 500 and fit.dearest_minor <= 5_000 for fit in found)
    assert fits(750_000, "USD", most_tile_minor=1) == []


@pytest.mark.parametrize(
    ("goal", "takers", "field"),
    [(0, None, "goal"), (-1, None, "goal"), (10**12, None, "goal"), (100, 0, "takers"),
     (100, 10**6, "takers")],
)  # fmt: skip
def test_numbers_out_of_range_are_refused(goal: int, takers: int | None, field: str) -> None:
    with pytest.raises(InvalidInput) as why:
        fits(goal, "USD", takers=takers)
    assert why.value.facts["field"] == field


@pytest.mark.parametrize(
    "key",
    ["", "1x100-ladder", "1x99-ladder-100", "0x100-ladder-100", "99x100-ladder-100", "axb-c-d",
     "1x100-bands-100", "1x100-ladder-0", "1x100-ladder--5", "1x100-ladder-999999999999999"],
)  # fmt: skip
def test_a_made_up_proposal_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        fitting.read(key, "USD")


def test_a_fit_is_a_plain_value() -> None:
    assert fitting.read("1x100-ladder-100", "USD") == Fit(
        1, 100, "ladder", 100, 505_000, 243_000, 364_000
    )
