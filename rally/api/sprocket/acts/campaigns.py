"""Organizations, series and campaigns."""

from dataclasses import replace
from typing import Any

from accounts import profiles
from accounts.models import Organization
from campaigns import editing, series
from campaigns.models import Campaign, Series
from rally.api.sprocket import changes, errors, loading, reach, rows
from rally.api.sprocket.answers import Answer
from rally.api.sprocket.calls import Call, listed, one
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.fields import PUBLIC, Level, Sight
from rally.api.sprocket.objects.campaigns import CAMPAIGN, ORGANIZATION, SERIES
from rally.api.sprocket.paging import Listing

ADMIN = Sight(frozenset({Level.OWN, Level.ADMIN}))


def organization(call: Call, organization: int) -> Answer:
    """One organization."""
    return one(ORGANIZATION, reach.organization(call.caller, organization), PUBLIC)


def run_organization(call: Call, organization: int) -> Answer:
    """The organization one runs."""
    return one(ORGANIZATION, reach.run_organization(call.caller, organization), ADMIN)


def edit_organization(call: Call, organization: int) -> Answer:
    """Change what the organization says about itself."""
    found: Organization = reach.run_organization(call.caller, organization)
    wanted = changes.renamed(call.values(ORGANIZATION), changes.ORGANIZATION)
    profiles.edit(found, call.caller.actor, wanted, profiles.version(found))
    return one(ORGANIZATION, found, ADMIN)


def _series(found: Series, sight: Sight) -> Answer:
    [loaded] = loading.series(Series.objects.filter(pk=found.pk), sight)
    return one(SERIES, loaded, sight)


def one_series(call: Call, series: int) -> Answer:
    """One series, with leaders."""
    return _series(reach.series(call.caller, series), _with_leaders(call, PUBLIC))


def run_series(call: Call, series: int) -> Answer:
    """A series of the organization one runs."""
    return _series(reach.run_series(call.caller, series), _with_leaders(call, ADMIN))


def edit_series(call: Call, series: int) -> Answer:
    """Change name or goal."""
    found = reach.run_series(call.caller, series)
    return _save_series(call, found)


def _save_series(call: Call, found: Series) -> Answer:
    values = call.values(SERIES)
    wanted = changes.renamed(values, {"Name": "name"})
    wanted |= changes.goal(values, found.organization.currency)
    series.edit(found, wanted, call.caller.actor)
    return _series(found, ADMIN)


def _with_leaders(call: Call, sight: Sight) -> Sight:
    return replace(sight, leaders=call.asked.leaders)


def campaigns_of_series(call: Call, series: int) -> Answer:
    """The public campaigns of a series."""
    found = reach.visible(call.caller).filter(series=reach.series(call.caller, series))
    return _campaigns(call, found, PUBLIC)


def all_campaigns(call: Call) -> Answer:
    """All public campaigns, and those the token's user takes part in."""
    return _campaigns(call, reach.visible(call.caller), PUBLIC)


def run_campaigns(call: Call) -> Answer:
    """The campaigns one runs, drafts among them."""
    return _campaigns(call, reach.administered_campaigns(call.caller), ADMIN)


def _campaigns(call: Call, found: Any, sight: Sight) -> Answer:
    sight = _with_leaders(call, sight)
    return listed(call, Listing(CAMPAIGN, found, loading.campaigns), sight)


def campaign(call: Call, campaign: int) -> Answer:
    """One campaign, with leaders and its newest gifts."""
    place = reach.campaign(call.caller, campaign)
    return _campaign(place.campaign, _with_leaders(call, place.sight))


def run_campaign(call: Call, campaign: int) -> Answer:
    """A campaign one runs."""
    place = reach.administered(call.caller, campaign)
    return _campaign(place.campaign, _with_leaders(call, place.sight))


def _campaign(found: Campaign, sight: Sight) -> Answer:
    return one(CAMPAIGN, loading.campaign(found, sight), sight)


def edit_campaign(call: Call, campaign: int) -> Answer:
    """Change name, description, date or goal; a running campaign keeps its date."""
    place = reach.administered(call.caller, campaign)
    found = rows.campaigns().select_related("organization", "goal").get(pk=place.campaign.pk)
    values = call.values(CAMPAIGN)
    wanted = changes.renamed(
        values, {"Name": "title", "Description": "story", "Date": "deadline"}
    )  # fmt: skip
    goal = changes.goal(values, found.currency).get("goal", {})
    if "amount_minor" in goal:
        wanted["goal_minor"] = goal["amount_minor"]
    for name in ("title", "story"):
        if name in wanted:
            wanted[name] = wanted[name] or ""
    if wanted.get("goal_minor", 0) is None:
        raise Refusal(errors.OUT_OF_RANGE, field="Goal_Amount")
    old = editing.of(found)
    editing.edit(found, replace(old, **wanted), seen=editing.version(old), by=call.caller.actor)
    return _campaign(found, place.sight)
