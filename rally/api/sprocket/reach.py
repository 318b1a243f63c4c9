"""What a caller can get at. What one may not see isn't there: 404, whatever the reason."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts import rights
from accounts.models import Organization
from accounts.rights import Right
from campaigns.models import Access, Campaign, Member, Series, Team
from rally.api.sprocket import asking, errors, rows
from rally.api.sprocket.auth import Caller
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.fields import PUBLIC, Level, Sight

Row = TypeVar("Row", bound=Model)


def one(found: QuerySet[Row], pk: int) -> Row:
    """The row with this key. Raises Refusal 30001."""
    row = found.filter(pk=pk).first() if pk <= asking.BIGGEST_INT else None
    if row is None:
        raise Refusal(errors.NOT_FOUND)
    return row


@dataclass(frozen=True, slots=True)
class Place:
    """A campaign as this caller reached it, and what they may read there."""

    campaign: Campaign
    sight: Sight
    caller: Caller

    @property
    def is_admin(self) -> bool:
        """Whether it was reached as an admin of it."""
        return self.sight.sees(Level.ADMIN)


def visible(caller: Caller) -> QuerySet[Campaign]:
    """Campaigns everybody finds, and those the token's user takes part in."""
    everybody = rows.public_campaigns()
    if caller.user_id is None:
        return everybody
    mine = Member.objects.filter(
        campaign=OuterRef("pk"), person__user=caller.user_id, archived_at=None
    )
    own = Q(Exists(mine), organization=caller.organization_id, status__in=Campaign.PUBLIC)
    listed = Q(status__in=Campaign.PUBLIC, unlisted=False, **rows.LIVE)
    return rows.campaigns().filter(own | listed)


def campaign(caller: Caller, pk: int) -> Place:
    """A campaign by the public door."""
    found = one(visible(caller).select_related("organization"), pk)
    return Place(found, PUBLIC, caller)


def administered(caller: Caller, pk: int) -> Place:
    """A campaign that the token's user runs, within the token's organization.

    Raises 30001, or 10005 for a campaign that everybody can see anyway.
    """
    actor, organization_id = caller.actor, caller.organization_id or 0
    here = rows.campaigns().filter(organization=organization_id).select_related("organization")
    found = here.filter(pk=pk).first() if pk <= asking.BIGGEST_INT else None
    if found is None or not rights.may(actor, Right.RUN_CAMPAIGNS, organization_id, found.pk):
        one(visible(caller), pk)
        raise Refusal(errors.NO_RIGHT)
    levels = {Level.OWN, Level.ADMIN}
    shows = found.donor_contact_visible
    if rights.may_see_contacts(actor, organization_id, found.pk, shows):
        levels.add(Level.CONTACTS)
    return Place(found, Sight(frozenset(levels)), caller)


def administered_campaigns(caller: Caller) -> QuerySet[Campaign]:
    """All campaigns that the token's user runs, within the token's organization."""
    here = rows.campaigns().filter(organization=caller.organization_id)
    if rights.standing(caller.actor, caller.organization_id or 0).unlimited:
        return here
    return rights.seen(caller.actor, here, Right.RUN_CAMPAIGNS)


def is_self(place: Place, member: Member) -> bool:
    """Whether the token acts for this very person."""
    caller = place.caller
    return (
        caller.user_id is not None
        and member.person.user_id == caller.user_id
        and place.campaign.organization_id == caller.organization_id
    )


def leads(place: Place, team: Team) -> bool:
    """Whether the token acts for a captain of this team."""
    caller = place.caller
    return (
        caller.user_id is not None
        and place.campaign.organization_id == caller.organization_id
        and team.captains.filter(person__user=caller.user_id, archived_at=None).exists()
    )


def member(place: Place, pk: int) -> Member:
    """A user of the campaign: a public one, oneself, or for admins any."""
    everybody = Member.objects.filter(campaign=place.campaign, archived_at=None)
    found = one(everybody.select_related("person", "goal", "team"), pk)
    public = found.is_fundraiser and found.access == Access.PUBLIC
    if not (public or place.is_admin or is_self(place, found)):
        raise Refusal(errors.NOT_FOUND)
    found.campaign = place.campaign
    return found


def own_member(place: Place, pk: int) -> Member:
    """Oneself; for admins anybody. Raises 30001 and 10005."""
    found = member(place, pk)
    if not (place.is_admin or is_self(place, found)):
        raise Refusal(errors.NO_RIGHT)
    return found


def team(place: Place, pk: int) -> Team:
    """A team of the campaign: a public one, one's own, or for admins any."""
    everybody = Team.objects.filter(campaign=place.campaign, archived_at=None)
    found = one(everybody.select_related("goal"), pk)
    if not (found.access == Access.PUBLIC or place.is_admin or leads(place, found)):
        raise Refusal(errors.NOT_FOUND)
    found.campaign = place.campaign
    return found


def own_team(place: Place, pk: int) -> Team:
    """A team one leads; for admins any. Raises 30001 and 10005."""
    found = team(place, pk)
    if not (place.is_admin or leads(place, found)):
        raise Refusal(errors.NO_RIGHT)
    return found


def sight_of_self(place: Place) -> Sight:
    """What one may read of oneself."""
    if place.is_admin:
        return place.sight
    return Sight(frozenset({Level.OWN, Level.CONTACTS}))


def sight_of_gifts(place: Place) -> Sight:
    """What one may read of gifts to one's own page or team: contacts, if the campaign says so."""
    if place.is_admin:
        return place.sight
    shows = place.campaign.donor_contact_visible
    return Sight(frozenset({Level.OWN, *([Level.CONTACTS] if shows else [])}))


def organization(caller: Caller, pk: int) -> Organization:
    """A live organization that doesn't hide."""
    live = Organization.objects.filter(
        status=Organization.Status.LIVE, archived_at=None, unlisted=False
    )
    return one(live, pk)


def run_organization(caller: Caller, pk: int) -> Organization:
    """The token's organization, if its user runs it."""
    found = one(Organization.objects.filter(archived_at=None, pk=caller.organization_id or 0), pk)
    if not rights.may(caller.actor, Right.RUN_ORGANIZATION, found.pk):
        raise Refusal(errors.NO_RIGHT)
    return found


def series(caller: Caller, pk: int) -> Series:
    """A series of a live organization."""
    return one(rows.series(), pk)


def run_series(caller: Caller, pk: int) -> Series:
    """A series of the token's organization, if its user runs campaigns in all of it."""
    own = Series.objects.filter(archived_at=None, organization=caller.organization_id)
    found = one(own, pk)
    if not rights.may(caller.actor, Right.RUN_CAMPAIGNS, found.organization_id):
        raise Refusal(errors.NO_RIGHT)
    return found


def own_members(caller: Caller) -> QuerySet[Member]:
    """What the token's user is in the campaigns of the token's organization, newest first."""
    mine = Member.objects.filter(person__user=caller.user_id, archived_at=None)
    here = mine.filter(campaign__organization=caller.organization_id)
    return here.filter(campaign__archived_at=None).order_by("-pk")
