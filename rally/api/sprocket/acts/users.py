"""Users of a campaign, their addresses and their news."""

from typing import Any

from accounts import addresses
from accounts.models import Address
from boards import owners
from campaigns import members, updates
from campaigns.models import Member, Update
from rally.api.sprocket import batch, changes, errors, loading, reach, rows
from rally.api.sprocket.answers import Answer
from rally.api.sprocket.calls import Call, deleted, listed, one
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.fields import PUBLIC, Level, Sight, show
from rally.api.sprocket.objects.people import ADDRESS, USER
from rally.api.sprocket.objects.teams import UPDATE
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
def add_users(call: Call, campaign: int) -> Answer:
    """One new user, or several."""
    place = reach.administered(call.caller, campaign)
    several = batch.within(call.body, USER)
    if several is None:
        return _user(_add(place, call.values(USER)), place.sight)

    def work(record: Any, index: int) -> tuple[int, Any]:
        made = _add(place, changes.record(USER, record))
        return made.pk, lambda: show(USER, _loaded(made, place.sight), place.sight)

    return batch.run(several, USER, call.count, work)


def _add(place: Place, values: dict[str, Any]) -> Member:
    changes.require(USER, values)
    wanted = changes.user(values, place.campaign)
    return members.add(place.campaign, wanted, place.caller.actor)


def edit_users(call: Call, campaign: int) -> Answer:
    """Several users, each named by its Id."""
    place = reach.administered(call.caller, campaign)
    several = changes.several(call.body, USER)

    def work(record: Any, index: int) -> tuple[int, Any]:
        found = reach.member(place, changes.named(USER, record))
        wanted = changes.user(changes.record(USER, record), place.campaign)
        members.edit(found, wanted, place.caller.actor)
        return found.pk, lambda: show(USER, _loaded(found, place.sight), place.sight)

    return batch.run(several, USER, call.count, work)


def edit_self(call: Call, campaign: int, user: int) -> Answer:
    """Change oneself."""
    return _edit(call, reach.campaign(call.caller, campaign), user)


def edit_user(call: Call, campaign: int, user: int) -> Answer:
    """Change anybody in the campaign."""
    return _edit(call, reach.administered(call.caller, campaign), user)


def _edit(call: Call, place: Place, user: int) -> Answer:
    found = reach.own_member(place, user)
    wanted = changes.user(call.values(USER), place.campaign)
    members.edit(found, wanted, place.caller.actor)
    return _user(found, reach.sight_of_self(place))


def delete_user(call: Call, campaign: int, user: int) -> Answer:
    """Take the page down; gifts to it go on counting."""
    place = reach.administered(call.caller, campaign)
    found = reach.member(place, user)
    owners.archive(found, place.caller.actor)
    return deleted(found.pk)


# Addresses ------------------------------------------------------------------------------------
def _home(call: Call, campaign: int, user: int, admin: bool) -> Member:
    """Whose addresses: one's own, or for admins who may see contact data anybody's."""
    if not admin:
        return reach.own_member(reach.campaign(call.caller, campaign), user)
    place = reach.administered(call.caller, campaign)
    if not place.sight.sees(Level.CONTACTS):
        raise Refusal(errors.NO_RIGHT)
    return reach.member(place, user)


def user_addresses(call: Call, campaign: int, user: int, *, admin: bool = False) -> Answer:
    """The addresses of a user."""
    found = rows.addresses(_home(call, campaign, user, admin))
    return listed(call, Listing(ADDRESS, found, loading.plainly), PUBLIC)


def add_address(call: Call, campaign: int, user: int, *, admin: bool = False) -> Answer:
    """A new address; one that is there already is answered."""
    member = _home(call, campaign, user, admin)
    wanted = changes.address(call.values(ADDRESS))
    actor = call.caller.actor
    return one(ADDRESS, addresses.add(member.person, wanted, actor, campaign_id=campaign), PUBLIC)


def _address(call: Call, campaign: int, user: int, address: int, admin: bool) -> Address:
    member = _home(call, campaign, user, admin)
    return reach.one(rows.addresses(member).select_related("person"), address)


def user_address(
    call: Call, campaign: int, user: int, address: int, *, admin: bool = False
) -> Answer:
    """One address."""
    return one(ADDRESS, _address(call, campaign, user, address, admin), PUBLIC)


def edit_address(
    call: Call, campaign: int, user: int, address: int, *, admin: bool = False
) -> Answer:
    """Change an address."""
    found = _address(call, campaign, user, address, admin)
    wanted = changes.address(call.values(ADDRESS))
    addresses.edit(found, wanted, call.caller.actor, campaign_id=campaign)
    return one(ADDRESS, found, PUBLIC)


def delete_address(
    call: Call, campaign: int, user: int, address: int, *, admin: bool = False
) -> Answer:
    """Take an address away."""
    found = _address(call, campaign, user, address, admin)
    addresses.archive(found, call.caller.actor, campaign_id=campaign)
    return deleted(found.pk)


# News -----------------------------------------------------------------------------------------
def _author(call: Call, campaign: int, user: int, admin: bool, *, writes: bool) -> Member:
    if admin:
        return reach.member(reach.administered(call.caller, campaign), user)
    place = reach.campaign(call.caller, campaign)
    return reach.own_member(place, user) if writes else reach.member(place, user)


def user_updates(call: Call, campaign: int, user: int, *, admin: bool = False) -> Answer:
    """A fundraiser's news."""
    found = rows.updates(_author(call, campaign, user, admin, writes=False))
    return listed(call, Listing(UPDATE, found, loading.plainly), PUBLIC)


def user_update(
    call: Call, campaign: int, user: int, update: int, *, admin: bool = False
) -> Answer:
    """One piece of news."""
    author = _author(call, campaign, user, admin, writes=False)
    return one(UPDATE, reach.one(rows.updates(author), update), PUBLIC)


def add_update(call: Call, campaign: int, user: int, *, admin: bool = False) -> Answer:
    """Post news."""
    author = _author(call, campaign, user, admin, writes=True)
    values = call.values(UPDATE)
    changes.require(UPDATE, values)
    wanted = changes.renamed(values, changes.UPDATE)
    return one(UPDATE, updates.post(author, wanted, call.caller.actor), PUBLIC)


def _update(call: Call, campaign: int, user: int, update: int, admin: bool) -> Update:
    author = _author(call, campaign, user, admin, writes=True)
    found = reach.one(rows.updates(author), update)
    found.member = author
    return found


def edit_update(
    call: Call, campaign: int, user: int, update: int, *, admin: bool = False
) -> Answer:
    """Change news."""
    found = _update(call, campaign, user, update, admin)
    wanted = changes.renamed(call.values(UPDATE), changes.UPDATE)
    return one(UPDATE, updates.edit(found, wanted, call.caller.actor), PUBLIC)


def delete_update(
    call: Call, campaign: int, user: int, update: int, *, admin: bool = False
) -> Answer:
    """Take news away."""
    found = _update(call, campaign, user, update, admin)
    updates.archive(found, call.caller.actor)
    return deleted(found.pk)
