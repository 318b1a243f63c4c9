"""The table of endpoints: address, verb, who may, which scope, what it does.

Routes, permission checks, documents and tests are made of it. A path's names in braces are
whole numbers. `/modified` stands before the addresses with an id in its place.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from rally.api.sprocket.acts import belongings, campaigns, donations, me, teams, users
from rally.api.sprocket.calls import Auth, Endpoint, Takes
from rally.api.sprocket.fields import Table
from rally.api.sprocket.objects.campaigns import CAMPAIGN, ORGANIZATION, SERIES
from rally.api.sprocket.objects.donations import DONATION
from rally.api.sprocket.objects.goals import DISPLAYED_DONATION_INFO
from rally.api.sprocket.objects.people import ADDRESS, USER
from rally.api.sprocket.objects.teams import TEAM, UPDATE

VERSION = "2.1"
BASE = "sprocket/v2"
CLIENT, TOKEN, ADMIN = Auth.CLIENT, Auth.TOKEN, Auth.ADMIN
Row = tuple[Any, ...]


def _make(verb: str, path: str, auth: Auth, act: Callable, table: Table, scope: str = "",
          **more: Any) -> Endpoint:  # fmt: skip
    about = (getattr(act, "func", act).__doc__ or "").strip()
    return Endpoint(verb, path, auth, act, table, about, scope, **more)


get = partial(_make, "GET")
post = partial(_make, "POST", takes=Takes.ONE)
put = partial(_make, "PUT", takes=Takes.ONE)
delete = partial(_make, "DELETE", deletes=True)
C, U, T = "campaigns/{campaign}", "campaigns/{campaign}/users/{user}", "campaigns/{campaign}/teams"
A = f"admin/{C}"

ME = (
    get("test/me", TOKEN, me.me, USER, "profile"),
    _make("POST", "test/me", TOKEN, me.me, USER, "profile"),
    get("me", TOKEN, me.me, USER, "profile"),
    get("me/campaigns", TOKEN, me.my_campaigns, CAMPAIGN, "campaigns", lists=True, leaders=True),
)
PUBLIC = (
    get("organizations/{organization}", CLIENT, campaigns.organization, ORGANIZATION),
    get("series/{series}", CLIENT, campaigns.one_series, SERIES, leaders=True),
    get("series/{series}/campaigns", CLIENT, campaigns.campaigns_of_series, CAMPAIGN, lists=True,
        leaders=True),
    get("campaigns", CLIENT, campaigns.all_campaigns, CAMPAIGN, lists=True, leaders=True),
    get(C, CLIENT, campaigns.campaign, CAMPAIGN, leaders=True),
    get(f"{C}/displayed_donations", CLIENT, donations.displayed_of_campaign,
        DISPLAYED_DONATION_INFO, lists=True),
    get(f"{C}/users", CLIENT, users.public_users, USER, lists=True),
    get(U, CLIENT, users.public_user, USER),
    put(U, TOKEN, users.edit_self, USER, "profile_write"),
    get(f"{U}/displayed_donations", CLIENT, donations.displayed_of_user,
        DISPLAYED_DONATION_INFO, lists=True),
    get(f"{U}/donations", TOKEN, donations.gifts_of_user, DONATION, "donations", lists=True),
    get(T, CLIENT, teams.public_teams, TEAM, lists=True),
    post(T, TOKEN, teams.start_team, TEAM, "team_write"),
    get(f"{T}/{{team}}", CLIENT, teams.public_team, TEAM),
    put(f"{T}/{{team}}", TOKEN, teams.edit_own_team, TEAM, "team_write"),
    get(f"{T}/{{team}}/users", CLIENT, teams.team_users, USER, lists=True),
    get(f"{T}/{{team}}/displayed_donations", CLIENT, donations.displayed_of_team,
        DISPLAYED_DONATION_INFO, lists=True),
    get(f"{T}/{{team}}/donations", TOKEN, donations.gifts_of_team, DONATION, "donations",
        lists=True),
)  # fmt: skip
BATCH = {"takes": Takes.MANY}
RUN = (
    get("admin/organizations/{organization}", ADMIN, campaigns.run_organization, ORGANIZATION,
        "admin_read"),
    put("admin/organizations/{organization}", ADMIN, campaigns.edit_organization, ORGANIZATION,
        "admin_write"),
    get("admin/series/{series}", ADMIN, campaigns.run_series, SERIES, "admin_read", leaders=True),
    put("admin/series/{series}", ADMIN, campaigns.edit_series, SERIES, "admin_write"),
    get("admin/campaigns", ADMIN, campaigns.run_campaigns, CAMPAIGN, "admin_read", lists=True,
        leaders=True),
    get(A, ADMIN, campaigns.run_campaign, CAMPAIGN, "admin_read", leaders=True),
    put(A, ADMIN, campaigns.edit_campaign, CAMPAIGN, "admin_write"),
    get(f"{A}/users", ADMIN, users.all_users, USER, "admin_read", lists=True),
    post(f"{A}/users", ADMIN, users.add_users, USER, "admin_write", **BATCH),
    put(f"{A}/users", ADMIN, users.edit_users, USER, "admin_write", **BATCH),
    get(f"{A}/users/modified", ADMIN, users.modified_users, USER, "admin_read", lists=True),
    get(f"{A}/users/{{user}}", ADMIN, users.any_user, USER, "admin_read"),
    put(f"{A}/users/{{user}}", ADMIN, users.edit_user, USER, "admin_write"),
    delete(f"{A}/users/{{user}}", ADMIN, users.delete_user, USER, "admin_write"),
    get(f"{A}/teams", ADMIN, teams.all_teams, TEAM, "admin_read", lists=True),
    post(f"{A}/teams", ADMIN, teams.add_teams, TEAM, "admin_write", **BATCH),
    put(f"{A}/teams", ADMIN, teams.edit_teams, TEAM, "admin_write", **BATCH),
    get(f"{A}/teams/modified", ADMIN, teams.modified_teams, TEAM, "admin_read", lists=True),
    get(f"{A}/teams/{{team}}", ADMIN, teams.any_team, TEAM, "admin_read"),
    put(f"{A}/teams/{{team}}", ADMIN, teams.edit_team, TEAM, "admin_write"),
    delete(f"{A}/teams/{{team}}", ADMIN, teams.delete_team, TEAM, "admin_write"),
    get(f"{A}/donations", ADMIN, donations.all_gifts, DONATION, "admin_read", lists=True),
    post(f"{A}/donations", ADMIN, donations.enter_gifts, DONATION, "admin_donations", **BATCH),
    put(f"{A}/donations", ADMIN, donations.edit_gifts, DONATION, "admin_donations", **BATCH),
    get(f"{A}/donations/modified", ADMIN, donations.modified_gifts, DONATION, "admin_read",
        lists=True),
    get(f"{A}/donations/{{donation}}", ADMIN, donations.gift, DONATION, "admin_read"),
    put(f"{A}/donations/{{donation}}", ADMIN, donations.edit_gift, DONATION, "admin_donations"),
    delete(f"{A}/donations/{{donation}}", ADMIN, donations.delete_gift, DONATION,
           "admin_donations"),
)  # fmt: skip


def _person_s(base: str, admin: bool) -> Iterator[Endpoint]:
    """A user's addresses and news, once for themselves and once for admins."""
    who = ADMIN if admin else TOKEN

    def act(one: Callable) -> Callable:
        return partial(one, admin=admin)

    read, write = ("admin_read", "admin_write") if admin else ("profile", "profile_write")
    homes, home = f"{base}/addresses", f"{base}/addresses/{{address}}"
    yield get(homes, who, act(belongings.user_addresses), ADDRESS, read, lists=True)
    yield post(homes, who, act(belongings.add_address), ADDRESS, write)
    yield get(home, who, act(belongings.user_address), ADDRESS, read)
    yield put(home, who, act(belongings.edit_address), ADDRESS, write)
    yield delete(home, who, act(belongings.delete_address), ADDRESS, write)
    reader, read, write = (ADMIN, read, write) if admin else (CLIENT, "", "updates_write")
    news, item = f"{base}/updates", f"{base}/updates/{{update}}"
    yield get(news, reader, act(belongings.user_updates), UPDATE, read, lists=True)
    yield post(news, who, act(belongings.add_update), UPDATE, write)
    yield get(item, reader, act(belongings.user_update), UPDATE, read)
    yield put(item, who, act(belongings.edit_update), UPDATE, write)
    yield delete(item, who, act(belongings.delete_update), UPDATE, write)


ENDPOINTS: tuple[Endpoint, ...] = (
    *ME, *PUBLIC, *_person_s(U, False), *RUN, *_person_s(f"{A}/users/{{user}}", True),
)  # fmt: skip


def by_path() -> dict[str, dict[str, Endpoint]]:
    """Addresses in the order they are tried, each with its verbs."""
    found: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        found.setdefault(endpoint.path, {})[endpoint.verb] = endpoint
    return found
