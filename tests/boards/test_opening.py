"""The life of a campaign, and how its boards follow."""

import datetime as dt

import pytest

from accounts.actors import SYSTEM, Actor
from accounts.models import AuditEntry, OutboxEvent
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from boards import building, holds, opening, phases
from boards.errors import BoardClosed
from boards.models import Board, BoardChange
from campaigns import lifecycle
from campaigns.errors import NotReady, WrongStatus
from campaigns.models import Campaign
from rally.kit import clock
from rally.kit.errors import InvalidInput
from tests.factories import make_board, make_campaign, make_hold
from tests.organizing import actor

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def _in(days: float) -> dt.datetime:
    return clock.now() + dt.timedelta(days=days)


@pytest.fixture
def board() -> Board:
    campaign = make_campaign(status="draft", deadline=_in(30), summary="For boats.")
    return make_board(campaign=campaign)


@pytest.fixture
def owner(board: Board) -> Actor:
    return actor(board.campaign.organization)


def is_open(board: Board) -> bool:
    return Board.objects.get(pk=board.pk).is_open


def test_publish_pause_resume_complete(board: Board, owner: Actor) -> None:
    campaign = board.campaign
    steps = [
        (opening.publish, "active", True), (opening.pause, "paused", False),
        (opening.resume, "active", True), (opening.complete, "completed", False),
    ]  # fmt: skip
    for verb, status, opened in steps:
        verb(campaign, owner)
        assert (campaign.status, is_open(board)) == (status, opened)
    assert campaign.published_at and campaign.closed_at
    told = OutboxEvent.objects.filter(kind="campaign.updated").count()
    assert told == AuditEntry.objects.filter(verb__startswith="campaign.").count() >= 4
    assert Board.objects.get(pk=board.pk).version == BoardChange.objects.count()


def test_a_move_twice_changes_nothing(board: Board, owner: Actor) -> None:
    opening.publish(board.campaign, owner)
    version = Board.objects.get(pk=board.pk).version
    opening.publish(board.campaign, owner)
    assert Board.objects.get(pk=board.pk).version == version


@pytest.mark.parametrize("status", Campaign.Status.values)
@pytest.mark.parametrize("move", ["publish", "pause", "resume", "complete"])
def test_only_the_drawn_moves_happen(board: Board, owner: Actor, status: str, move: str) -> None:
    Campaign.objects.filter(pk=board.campaign_id).update(status=status)
    board.campaign.refresh_from_db()
    sources, target = lifecycle.MOVES[move]
    verb = getattr(opening, move)
    if status in sources or status == target:
        verb(board.campaign, owner)
        assert board.campaign.status == target
    else:
        with pytest.raises(WrongStatus):
            verb(board.campaign, owner)
        assert board.campaign.status == status


def test_what_isn_t_ready_isn_t_published(owner: Actor, board: Board) -> None:
    campaign = make_campaign(board.campaign.organization, status="draft")
    with pytest.raises(NotReady) as why:
        opening.publish(campaign, owner)
    assert why.value.facts["open"] == ["why", "deadline", "board"]


def test_a_live_organization_must_be_verified(board: Board, owner: Actor) -> None:
    organization = board.campaign.organization
    organization.livemode, organization.status = True, "pending"
    organization.save()
    with pytest.raises(NotReady):
        opening.publish(board.campaign, owner)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR])
def test_others_can_t(board: Board, role: str) -> None:
    other = actor(board.campaign.organization, role)
    for verb in (opening.publish, opening.pause, opening.resume, opening.complete):
        with pytest.raises(Forbidden):
            verb(board.campaign, other)
    with pytest.raises(Forbidden):
        opening.extend(board.campaign, _in(90), other)


def test_a_scheduled_campaign_opens_by_itself(board: Board, owner: Actor) -> None:
    campaign = board.campaign
    opening.schedule(campaign, _in(1), owner)
    assert opening.open_due() == 0
    assert opening.open_due(now=_in(1.1)) == 1
    campaign.refresh_from_db()
    assert (campaign.status, is_open(board)) == ("active", True)
    assert opening.open_due(now=_in(1.1)) == 0


def test_one_that_isn_t_ready_any_more_stays_a_draft(board: Board, owner: Actor) -> None:
    opening.schedule(board.campaign, _in(1), owner)
    Campaign.objects.filter(pk=board.campaign_id).update(summary="")
    assert opening.open_due(now=_in(2)) == 0
    board.campaign.refresh_from_db()
    assert (board.campaign.status, board.campaign.opens_at) == ("draft", None)


@pytest.mark.parametrize("days", [-1, 31])
def test_it_opens_between_now_and_its_last_day(board: Board, owner: Actor, days: int) -> None:
    with pytest.raises(InvalidInput) as why:
        opening.schedule(board.campaign, _in(days), owner)
    assert why.value.facts["field"] == "opens_at"


def test_extending_moves_the_boards_along(board: Board, owner: Actor) -> None:
    opening.publish(board.campaign, owner)
    later = _in(60)
    opening.extend(board.campaign, later, owner)
    assert Board.objects.get(pk=board.pk).closes_at == later
    for bad in (_in(59), _in(-1), _in(4000)):
        with pytest.raises(InvalidInput):
            opening.extend(board.campaign, bad, owner)


def test_it_completes_once_nobody_is_paying(board: Board, owner: Actor) -> None:
    campaign = board.campaign
    opening.publish(campaign, owner)
    board.refresh_from_db()
    hold = holds.locked(make_hold(board, [3]).pk)
    phases.start_paying(hold, _in(1))
    past = campaign.deadline + HOUR
    assert opening.complete_due(now=past) == 0
    campaign.refresh_from_db()
    assert campaign.status == "active"
    phases.sell(hold, {claim.pk for claim in phases.live_claims(hold)})
    assert opening.complete_due(now=past) == 1
    campaign.refresh_from_db()
    assert (campaign.status, is_open(board)) == ("completed", False)


def test_closing_now_turns_new_picks_away_and_waits_for_the_bank(
    board: Board, owner: Actor
) -> None:
    opening.publish(board.campaign, owner)
    board.refresh_from_db()
    hold = holds.locked(make_hold(board, [3]).pk)
    phases.start_paying(hold, _in(1))
    assert opening.complete(board.campaign, owner) is False
    assert board.campaign.status == "active"
    with pytest.raises(BoardClosed):
        make_hold(board, [4])
    phases.sell(hold, {claim.pk for claim in phases.live_claims(hold)})
    assert opening.complete_due() == 1


def test_a_draft_can_be_thrown_away(board: Board, owner: Actor) -> None:
    opening.discard(board.campaign, owner)
    assert board.campaign.archived_at
    opening_again = make_campaign(board.campaign.organization)
    with pytest.raises(WrongStatus):
        opening.discard(opening_again, owner)


def test_boards_follow_in_id_order_with_their_changes(board: Board) -> None:
    boards = [make_board(campaign=board.campaign) for _ in range(3)]
    before = BoardChange.objects.count()
    building.follow_campaign(board.campaign)
    assert BoardChange.objects.count() == before + 4
    for one in (board, *boards):
        one.refresh_from_db()
        assert one.changes.count() == one.version


def test_tasks_may_do_it(board: Board) -> None:
    opening.publish(board.campaign, SYSTEM)
    assert board.campaign.status == "active"
