"""What belongs to a user: addresses, and news. By themselves, and by admins."""

from accounts import addresses
from accounts.models import Address
from campaigns import updates
from campaigns.models import Member, Update
from rally.api.sprocket import changes, errors, loading, reach, rows
from rally.api.sprocket.answers import Answer
from rally.api.sprocket.calls import Call, deleted, listed, one
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.fields import PUBLIC, Level
from rally.api.sprocket.objects.people import ADDRESS
from rally.api.sprocket.objects.teams import UPDATE
from rally.api.sprocket.paging import Listing


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
