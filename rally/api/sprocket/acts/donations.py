"""Gifts: their public part, those to one's own page, and the records that admins keep."""

from typing import Any

from django.db.models import QuerySet

from accounts import audit
from campaigns.models import Donation, Goal
from payments import entering
from rally.api.sprocket import changes, giving, loading, reach, rows
from rally.api.sprocket.acts import several
from rally.api.sprocket.acts.several import Kind
from rally.api.sprocket.answers import Answer
from rally.api.sprocket.bodies import Values
from rally.api.sprocket.calls import Call, deleted, listed, one
from rally.api.sprocket.fields import PUBLIC, Level, Sight, show
from rally.api.sprocket.objects.donations import DONATION
from rally.api.sprocket.objects.goals import DISPLAYED_DONATION_INFO
from rally.api.sprocket.paging import Listing
from rally.api.sprocket.reach import Place

REASON = "deleted by API"


# The public part ------------------------------------------------------------------------------
def _displayed(call: Call, goal: Goal | None) -> Answer:
    gifts = rows.shown_gifts()
    found = rows.to_goal(goal, gifts) if goal is not None else gifts.none()
    return listed(call, Listing(DISPLAYED_DONATION_INFO, found, loading.plainly), PUBLIC)


def displayed_of_campaign(call: Call, campaign: int) -> Answer:
    """The public part of all gifts to a campaign."""
    place = reach.campaign(call.caller, campaign)
    found = rows.shown_gifts().filter(campaign=place.campaign)
    return listed(call, Listing(DISPLAYED_DONATION_INFO, found, loading.plainly), PUBLIC)


def displayed_of_user(call: Call, campaign: int, user: int) -> Answer:
    """The public part of gifts to a user."""
    place = reach.campaign(call.caller, campaign)
    return _displayed(call, getattr(reach.member(place, user), "goal", None))


def displayed_of_team(call: Call, campaign: int, team: int) -> Answer:
    """The public part of gifts to a team and its members."""
    place = reach.campaign(call.caller, campaign)
    return _displayed(call, getattr(reach.team(place, team), "goal", None))


# Lists and one --------------------------------------------------------------------------------
def _gifts(call: Call, place: Place, goal: Goal | None, sight: Sight) -> Answer:
    found = rows.donations(place.campaign, sight)
    found = rows.to_goal(goal, found) if goal is not None else found.none()
    return _told(call, place, found, sight)


def _told(
    call: Call, place: Place, found: QuerySet[Donation], sight: Sight, since: str = "created_at"
) -> Answer:  # fmt: skip
    answer = listed(call, Listing(DONATION, found, loading.donations, since), sight)
    _note(call, place, sight)
    return answer


def _note(call: Call, place: Place, sight: Sight) -> None:
    """Who was shown donors' contact data is written down: once for each call."""
    if sight.sees(Level.CONTACTS):
        audit.record(
            "donors.shown", about=place.campaign, by=call.caller.actor.user, door="api",
            facts={"path": call.request.path[:200]},
        )  # fmt: skip


def gifts_of_user(call: Call, campaign: int, user: int) -> Answer:
    """Gifts to one's own page."""
    place = reach.campaign(call.caller, campaign)
    member = reach.own_member(place, user)
    return _gifts(call, place, getattr(member, "goal", None), reach.sight_of_gifts(place))


def gifts_of_team(call: Call, campaign: int, team: int) -> Answer:
    """Gifts to a team one leads, and to its members."""
    place = reach.campaign(call.caller, campaign)
    found = reach.own_team(place, team)
    return _gifts(call, place, getattr(found, "goal", None), reach.sight_of_gifts(place))


def all_gifts(call: Call, campaign: int) -> Answer:
    """All gifts of the campaign."""
    place = reach.administered(call.caller, campaign)
    return _told(call, place, rows.donations(place.campaign, place.sight), place.sight)


def modified_gifts(call: Call, campaign: int) -> Answer:
    """The same by when they last changed, with those taken back, at amount 0."""
    place = reach.administered(call.caller, campaign)
    found = rows.settled(rows.donations(place.campaign, place.sight, voids=True))
    return _told(call, place, found, place.sight, "modified_at")


def gift(call: Call, campaign: int, donation: int) -> Answer:
    """One gift."""
    place = reach.administered(call.caller, campaign)
    found = reach.one(rows.donations(place.campaign, place.sight), donation)
    _note(call, place, place.sight)
    return one(DONATION, _loaded(place, found), place.sight)


def _loaded(place: Place, found: Donation) -> Donation:
    rows_of = rows.donations(place.campaign, place.sight, voids=True).filter(pk=found.pk)
    return loading.donations(rows_of, place.sight)[0]


# Writing --------------------------------------------------------------------------------------
def _enter(place: Place, values: Values, key: str) -> Donation:
    changes.require(DONATION, values)
    told = giving.told(values, place)
    return entering.enter(place.campaign, told, place.caller.actor, request_key=key)


def _edit(place: Place, key: int, values: Values) -> Donation:
    found = reach.one(
        rows.donations(place.campaign, place.sight).select_related("campaign", "goal", "person"),
        key,
    )
    giving.must_not_differ(found, values)
    return entering.edit(found, giving.gift(values), place.caller.actor)


def _shown(place: Place, found: Donation) -> dict[str, Any]:
    return show(DONATION, _loaded(place, found), place.sight)


GIFTS = Kind(DONATION, _enter, _edit, _shown)


def enter_gifts(call: Call, campaign: int) -> Answer:
    """One offline gift, or several."""
    return several.added(call, campaign, GIFTS)


def edit_gifts(call: Call, campaign: int) -> Answer:
    """Several gifts, each named by its Id."""
    return several.edited(call, campaign, GIFTS)


def edit_gift(call: Call, campaign: int, donation: int) -> Answer:
    """Change what is shown and kept of a gift, or verify it."""
    return several.edited_one(call, reach.administered(call.caller, campaign), donation, GIFTS)


def delete_gift(call: Call, campaign: int, donation: int) -> Answer:
    """Void a gift that wasn't paid online."""
    place = reach.administered(call.caller, campaign)
    found = reach.one(rows.donations(place.campaign, place.sight), donation)
    found.campaign = place.campaign
    entering.withdraw(found, place.caller.actor, reason=REASON)
    return deleted(found.pk)
