"""The demo's team and fundraiser: the supporter's login has a page, and leads a team."""

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
    """What programs try the API with."""

    team: Team
    member: Member


def ensure(campaign: Campaign) -> Pages:
    """Make what is missing. Nothing was given to them, so the campaign's figures stay."""
    user = User.objects.get(email=people.email("supporter"))
    with transaction.atomic():
        team = Team.objects.filter(campaign=campaign, slug=SLUG).first()
        if team is None:
            team = teams.add(
                campaign, {"name": "Demo team", "goal": {"amount_minor": 2 * GOAL_MINOR}}, BY
            )
        member = Member.objects.filter(campaign=campaign, person__user=user).first()
        if member is None:
            member = _fundraiser(campaign, team, user)
            teams.edit(team, {"captains": [member.pk]}, BY)
    goals.ensure(member)
    return Pages(team, member)


def _fundraiser(campaign: Campaign, team: Team, user: User) -> Member:
    member = members.add(
        campaign,
        {
            "first_name": "Demo", "last_name": "Fundraiser", "email": user.email,
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
