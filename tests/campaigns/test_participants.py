"""Teams and fundraisers: made, led, changed, put away; and the boards they are given."""

import pytest

from accounts.actors import SYSTEM
from accounts.models import AuditEntry
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from boards import owners
from boards.models import Board
from campaigns import crediting, participants
from campaigns.models import Goal, Member, Team
from campaigns.participants import HasGifts, Newcomer, Page
from rally.kit.errors import InvalidInput
from tests.factories import make_board, make_campaign, make_sale
from tests.organizing import actor

pytestmark = pytest.mark.django_db


def add(campaign, *names: str, **more) -> list[Member]:
    people = [Newcomer(*name.split("|")) for name in names]
    return participants.add_fundraisers(campaign, people, SYSTEM, **more)


def edit(member: Member, **more) -> Member:
    options = {"team": None, "shown_as": "name"} | more
    name = options.pop("name", member.person.name)
    return participants.edit_fundraiser(member, Page(name), SYSTEM, **options)


def test_a_team_has_a_page_and_a_goal() -> None:
    campaign = make_campaign()
    team = participants.create_team(campaign, Page("Red Falcons", 50_000, "We fly."), SYSTEM)
    assert (team.slug, team.goal.amount_minor, team.goal.page_header) == (
        "red-falcons", 50_000, "We fly.",
    )  # fmt: skip
    assert participants.create_team(campaign, Page("Red falcons"), SYSTEM).slug == "red-falcons-2"
    renamed = participants.edit_team(team, Page("Blue Falcons"), [], SYSTEM)
    assert (renamed.name, renamed.name_key, renamed.slug) == (
        "Blue Falcons", "blue falcons", "red-falcons",
    )  # fmt: skip


def test_an_address_carries_no_whole_name() -> None:
    jane, twin, hidden = add(make_campaign(), "Jane Placeholder", "Jane Placeholder", "李雷")
    assert (jane.slug, twin.slug, hidden.slug) == ("jane-p", "jane-p-2", "member")
    assert jane.person != twin.person


def test_who_is_known_by_name_and_e_mail_is_not_made_twice() -> None:
    campaign = make_campaign()
    [first] = add(campaign, "Jane Placeholder|jane@example.com")
    [again] = add(campaign, "jane placeholder|JANE@example.com")
    assert first == again


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "jane@example.com", "x" * 101, "Jane|no"])
def test_one_bad_line_adds_nobody(name: str) -> None:
    campaign = make_campaign()
    with pytest.raises(InvalidInput) as why:
        add(campaign, "Good Placeholder", name)
    assert why.value.facts["field"] == "people"
    assert not Member.objects.exists()


def test_a_fundraiser_with_gifts_keeps_the_team() -> None:
    campaign = make_campaign()
    team = participants.create_team(campaign, Page("Falcons"), SYSTEM)
    [jane] = add(campaign, "Jane Placeholder")
    assert edit(jane, team=team, shown_as="initial").team == team
    board = make_board(campaign=campaign, member=jane, goal=jane.goal)
    make_sale(board, [3])
    with pytest.raises(HasGifts):
        edit(jane, team=None)
    assert edit(jane, team=team, name="Jane Example").person.name == "Jane Example"
    raised = dict(Goal.objects.exclude(kind="series").values_list("kind", "raised_minor"))
    assert raised == {"campaign": 300, "team": 300, "member": 300}


def test_captains_are_of_the_campaign() -> None:
    campaign = make_campaign()
    team = participants.create_team(campaign, Page("Falcons"), SYSTEM)
    [jane], [other] = add(campaign, "Jane Placeholder"), add(make_campaign(), "Joe Placeholder")
    participants.edit_team(team, Page("Falcons"), [jane], SYSTEM)
    assert list(team.captains.all()) == [jane]
    with pytest.raises(InvalidInput):
        participants.edit_team(team, Page("Falcons"), [other], SYSTEM)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.VIEWER])
def test_only_who_runs_campaigns(role: str) -> None:
    campaign = make_campaign()
    by = actor(campaign.organization, role)
    with pytest.raises(Forbidden):
        participants.create_team(campaign, Page("Falcons"), by)
    with pytest.raises(Forbidden):
        participants.add_fundraisers(campaign, [Newcomer("Jane")], by)
    with pytest.raises(Forbidden):
        owners.hand_out(campaign, by)
    assert not Team.objects.exists()


def test_each_fundraiser_is_handed_a_board_of_their_own() -> None:
    campaign = make_campaign()
    boards = [make_board(campaign=campaign, position=n) for n in range(4)]
    bea, ada, cyn = add(campaign, "Bea", "Ada", "Cyn")
    owners.assign_all(campaign, {boards[1]: cyn}, SYSTEM)
    assert owners.hand_out(campaign, SYSTEM) == 2
    found = list(Board.objects.order_by("position").values_list("member", "goal__member"))
    assert found == [(ada.pk,) * 2, (cyn.pk,) * 2, (bea.pk,) * 2, (None,) * 2]
    assert owners.hand_out(campaign, SYSTEM) == 0


def test_what_is_put_away_leaves_its_boards_to_the_campaign() -> None:
    campaign = make_campaign()
    [jane] = add(campaign, "Jane")
    board = make_board(campaign=campaign)
    owners.assign_all(campaign, {board: jane}, SYSTEM)
    make_sale(Board.objects.get(), [3])
    owners.archive(jane, SYSTEM)
    owners.archive(jane, SYSTEM)
    board.refresh_from_db()
    assert (board.member, board.goal) == (None, campaign.goal)
    assert Goal.objects.get(member=jane).raised_minor == 300
    assert AuditEntry.objects.filter(verb="fundraiser.archived").count() == 1
    assert crediting.owner_of(campaign.pk, "m:jane") is None


def test_pages_that_are_not_open_can_not_be_credited() -> None:
    campaign = make_campaign()
    for access in ("public", "delisted", "inactive", "pending"):
        participants.create_team(campaign, Page(access, access=access), SYSTEM)
    assert [one.key for one in crediting.choices(campaign.pk)] == ["t:public"]
    assert crediting.owner_of(campaign.pk, "t:delisted")
    for key in ("t:inactive", "t:pending", "t:nobody", "x:public", "", "t:a\nb"):
        assert crediting.owner_of(campaign.pk, key) is None
    with pytest.raises(InvalidInput):
        crediting.goal_for(campaign.pk, "t:inactive")
    assert crediting.owner_of(make_campaign().pk, "t:public") is None
