"""Each protection against double sales, taken away: the double sale must appear.

The third twin, without the hold lock, is in `test_paying`.
"""

import pytest

from tests.factories import make_board
from tests.races.crew import Crew
from tests.races.test_reserve import wishes
from tests.races.world import live_twice

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("races"),
]


def test_twin_without_the_row_count_two_are_told_that_a_tile_is_theirs(crew: Crew, tell) -> None:
    board = make_board(20)
    race = crew.play("reserve", wishes(board, 80, seed=1), without="count")
    assert race.errors == []
    assert live_twice() == [], "the index still stands"
    doubled = race.doubled()
    assert doubled, "the race must be able to fail"
    tell(double_sales_without_the_row_count=len(doubled))


def test_twin_without_the_index_a_tile_is_claimed_twice(
    crew: Crew, without_index: None, tell
) -> None:
    board = make_board(20)
    crew.play("reserve", wishes(board, 80, seed=2), without="index")
    doubled = live_twice()
    assert doubled, "the race must be able to fail"
    tell(double_sales_without_the_index=len(doubled))


@pytest.mark.postgresql
def test_twin_with_a_look_instead_of_the_index_a_tile_is_claimed_twice(
    crew: Crew, without_index: None, tell
) -> None:
    """On SQLite a look would do: there is one writer at a time."""
    doubled: list[int] = []
    for seed in range(5):
        race = crew.play("reserve", wishes(make_board(5), 80, seed), without="index, with a look")
        assert race.wins
        doubled = live_twice()
        if doubled:
            break
    assert doubled, "the race must be able to fail"
    tell(double_sales_with_a_look_instead_of_the_index=len(doubled))
