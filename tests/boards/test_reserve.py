"""Reserve: all of the numbers or none, one hold per token, the deadline of the first pick."""

import datetime as dt

import pytest

from boards import faces, phases, reserving, tokens
from boards.errors import BadNumbers, BoardClosed, HoldInPayment, HoldLimit, TilesTaken
from boards.models import Board, BoardChange, Claim, Hold
from boards.states import Phase
from campaigns.models import Campaign
from rally.kit import clock
from tests.factories import make_board, make_campaign, make_hold, make_organization

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def numbers_of(hold: Hold) -> list[int]:
    return list(phases.live_claims(hold).values_list("number", flat=True))


def version(board: Board) -> int:
    return Board.objects.get(pk=board.pk).version


def test_all_numbers_are_held_for_fifteen_minutes_at_their_prices() -> None:
    board = make_board()
    before = clock.database_now()
    hold = make_hold(board, [3, 1])
    assert numbers_of(hold) == [1, 3]
    assert 14 * MINUTE < hold.expires_at - before <= 15 * MINUTE + dt.timedelta(seconds=1)
    prices = phases.live_claims(hold).values_list("price_minor", flat=True)
    assert list(prices) == [100, 300]


def test_one_taken_number_means_none_is_held() -> None:
    board = make_board()
    make_hold(board, [2])
    known = version(board)
    with pytest.raises(TilesTaken) as refused:
        make_hold(board, [1, 2, 3])
    assert refused.value.numbers == [2]
    assert Hold.objects.count() == Claim.objects.count() == 1
    assert version(board) == known


def test_each_change_moves_the_version_and_is_written_down() -> None:
    board = make_board()
    known = version(board)
    hold = make_hold(board, [2, 4])
    change = BoardChange.objects.get(board=board, version=known + 1)
    assert (change.hold, change.numbers) == (hold, [2, 4])
    assert Board.objects.get(pk=board.pk).locked_at is not None


def test_more_numbers_join_the_hold_and_leave_its_deadline_alone() -> None:
    board, token = make_board(), tokens.new()
    first = make_hold(board, [1], token)
    second = make_hold(board, [1, 2], token, now=first.expires_at - MINUTE)
    assert (second.pk, second.expires_at) == (first.pk, first.expires_at)
    assert numbers_of(first) == [1, 2]


def test_own_numbers_alone_extend_ten_times_and_no_more() -> None:
    board, token = make_board(), tokens.new()
    first = make_hold(board, [1, 2], token)
    for round_ in range(1, 11):
        again = make_hold(board, [2], token)
        assert again.expires_at == first.expires_at + round_ * 10 * MINUTE
    with pytest.raises(HoldLimit):
        make_hold(board, [1], token)
    assert Hold.objects.get(pk=first.pk).expires_at == first.expires_at + 100 * MINUTE


def test_a_lapsed_hold_is_nobodys() -> None:
    board = make_board()
    lapsed = make_hold(board, [1, 2])
    later = lapsed.expires_at + MINUTE
    other = make_hold(board, [2, 3], now=later)
    assert numbers_of(other) == [2, 3]
    lapsed.refresh_from_db()
    assert lapsed.phase == Phase.EXPIRED
    assert numbers_of(lapsed) == []


def test_in_its_last_second_a_hold_is_still_its_owners() -> None:
    board = make_board()
    hold = make_hold(board, [1])
    with pytest.raises(TilesTaken):
        make_hold(board, [1], now=hold.expires_at - dt.timedelta(milliseconds=1))
    assert make_hold(board, [1], now=hold.expires_at).pk != hold.pk


def test_a_lapsed_hold_s_token_starts_a_new_hold() -> None:
    board, token = make_board(), tokens.new()
    first = make_hold(board, [1], token)
    second = make_hold(board, [2], token, now=first.expires_at)
    assert second.pk != first.pk
    assert numbers_of(second) == [2]


def test_a_basket_spans_the_boards_of_an_organization() -> None:
    campaign, token = make_campaign(), tokens.new()
    one, two = make_board(campaign=campaign), make_board(campaign=campaign)
    hold = make_hold(one, [1], token)
    assert make_hold(two, [1], token).pk == hold.pk
    assert hold.claims.count() == 2


def test_another_organization_is_another_basket() -> None:
    token = tokens.new()
    one = make_hold(make_board(), [1], token)
    two = make_hold(make_board(campaign=make_campaign(make_organization())), [1], token)
    assert one.pk != two.pk


def test_a_hold_that_is_being_paid_takes_no_more() -> None:
    board, token = make_board(), tokens.new()
    hold = make_hold(board, [1], token)
    phases.start_paying(hold, hold.expires_at)
    with pytest.raises(HoldInPayment):
        make_hold(board, [2], token)


def test_a_hundred_tiles_are_the_most_a_hold_can_have() -> None:
    board, token = make_board(101), tokens.new()
    hold = make_hold(board, range(1, 101), token)
    with pytest.raises(HoldLimit):
        make_hold(board, [101], token)
    assert len(numbers_of(hold)) == 100


def test_a_board_may_allow_fewer_tiles_each() -> None:
    board, token = make_board(most_per_supporter=2), tokens.new()
    with pytest.raises(HoldLimit):
        make_hold(board, [1, 2, 3], token)
    make_hold(board, [1, 2], token)
    with pytest.raises(HoldLimit):
        make_hold(board, [3], token)


@pytest.mark.parametrize("status", ["draft", "paused", "completed", "cancelled"])
def test_only_an_active_campaign_sells(status: str) -> None:
    board = make_board(campaign=make_campaign(status=status))
    with pytest.raises(BoardClosed):
        make_hold(board)
    assert not Hold.objects.exists()


def test_a_frozen_organization_sells_nothing() -> None:
    board = make_board(campaign=make_campaign(make_organization(status="frozen")))
    with pytest.raises(BoardClosed):
        make_hold(board)


def test_the_deadline_closes_a_board_without_anybody_s_help() -> None:
    deadline = clock.database_now() + dt.timedelta(hours=1)
    board = make_board(campaign=make_campaign(deadline=deadline))
    make_hold(board, [1])
    with pytest.raises(BoardClosed):
        make_hold(board, [2], now=deadline)
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("change", [{"is_open": False}, {"layout": 2}])
def test_what_changed_since_the_board_was_looked_at_undoes_the_hold(change: dict) -> None:
    board = make_board()
    face = faces.of(board.pk)
    Board.objects.filter(pk=board.pk).update(**change)
    with pytest.raises(BoardClosed):
        reserving.reserve_on(face, numbers=[1], token=tokens.new())
    assert not Hold.objects.exists()


def test_closing_a_campaign_leaves_running_holds_alone() -> None:
    board = make_board()
    hold = make_hold(board)
    Board.objects.filter(pk=board.pk).update(is_open=False)
    Campaign.objects.filter(pk=board.campaign_id).update(status="completed")
    assert numbers_of(hold) == [1]


@pytest.mark.parametrize(
    "numbers",
    [[], [0], [6], [-1], [1, 1], ["1"], [1.0], [True], [None], list(range(1, 102))],
    ids=lambda numbers: str(numbers)[:20],
)
def test_numbers_nobody_can_hold_are_refused(numbers: list) -> None:
    with pytest.raises(BadNumbers):
        make_hold(make_board(), numbers)
    assert not Hold.objects.exists()
