"""Teams: started by fundraisers, edited by captains, run by admins. One set of verbs for every
door; `boards.owners` puts them away, for their boards go elsewhere then."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts import audit
from accounts.actors import Actor
from accounts.rights import Forbidden, Right, may
from campaigns import moving, pagetexts, slugs
from campaigns.editing import locked
from campaigns.models import Campaign, Member, Team
from rally.kit.errors import InvalidInput
from rally.kit.retries import retrying

FIELDS: dict[str, Callable[[Any], str]] = {"name": pagetexts.name, "access": pagetexts.access}


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
    `access` and `captains` (keys of members). Raises Forbidden, InvalidInput naming the field.
    """
    runs = may(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    founder = None if runs else _fundraiser(campaign, by)
    values = _checked({"name": None} | dict(changes), runs)

    def work() -> Team:
        row = locked(campaign.pk)
        slug = slugs.within(row, Team, values["name"])
        team = Team.objects.create(campaign=row, slug=slug, **values)
        pagetexts.edit_goal(team, changes.get("goal") or {})
        if founder is not None:
            _join(founder, team)
            team.captains.add(founder)
        elif changes.get("captains") is not None:
            _appoint(team, changes["captains"])
        _record("team.added", team, by)
        return team

    return retrying(work)


def edit(team: Team, changes: Mapping[str, Any], by: Actor) -> Team:
    """Save what changed; the address stays, because it was shared. Who finds the page, and who
    leads the team, is said by who runs the campaign.

    Raises Forbidden, InvalidInput naming the field.
    """
    runs = may(by, Right.RUN_CAMPAIGNS, team.campaign.organization_id, team.campaign_id)
    if not runs and not leads(team, by):
        raise Forbidden
    if not runs and changes.get("captains") is not None:
        raise Forbidden
    values = _checked(changes, runs)

    def work() -> None:
        row = Team.objects.select_for_update(no_key=True, of=("self",)).get(pk=team.pk)
        row.campaign = team.campaign
        differs = [name for name, value in values.items() if getattr(row, name) != value]
        for name in differs:
            setattr(row, name, values[name])
        differs += pagetexts.edit_goal(row, changes.get("goal") or {})
        if changes.get("captains") is not None:
            _appoint(row, changes["captains"])
            differs.append("captains")
        if differs:
            row.save()
            _record("team.edited", row, by, fields=sorted(differs))

    retrying(work)
    campaign = team.campaign
    team.refresh_from_db()
    team.campaign = campaign
    return team


def _checked(changes: Mapping[str, Any], runs: bool) -> dict[str, str]:
    if not runs and "access" in changes:
        raise Forbidden
    return {name: rule(changes[name]) for name, rule in FIELDS.items() if name in changes}


def _fundraiser(campaign: Campaign, by: Actor) -> Member:
    """The actor's own page in the campaign. Raises Forbidden."""
    mine = Member.objects.filter(
        campaign=campaign, person__user=by.user, is_fundraiser=True, archived_at=None
    )
    found = mine.order_by("pk").first() if by.user is not None and by.user.is_active else None
    if found is None:
        raise Forbidden
    return found


def _join(member: Member, team: Team) -> None:
    """Into the team, unless gifts to the member have counted where they are."""
    if not moving.has_gifts(member):
        member.team = team
        member.save(update_fields=["team"])


def _appoint(team: Team, keys: Sequence[int]) -> None:
    """These members, and nobody else, lead the team."""
    found = Member.objects.filter(campaign=team.campaign_id, pk__in=keys, archived_at=None)
    if len(found) != len(set(keys)):
        raise InvalidInput(_("Captains belong to the same campaign."), field="captains")
    team.captains.set(found)


def _record(verb: str, team: Team, by: Actor, **facts: object) -> None:
    audit.record(
        verb, about=team, by=by.user, door=by.door,
        organization_id=team.campaign.organization_id,
        facts={"campaign": team.campaign_id, **facts},
    )  # fmt: skip
