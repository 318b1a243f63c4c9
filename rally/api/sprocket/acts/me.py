"""Who the token is for."""

from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.models import User
from campaigns.models import Campaign
from rally.api.sprocket import errors, loading, reach, rows
from rally.api.sprocket.answers import Answer
from rally.api.sprocket.calls import Call, listed, one
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.fields import Level, Sight
from rally.api.sprocket.objects.campaigns import CAMPAIGN
from rally.api.sprocket.objects.people import USER
from rally.api.sprocket.paging import Listing

OWN = Sight(frozenset({Level.OWN, Level.CONTACTS}))


def me(call: Call) -> Answer:
    """The token's user: their newest page in the organization, or just who they are."""
    found = loading.users(reach.own_members(call.caller)[:1], OWN)
    return one(USER, found[0] if found else _without_page(call), OWN)


def _without_page(call: Call) -> Any:
    """Somebody who takes part in no campaign has a name and an e-mail, and no ids."""
    user: User | None = call.caller.bearer.user if call.caller.bearer else None
    if user is None:
        raise Refusal(errors.UNKNOWN_TOKEN)
    first, _space, last = user.name.partition(" ")
    person = SimpleNamespace(email=user.email, first_name=first, last_name=last)
    return SimpleNamespace(
        person=person, is_fundraiser=False, external_completed_1=False,
        external_completed_2=False,
    )  # fmt: skip


def my_campaigns(call: Call) -> Answer:
    """The campaigns the token's user takes part in."""
    mine = reach.own_members(call.caller).filter(campaign=OuterRef("pk")).order_by()
    found = rows.campaigns().filter(Exists(mine), status__in=Campaign.PUBLIC)
    sight = Sight(leaders=call.asked.leaders)
    return listed(call, Listing(CAMPAIGN, found, loading.campaigns), sight)
