"""What tiles cost."""

import pytest

from boards import layout
from boards.building import build
from boards.models import Board, Tile
from rally.kit import money
from tests.factories import make_board, make_campaign


@pytest.mark.parametrize(
    ("model", "unit", "bands", "expected"),
    [
        ("ladder", 100, [], {3: 300, 4: 400, 5: 500}),
        ("multiplied", 250, [], {3: 750, 4: 1000, 5: 1250}),
        ("flat", 2500, [], {3: 2500, 4: 2500, 5: 2500}),
        (
            "bands", 1,
            [{"from": 1, "to": 3, "priceMinor": 500}, {"from": 4, "to": 9, "priceMinor": 900}],
            {3: 500, 4: 900, 5: 900},
        ),
    ],
)  # fmt: skip
def test_each_model_prices_every_number(
    model: str, unit: int, bands: list, expected: dict[int, int]
) -> None:
    assert dict(layout.prices(model=model, first=3, last=5, unit_minor=unit, bands=bands)) == (
        expected
    )


@pytest.mark.parametrize(
    ("currency", "raised"),
    [("USD", 505_000), ("JPY", 505_000), ("KWD", 5_050_000), ("ISK", 505_000), ("UGX", 505_000)],
)
def test_a_full_board_of_one_to_a_hundred_raises_5050_whole_units(
    currency: str, raised: int
) -> None:
    unit = money.whole_unit(currency)
    priced = layout.prices(model="ladder", first=1, last=100, unit_minor=unit)
    assert layout.full_raise(priced) == raised


@pytest.mark.django_db
def test_a_number_without_a_price_leaves_no_board_behind() -> None:
    campaign = make_campaign()
    board = Board(
        campaign=campaign, goal=campaign.goal, title="Gap", currency="USD", max_num=3,
        price_model="bands", bands=[{"from": 1, "to": 2, "priceMinor": 500}],
    )  # fmt: skip
    with pytest.raises(ValueError, match="tile 3"):
        build(board)
    assert not Board.objects.exists()


@pytest.mark.django_db
def test_ten_thousand_tiles_are_laid_out() -> None:
    board = make_board(10_000)
    assert Tile.objects.filter(board=board).count() == 10_000
    assert Tile.objects.get(board=board, number=7342).price_minor == 734_200
