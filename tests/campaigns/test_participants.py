"""Teams and fundraisers: made, led, changed, put away; and the boards they are given."""

import pytest

from accounts.actors import SYSTEM
from accounts.models import AuditEntry
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from boards import owners
from boards.models import Board
from campaigns import crediting, members, teams
from campaigns.errors import AlreadyThere, HasGifts
from campaigns.members import Newcomer
from campaigns.models import Goal, Member, Team
from rally.dispatch import outbox
from rally.kit.errors import InvalidInput
from tests.factories import make_board, make_campaign, make_sale
from tests.organizing import actor

pytestmark = pytest.mark.django_db


def add(campaign, *names: str, **more) -> list[Member]:
    people = [Newcomer(*name.split("|")) for name in names]
    return members.add_all(campaign, people, SYSTEM, **more)


def edit(member: Member, **more) -> Member:
    name, mail = more.pop("name", member.person.name), more.pop("mail", False)
    return members.edit(member, members.named(name) | more, SYSTEM, mail=mail)


def make_team(campaign, name: str = "Falcons", **more) -> Team:
    return teams.add(campaign, {"name": name, **more}, SYSTEM)


def test_a_team_has_a_page_and_a_goal() -> None:
    campaign = make_campaign()
    team = make_team(
        campaign, "Red Falcons", goal={"amount_minor": 50_000, "page_header": "We fly."}
    )
    assert (team.slug, team.goal.amount_minor, team.goal.page_header) == (
        "red-falcons", 50_000, "We fly.",
    )  # fmt: skip
    assert make_team(campaign, "Red falcons").slug == "red-falcons-2"
    renamed = teams.edit(team, {"name": "Blue Falcons", "captains": []}, SYSTEM)
    assert (renamed.name, renamed.name_key, renamed.slug) == (
        "Blue Falcons", "blue falcons", "red-falcons",
    )  # fmt: skip


def test_an_address_carries_no_whole_name() -> None:
    jane, twin, hidden = add(make_campaign(), "Jane Placeholder", "Jane Placeholder", "李雷")
    assert (jane.slug, twin.slug, hidden.slug) == ("jane-p", "jane-p-2", "member")
    assert jane.person != twin.person


def test_who_gets_a_page_is_mailed_its_link_once(mailoutbox) -> None:
    campaign = make_campaign(status="draft")
    names = ("Jane Placeholder|jane@example.com", "No Address")
    jane, silent = add(campaign, *names)
    add(campaign, *names)
    outbox.drain()
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (["jane@example.com"], f"Your page for {campaign.title}")
    assert "/organize/pages/" in mail.body and "sign up, with jane@example.com" in mail.body
    assert "once the campaign is live: http" in mail.body
    assert f"/c/{campaign.slug}/m/{jane.slug}/" in mail.body
    # Programs write to those they add; a corrected address is told, other changes aren't.
    members.add(campaign, members.named("By Program") | {"email": "program@example.com"}, SYSTEM)
    edit(silent, email="late@example.com", mail=True)
    edit(silent, goal={"page_header": "I run."}, mail=True)
    outbox.drain()
    assert [mail.to for mail in mailoutbox[1:]] == [["late@example.com"]]


def test_a_page_put_away_before_the_mail_went_is_not_told_of(mailoutbox) -> None:
    [jane] = add(make_campaign(), "Jane Placeholder|jane@example.com")
    owners.archive(jane, SYSTEM)
    outbox.drain()
    assert mailoutbox == []


def test_who_is_known_by_name_and_e_mail_is_not_made_twice() -> None:
    campaign = make_campaign()
    [first] = add(campaign, "Jane Placeholder|jane@example.com")
    [again] = add(campaign, "jane placeholder|JANE@example.com")
    assert first == again
    with pytest.raises(AlreadyThere):
        members.add(campaign, {"first_name": "Jane", "last_name": "Placeholder",
                               "email": "jane@example.com"}, SYSTEM)  # fmt: skip


def test_what_was_put_away_comes_back_as_it_was() -> None:
    campaign = make_campaign()
    [jane] = add(campaign, "Jane Placeholder|jane@example.com")
    owners.archive(jane, SYSTEM)
    [back] = add(campaign, "Jane Placeholder|jane@example.com")
    assert (back.pk, back.slug) == (jane.pk, jane.slug)
    assert crediting.owner_of(campaign.pk, f"m:{jane.slug}") == back


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "jane@example.com", "x" * 101, "Jane|no"])
def test_one_bad_line_adds_nobody(name: str) -> None:
    campaign = make_campaign()
    with pytest.raises(InvalidInput) as why:
        add(campaign, "Good Placeholder", name)
    assert why.value.facts["field"] == "people"
    assert not Member.objects.exists()


def test_a_fundraiser_with_gifts_keeps_the_team() -> None:
    campaign = make_campaign()
    team = make_team(campaign)
    [jane] = add(campaign, "Jane Placeholder")
    assert edit(jane, team_id=team.pk, shown_as="initial").team == team
    board = make_board(campaign=campaign, member=jane, goal=jane.goal)
    make_sale(board, [3])
    with pytest.raises(HasGifts):
        edit(jane, team_id=None)
    assert edit(jane, team_id=team.pk, name="Jane Example").person.name == "Jane Example"
    raised = dict(Goal.objects.exclude(kind="series").values_list("kind", "raised_minor"))
    assert raised == {"campaign": 300, "team": 300, "member": 300}


def test_captains_are_of_the_campaign() -> None:
    campaign = make_campaign()
    team = make_team(campaign)
    [jane], [other] = add(campaign, "Jane Placeholder"), add(make_campaign(), "Joe Placeholder")
    teams.edit(team, {"captains": [jane.pk]}, SYSTEM)
    assert list(team.captains.all()) == [jane]
    with pytest.raises(InvalidInput):
        teams.edit(team, {"captains": [other.pk]}, SYSTEM)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.VIEWER])
def test_only_who_runs_campaigns(role: str) -> None:
    campaign = make_campaign()
    by = actor(campaign.organization, role)
    with pytest.raises(Forbidden):
        teams.add(campaign, {"name": "Falcons"}, by)
    with pytest.raises(Forbidden):
        members.add_all(campaign, [Newcomer("Jane")], by)
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
    assert AuditEntry.objects.filter(verb="member.archived").count() == 1
    assert crediting.owner_of(campaign.pk, "m:jane") is None


def test_pages_that_are_not_open_can_not_be_credited() -> None:
    campaign = make_campaign()
    for access in ("public", "delisted", "inactive", "pending"):
        make_team(campaign, access, access=access)
    assert [one.key for one in crediting.choices(campaign.pk)] == ["t:public"]
    assert crediting.owner_of(campaign.pk, "t:delisted")
    for key in ("t:inactive", "t:pending", "t:nobody", "x:public", "", "t:a\nb"):
        assert crediting.owner_of(campaign.pk, key) is None
    with pytest.raises(InvalidInput):
        crediting.goal_for(campaign.pk, "t:inactive")
    assert crediting.owner_of(make_campaign().pk, "t:public") is None
