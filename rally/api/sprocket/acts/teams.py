"""Teams of a campaign."""

from typing import Any

from boards import owners
from campaigns import teams
from campaigns.models import Team
from rally.api.sprocket import changes, loading, reach, rows
from rally.api.sprocket.acts import several
from rally.api.sprocket.acts.several import Kind
from rally.api.sprocket.answers import Answer
from rally.api.sprocket.bodies import Values
from rally.api.sprocket.calls import Call, deleted, listed, one
from rally.api.sprocket.fields import PUBLIC, Sight, show
from rally.api.sprocket.objects.people import USER
from rally.api.sprocket.objects.teams import TEAM
from rally.api.sprocket.paging import Listing
from rally.api.sprocket.reach import Place


def public_teams(call: Call, campaign: int) -> Answer:
    """Teams whose pages are public."""
    place = reach.campaign(call.caller, campaign)
    found = rows.teams(place.campaign, public=True)
    return listed(call, Listing(TEAM, found, loading.teams), PUBLIC)


def all_teams(call: Call, campaign: int) -> Answer:
    """All teams."""
    place = reach.administered(call.caller, campaign)
    found = rows.teams(place.campaign, public=False)
    return listed(call, Listing(TEAM, found, loading.teams), place.sight)


def modified_teams(call: Call, campaign: int) -> Answer:
    """The same, by when they last changed."""
    place = reach.administered(call.caller, campaign)
    found = rows.settled(rows.teams(place.campaign, public=False))
    return listed(call, Listing(TEAM, found, loading.teams, "modified_at"), place.sight)


def public_team(call: Call, campaign: int, team: int) -> Answer:
    """One team."""
    place = reach.campaign(call.caller, campaign)
    return _team(reach.team(place, team), PUBLIC)


def any_team(call: Call, campaign: int, team: int) -> Answer:
    """Any team."""
    place = reach.administered(call.caller, campaign)
    return _team(reach.team(place, team), place.sight)


def team_users(call: Call, campaign: int, team: int) -> Answer:
    """The fundraisers of a team whose pages are public."""
    place = reach.campaign(call.caller, campaign)
    found = rows.members(place.campaign, public=True).filter(team=reach.team(place, team))
    return listed(call, Listing(USER, found, loading.users), PUBLIC)


def _team(found: Team, sight: Sight) -> Answer:
    return one(TEAM, _loaded(found, sight), sight)


def _loaded(found: Team, sight: Sight) -> Team:
    return loading.teams(Team.objects.filter(pk=found.pk), sight)[0]


# Writing --------------------------------------------------------------------------------------
def _add(place: Place, values: Values, key: str = "") -> Team:
    changes.require(TEAM, values)
    return teams.add(place.campaign, changes.team(values, place.campaign), place.caller.actor)


def _edit(place: Place, key: int, values: Values) -> Team:
    found = reach.own_team(place, key)
    teams.edit(found, changes.team(values, place.campaign), place.caller.actor)
    return found


def _shown(place: Place, found: Team) -> dict[str, Any]:
    return show(TEAM, _loaded(found, place.sight), place.sight)


TEAMS = Kind(TEAM, _add, _edit, _shown)


def start_team(call: Call, campaign: int) -> Answer:
    """A fundraiser starts a team, and leads it."""
    place = reach.campaign(call.caller, campaign)
    return _team(_add(place, call.values(TEAM)), PUBLIC)


def add_teams(call: Call, campaign: int) -> Answer:
    """One new team, or several."""
    return several.added(call, campaign, TEAMS)


def edit_teams(call: Call, campaign: int) -> Answer:
    """Several teams, each named by its Id."""
    return several.edited(call, campaign, TEAMS)


def edit_own_team(call: Call, campaign: int, team: int) -> Answer:
    """A captain changes the team."""
    return several.edited_one(call, reach.campaign(call.caller, campaign), team, TEAMS)


def edit_team(call: Call, campaign: int, team: int) -> Answer:
    """Change any team."""
    return several.edited_one(call, reach.administered(call.caller, campaign), team, TEAMS)


def delete_team(call: Call, campaign: int, team: int) -> Answer:
    """Take the page down; gifts to it go on counting."""
    place = reach.administered(call.caller, campaign)
    found = reach.team(place, team)
    owners.archive(found, place.caller.actor)
    return deleted(found.pk)
