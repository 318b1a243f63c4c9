"""Release and expire: only one's own, only while browsing, and time needs no sweep."""

import datetime as dt

import pytest

from boards import holds, phases, tokens
from boards.errors import HoldExpired, HoldNotFound
from boards.models import Claim, Hold
from boards.states import Ended, Phase
from tests.factories import make_board, make_campaign, make_hold, make_organization

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def test_some_numbers_go_and_the_rest_stays_held() -> None:
    board, token = make_board(), tokens.new()
    hold = make_hold(board, [1, 2, 3], token)
    assert holds.release(board_id=board.pk, numbers=[1, 3, 4], token=token) == [1, 3]
    hold.refresh_from_db()
    assert hold.phase == Phase.BROWSING
    assert [claim.number for claim in phases.live_claims(hold)] == [2]


def test_the_last_number_ends_the_hold() -> None:
    board, token = make_board(), tokens.new()
    hold = make_hold(board, [1], token)
    holds.release(board_id=board.pk, numbers=[1], token=token)
    hold.refresh_from_db()
    assert hold.phase == Phase.RELEASED
    assert hold.claims.get().ended == Ended.RELEASED
    make_hold(board, [1])


def test_another_s_token_releases_nothing_and_learns_nothing() -> None:
    board = make_board()
    make_hold(board, [1])
    stranger = tokens.new()
    assert holds.release(board_id=board.pk, numbers=[1], token=stranger) == []
    make_hold(board, [2], stranger)
    assert holds.release(board_id=board.pk, numbers=[1, 2], token=stranger) == [2]
    assert Claim.objects.filter(ended_at=None).count() == 1


def test_a_release_names_one_board_of_the_basket() -> None:
    campaign, token = make_campaign(), tokens.new()
    one, two = make_board(campaign=campaign), make_board(campaign=campaign)
    hold = make_hold(one, [1], token)
    make_hold(two, [1], token)
    assert holds.release(board_id=two.pk, numbers=[1], token=token) == [1]
    assert phases.live_claims(hold).get().board == one


@pytest.mark.parametrize("phase", [Phase.PAYING, Phase.PROCESSING, Phase.SOLD])
def test_a_hold_that_is_being_paid_keeps_its_tiles(phase: Phase) -> None:
    board, token = make_board(), tokens.new()
    hold = make_hold(board, [1], token)
    Hold.objects.filter(pk=hold.pk).update(phase=phase)
    assert holds.release(board_id=board.pk, numbers=[1], token=token) == []
    assert phases.live_claims(hold).exists()


def test_nothing_is_released_that_has_lapsed_already() -> None:
    board, token = make_board(), tokens.new()
    hold = make_hold(board, [1], token)
    late = hold.expires_at
    assert holds.release(board_id=board.pk, numbers=[1], token=token, now=late) == []
    hold.refresh_from_db()
    assert hold.phase == Phase.EXPIRED


def test_a_lapsed_hold_can_not_be_extended() -> None:
    hold = make_hold(make_board())
    with pytest.raises(HoldExpired):
        holds.extend(hold_id=hold.pk, now=hold.expires_at)


def test_the_sweep_ends_what_has_lapsed_and_nothing_else() -> None:
    board = make_board()
    lapsed, paying = make_hold(board, [1]), make_hold(board, [2])
    phases.start_paying(paying, paying.expires_at)
    later = lapsed.expires_at + SECOND
    fresh = make_hold(board, [3], now=later)
    assert holds.expire_due(now=later) == 1
    assert holds.expire_due(now=later) == 0
    phases_now = {hold.pk: hold.phase for hold in Hold.objects.all()}
    assert phases_now == {lapsed.pk: "expired", paying.pk: "paying", fresh.pk: "browsing"}


def test_a_sandbox_lapses_by_its_own_clock() -> None:
    ahead = make_organization(clock_offset_s=0)
    board, usual = make_board(campaign=make_campaign(ahead)), make_board()
    hold, other = make_hold(board), make_hold(usual)
    ahead.clock_offset_s = 960
    ahead.save()
    assert holds.has_lapsed(Hold.objects.get(pk=hold.pk))
    assert holds.expire_due() == 1
    other.refresh_from_db()
    assert other.phase == Phase.BROWSING


def test_the_current_hold_of_a_token_is_a_live_one() -> None:
    board, token = make_board(), tokens.new()
    where = {"organization_id": board.campaign.organization_id, "currency": "USD"}
    assert holds.current(token=token, **where) is None
    hold = make_hold(board, [1], token)
    assert holds.current(token=token, **where) == hold
    assert holds.current(token=token, now=hold.expires_at, **where) is None


def test_an_unknown_reference_names_no_hold() -> None:
    hold = make_hold(make_board())
    assert holds.by_reference(hold.reference) == hold
    with pytest.raises(HoldNotFound):
        holds.by_reference("nobody")
