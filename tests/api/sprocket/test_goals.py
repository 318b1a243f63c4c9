"""What lists tell of goals: the newest gifts to them, and the order of what they lack."""

import datetime as dt

import pytest

from accounts.actors import SYSTEM
from campaigns import teams
from campaigns.models import Donation, Team
from rally.kit import clock
from tests.api.sprocket.world import Wire, World, fundraiser, give


def test_teams_have_their_own_and_their_members_newest_gifts(world: World, wire: Wire) -> None:
    campaign = world.campaign
    one = teams.add(campaign, {"name": "One"}, SYSTEM)
    two = teams.add(campaign, {"name": "Two", "goal": {"amount_minor": 1000}}, SYSTEM)
    alone = teams.add(campaign, {"name": "Nobody", "goal": {"amount_minor": 1000}}, SYSTEM)
    goal = {"amount_minor": 500}
    mine = fundraiser(campaign, "Kim", team_id=two.pk, goal=goal)
    moved = fundraiser(campaign, "Lou", team_id=world.team.pk, goal=goal)
    for cents in range(100, 900, 100):
        give(campaign, two.goal, cents), give(campaign, mine.goal, cents + 1)
        give(campaign, moved.goal, cents + 2)
    moved.team_id = two.pk
    moved.save()
    # Some at the same moment: then the later one is the newer.
    gifts = Donation.objects.filter(campaign=campaign)
    for gift in gifts.order_by("pk"):
        gift.paid_at = clock.now() - dt.timedelta(hours=gift.pk % 5)
        gift.save()
    Donation.objects.filter(amount_minor=802).update(status=Donation.Status.VOID)
    confirmed = gifts.filter(status="confirmed").select_related("goal__member")
    found = wire.get(f"admin/campaigns/{campaign.pk}/teams", query="limit=100")["Teams"]
    assert {one.pk, two.pk, alone.pk, world.team.pk} == {team["Id"] for team in found}
    for team in found:
        its = [
            gift
            for gift in confirmed
            if team["Id"] in (gift.goal.team_id, gift.goal.member and gift.goal.member.team_id)
        ]
        its.sort(key=lambda gift: (gift.paid_at, gift.pk), reverse=True)
        goal_of = team["Fundraising_Goal"] or {"Displayed_Donation_Infos": []}
        told = goal_of["Displayed_Donation_Infos"]
        assert [info["Id"] for info in told] == [gift.pk for gift in its[:10]]
        assert len(told) == {two.pk: 10, world.team.pk: 3}.get(team["Id"], 0)


@pytest.mark.parametrize("down", [False, True])
def test_what_is_missing_sorts_as_it_is_shown(down: bool, world: World, wire: Wire) -> None:
    for raised, aimed in ((0, 100), (50, 200), (300, 200), (200, 200), (1, 101)):
        team = teams.add(world.campaign, {"name": f"T{raised}", "goal": {"amount_minor": aimed}},
                         SYSTEM)  # fmt: skip
        if raised:
            give(world.campaign, team.goal, raised)
    bare = Team.objects.create(campaign=world.campaign, name="Bare", slug="bare")
    path, sign = f"admin/campaigns/{world.campaign.pk}/teams", "-" if down else ""
    found = wire.get(path, query=f"sort={sign}team.amount_to_goal&limit=100")["Teams"]
    assert found[-1]["Id"] == bare.pk, "nothing to miss comes last, both ways"
    missing = [(one["Fundraising_Goal"]["Amount_To_Goal"], one["Id"]) for one in found[:-1]]
    assert missing == sorted(missing, key=lambda pair: (-pair[0] if down else pair[0], pair[1]))
    assert {0, 1, 1.5} <= {amount for amount, _key in missing}
