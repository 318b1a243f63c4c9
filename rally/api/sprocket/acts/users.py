"""Users of a campaign."""

from typing import Any

from boards import owners
from campaigns import members
from campaigns.models import Member
from rally.api.sprocket import changes, loading, reach, rows
from rally.api.sprocket.acts import several
from rally.api.sprocket.acts.several import Kind
from rally.api.sprocket.answers import Answer
from rally.api.sprocket.bodies import Values
from rally.api.sprocket.calls import Call, deleted, listed, one
from rally.api.sprocket.fields import PUBLIC, Sight, show
from rally.api.sprocket.objects.people import USER
from rally.api.sprocket.paging import Listing
from rally.api.sprocket.reach import Place


# Lists and one --------------------------------------------------------------------------------
def public_users(call: Call, campaign: int) -> Answer:
    """Fundraisers whose pages are public."""
    place = reach.campaign(call.caller, campaign)
    found = rows.members(place.campaign, public=True)
    return listed(call, Listing(USER, found, loading.users), PUBLIC)


def all_users(call: Call, campaign: int) -> Answer:
    """Everybody in the campaign, donors too."""
    place = reach.administered(call.caller, campaign)
    found = rows.members(place.campaign, public=False)
    return listed(call, Listing(USER, found, loading.users), place.sight)


def modified_users(call: Call, campaign: int) -> Answer:
    """The same, by when they last changed."""
    place = reach.administered(call.caller, campaign)
    found = rows.settled(rows.members(place.campaign, public=False))
    return listed(call, Listing(USER, found, loading.users, "modified_at"), place.sight)


def public_user(call: Call, campaign: int, user: int) -> Answer:
    """One fundraiser; oneself with e-mail and address."""
    place = reach.campaign(call.caller, campaign)
    found = reach.member(place, user)
    own = call.may("profile") and reach.is_self(place, found)
    return _user(found, reach.sight_of_self(place) if own else PUBLIC)


def any_user(call: Call, campaign: int, user: int) -> Answer:
    """Anybody in the campaign."""
    place = reach.administered(call.caller, campaign)
    return _user(reach.member(place, user), place.sight)


def _user(found: Member, sight: Sight) -> Answer:
    return one(USER, _loaded(found, sight), sight)


def _loaded(found: Member, sight: Sight) -> Member:
    return loading.users(Member.objects.filter(pk=found.pk), sight)[0]


# Writing --------------------------------------------------------------------------------------
def _add(place: Place, values: Values, key: str) -> Member:
    changes.require(USER, values)
    wanted = changes.user(values, place.campaign)
    return members.add(place.campaign, wanted, place.caller.actor)


def _edit(place: Place, key: int, values: Values) -> Member:
    found = reach.own_member(place, key)
    members.edit(found, changes.user(values, place.campaign), place.caller.actor)
    return found


def _shown(place: Place, found: Member) -> dict[str, Any]:
    sight = reach.sight_of_self(place)
    return show(USER, _loaded(found, sight), sight)


USERS = Kind(USER, _add, _edit, _shown)


def add_users(call: Call, campaign: int) -> Answer:
    """One new user, or several."""
    return several.added(call, campaign, USERS)


def edit_users(call: Call, campaign: int) -> Answer:
    """Several users, each named by its Id."""
    return several.edited(call, campaign, USERS)


def edit_self(call: Call, campaign: int, user: int) -> Answer:
    """Change oneself."""
    return several.edited_one(call, reach.campaign(call.caller, campaign), user, USERS)


def edit_user(call: Call, campaign: int, user: int) -> Answer:
    """Change anybody in the campaign."""
    return several.edited_one(call, reach.administered(call.caller, campaign), user, USERS)


def delete_user(call: Call, campaign: int, user: int) -> Answer:
    """Take the page down; gifts to it go on counting."""
    place = reach.administered(call.caller, campaign)
    found = reach.member(place, user)
    owners.archive(found, place.caller.actor)
    return deleted(found.pk)
