"""Staff take tiles by the same claim as everybody: never from a supporter."""

import pytest

from boards import phases, reserving
from boards.errors import BadNumbers, TilesTaken
from boards.models import Hold
from boards.states import Kind, Phase
from tests.factories import make_board, make_hold

pytestmark = pytest.mark.django_db


def test_blocked_tiles_are_gone_without_a_deadline() -> None:
    board = make_board()
    hold = reserving.take(board_id=board.pk, numbers=[2, 3], kind=Kind.BLOCK, note="for the mayor")
    assert (hold.kind, hold.phase, hold.expires_at) == (Kind.BLOCK, Phase.SOLD, None)
    with pytest.raises(TilesTaken):
        make_hold(board, [1, 2])


def test_a_supporter_s_tile_can_not_be_taken() -> None:
    board = make_board()
    make_hold(board, [2])
    with pytest.raises(TilesTaken) as refused:
        reserving.take(board_id=board.pk, numbers=[1, 2], kind=Kind.COMP)
    assert refused.value.numbers == [2]
    assert Hold.objects.count() == 1


def test_a_lapsed_hold_is_in_nobodys_way() -> None:
    board = make_board()
    hold = make_hold(board, [2])
    taken = reserving.take(board_id=board.pk, numbers=[2], kind=Kind.COMP, now=hold.expires_at)
    assert phases.live_claims(taken).get().number == 2


def test_numbers_off_the_board_can_not_be_taken() -> None:
    with pytest.raises(BadNumbers):
        reserving.take(board_id=make_board().pk, numbers=[9], kind=Kind.BLOCK)
