"""People in a campaign: added, edited and archived, by who runs it, and edited by themselves."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, people
from accounts.actors import Actor
from accounts.rights import Forbidden, Right, may, require
from campaigns import goals, pagetexts
from campaigns.errors import AlreadyThere, HasGifts
from campaigns.models import Access, Campaign, Donation, Goal, Member, Team
from rally.kit import clock
from rally.kit.errors import InvalidInput

FLAGS = ("external_completed_1", "external_completed_2")


def is_self(member: Member, by: Actor) -> bool:
    """Whether the actor is this person."""
    return by.user is not None and by.user.is_active and member.person.user_id == by.user.pk


def add(campaign: Campaign, changes: Mapping[str, Any], by: Actor) -> Member:
    """A person takes part: as a fundraiser with a page, unless `is_fundraiser` is False.

    `changes` has names of Person and Member, `team_id`, `address` and `goal` (mappings), all
    but the name optional. Somebody who only gave becomes a fundraiser. Raises Forbidden,
    InvalidInput naming the field, and AlreadyThere for somebody who raises money already.
    """
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    with transaction.atomic():
        person = people.found_or_made(campaign.organization, changes)
        member, made = Member.objects.get_or_create(
            campaign=campaign, person=person, defaults={"is_fundraiser": False}
        )
        if not made and (member.is_fundraiser or member.archived_at is not None):
            raise AlreadyThere
        member.campaign, member.person = campaign, person
        member.is_fundraiser = changes.get("is_fundraiser") is not False
        _apply(member, changes)
        audit.record("member.added", about=member, by=by.user, door=by.door,
                     organization_id=campaign.organization_id)  # fmt: skip
    return member


def edit(member: Member, changes: Mapping[str, Any], by: Actor) -> Member:
    """Save what changed. People edit themselves, but don't say whether they raise money.

    Raises Forbidden, InvalidInput naming the field, and HasGifts for moving somebody with
    gifts to another team.
    """
    campaign = member.campaign
    runs = may(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    if not runs and not is_self(member, by):
        raise Forbidden
    given = changes.get("is_fundraiser")
    if not runs and given is not None and given != member.is_fundraiser:
        raise Forbidden
    with transaction.atomic():
        differs = people.edit(member.person, changes)
        if given is not None:
            member.is_fundraiser = given
        differs += _apply(member, changes, public_teams=not runs)
        if differs:
            audit.record("member.edited", about=member, by=by.user, door=by.door,
                         organization_id=campaign.organization_id,
                         facts={"fields": sorted(differs)})  # fmt: skip
    return member


def archive(member: Member, by: Actor) -> None:
    """Take the page down; gifts to it go on counting. Again changes nothing. Raises Forbidden."""
    campaign = member.campaign
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    with transaction.atomic():
        if member.archived_at is None:
            member.archived_at = clock.now()
            member.save(update_fields=["archived_at"])
            audit.record("member.archived", about=member, by=by.user, door=by.door,
                         organization_id=campaign.organization_id)  # fmt: skip


def _apply(
    member: Member, changes: Mapping[str, Any], *, public_teams: bool = False
) -> list[str]:  # fmt: skip
    """What add and edit share; answers the names of what differs."""
    differs = [name for name in FLAGS if changes.get(name) is not None]
    for name in differs:
        setattr(member, name, changes[name])
    if "team_id" in changes and changes["team_id"] != member.team_id:
        _move(member, changes["team_id"], public_teams)
        differs.append("team_id")
    if member.is_fundraiser and not member.slug:
        member.slug = pagetexts.free_slug(member.campaign, Member, member.person.name)
    member.save()
    if changes.get("address") and people.keep_first_address(member.person, changes["address"]):
        differs.append("address")
    if member.is_fundraiser or changes.get("goal"):
        differs += pagetexts.edit_goal(goals.ensure(member), changes.get("goal") or {})
    return differs


def _move(member: Member, team_id: int | None, public_only: bool) -> None:
    """To another team, or out of one, while nothing was given to the member yet.

    Gifts have counted for the old team; who gave meant both. The goal's row is locked, so that
    no gift is begun meanwhile.
    """
    teams = Team.objects.filter(campaign=member.campaign_id, archived_at=None)
    if public_only:
        teams = teams.filter(access=Access.PUBLIC)
    if team_id is not None and not teams.filter(pk=team_id).exists():
        raise InvalidInput(_("There is no such team in this campaign."), field="team_id")
    goal = Goal.objects.select_for_update().filter(member=member.pk).first()
    if goal is not None and Donation.objects.filter(goal=goal).exists():
        raise HasGifts
    member.team_id = team_id
