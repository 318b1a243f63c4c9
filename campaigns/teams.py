"""Teams: started by fundraisers, edited by captains, run by admins."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actors import Actor
from accounts.people import line
from accounts.rights import Forbidden, Right, may, require
from campaigns import goals, pagetexts
from campaigns.models import Campaign, Donation, Goal, Member, Team
from rally.kit import clock, text
from rally.kit.errors import InvalidInput

_name = line("name", 120)


def leads(team: Team, by: Actor) -> bool:
    """Whether the actor is a captain of the team."""
    return (
        by.user is not None
        and by.user.is_active
        and team.captains.filter(person__user=by.user, archived_at=None).exists()
    )


def add(campaign: Campaign, changes: Mapping[str, Any], by: Actor) -> Team:
    """A new team. A fundraiser who starts one leads it, and belongs to it unless gifts count
    for where they are.

    `changes` has `name`, and may have `goal` (a mapping) and, for who runs the campaign,
    `captains` (keys of members). Raises Forbidden, InvalidInput naming the field.
    """
    runs = may(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    founder = None if runs else _fundraiser(campaign, by)
    with transaction.atomic():
        team = Team(campaign=campaign, name=_checked(changes.get("name")))
        team.slug = pagetexts.free_slug(campaign, Team, team.name)
        team.save()
        pagetexts.edit_goal(goals.ensure(team), changes.get("goal") or {})
        if founder is not None:
            _join(founder, team)
            team.captains.add(founder)
        elif changes.get("captains") is not None:
            _appoint(team, changes["captains"])
        _record("team.added", team, by)
    return team


def edit(team: Team, changes: Mapping[str, Any], by: Actor) -> Team:
    """Save what changed. Captains are named by who runs the campaign.

    Raises Forbidden, InvalidInput naming the field.
    """
    runs = may(by, Right.RUN_CAMPAIGNS, team.campaign.organization_id, team.campaign_id)
    if not runs and not leads(team, by):
        raise Forbidden
    with transaction.atomic():
        differs = pagetexts.edit_goal(goals.ensure(team), changes.get("goal") or {})
        if "name" in changes and _checked(changes["name"]) != team.name:
            team.name = _checked(changes["name"])
            differs.append("name")
        if changes.get("captains") is not None:
            if not runs:
                raise Forbidden
            _appoint(team, changes["captains"])
            differs.append("captains")
        if differs:
            team.save()
            _record("team.edited", team, by, fields=sorted(differs))
    return team


def archive(team: Team, by: Actor) -> None:
    """Take the page down; gifts to it go on counting. Again changes nothing. Raises Forbidden."""
    require(by, Right.RUN_CAMPAIGNS, team.campaign.organization_id, team.campaign_id)
    with transaction.atomic():
        if team.archived_at is None:
            team.archived_at = clock.now()
            team.save(update_fields=["archived_at"])
            _record("team.archived", team, by)


def _checked(value: str | None) -> str:
    name = _name(value or "")
    if not text.is_visible(name):
        raise InvalidInput(_("Please give the team a name."), field="name")
    return name


def _fundraiser(campaign: Campaign, by: Actor) -> Member:
    """The actor's own page in the campaign. Raises Forbidden."""
    mine = Member.objects.filter(
        campaign=campaign, person__user=by.user, is_fundraiser=True, archived_at=None
    )
    found = mine.order_by("pk").first() if by.user is not None else None
    if found is None:
        raise Forbidden
    return found


def _join(member: Member, team: Team) -> None:
    """Into the team, unless gifts to the member have counted where they are.

    The goal's row is locked, so that no gift is begun meanwhile.
    """
    goal = Goal.objects.select_for_update().filter(member=member.pk).first()
    if goal is not None and Donation.objects.filter(goal=goal).exists():
        return
    member.team = team
    member.save(update_fields=["team"])


def _appoint(team: Team, keys: Sequence[int]) -> None:
    """These members, and nobody else, lead the team."""
    found = Member.objects.filter(campaign=team.campaign_id, pk__in=keys, archived_at=None)
    if len(found) != len(set(keys)):
        raise InvalidInput(_("A captain isn't a user of this campaign."), field="captains")
    team.captains.set(found)


def _record(verb: str, team: Team, by: Actor, **facts: object) -> None:
    audit.record(
        verb, about=team, by=by.user, door=by.door,
        organization_id=team.campaign.organization_id, facts=dict(facts),
    )  # fmt: skip
