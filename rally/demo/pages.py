"""The demo's team and its fundraisers: the supporter and the organizer have a page and lead it."""

from dataclasses import dataclass

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Address, Person, User
from campaigns import goals, members, teams
from campaigns.models import Campaign, Member, Team
from rally.demo import people

SLUG = "demo-team"
GOAL_MINOR = 50_000
BY = Actor(user=None, door="command")


@dataclass(frozen=True, slots=True)
class Pages:
    """What programs try the API with: the team, and the user whom the demo's tokens act for."""

    team: Team
    member: Member


def ensure(campaign: Campaign) -> Pages:
    """Make what is missing. Nothing was given to them, so the campaign's figures stay."""
    with transaction.atomic():
        team = Team.objects.filter(campaign=campaign, slug=SLUG).first()
        if team is None:
            team = teams.add(
                campaign, {"name": "Demo team", "goal": {"amount_minor": 2 * GOAL_MINOR}}, BY
            )
        found = [_page(campaign, team, login) for login in ("supporter", "organizer")]
        captains = {one.pk for one in found}
        if not captains <= set(team.captains.values_list("pk", flat=True)):
            teams.edit(team, {"captains": sorted(captains)}, BY)
    return Pages(team, found[-1])


def _page(campaign: Campaign, team: Team, login: str) -> Member:
    user = User.objects.get(email=people.email(login))
    member = Member.objects.filter(campaign=campaign, person__user=user).first()
    if member is None:
        member = _fundraiser(campaign, team, user)
    goals.ensure(member)
    return member


def _fundraiser(campaign: Campaign, team: Team, user: User) -> Member:
    member = members.add(
        campaign,
        {
            "first_name": "Demo", "last_name": user.email.partition("@")[0].capitalize(),
            "email": user.email,
            "team_id": team.pk, "goal": {"amount_minor": GOAL_MINOR},
        },
        BY,
    )  # fmt: skip
    Person.objects.filter(pk=member.person_id).update(user=user)
    Address.objects.get_or_create(
        person=member.person,
        defaults={"line_1": "2 Example Street", "city": "Exampleville", "state": "NY",
                  "zip": "00000", "country": "US"},
    )  # fmt: skip
    return member
