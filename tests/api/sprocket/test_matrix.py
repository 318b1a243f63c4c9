"""Who gets in where: every endpoint by everybody, and nothing that isn't theirs."""

import json
from collections import Counter
from typing import Any

import pytest

from rally.api.sprocket.calls import Auth
from rally.api.sprocket.endpoints import ENDPOINTS, Endpoint
from tests.api.sprocket import calls
from tests.api.sprocket.world import Wire, World

CALLERS = ("", "client", "user", "captain", "admin", "outsider", "unscoped", "unscoped user")
# What only admins, or people themselves, may read.
SECRETS = (b"@example.org", b"1 Example Street", b"Robin", b"Hidden", b"999")
YES, NO, HIDDEN, WHO = 200, 403, 404, 401


def expected(endpoint: Endpoint, by: str) -> set[int]:
    """The statuses that may come, told from who somebody is and not from the code."""
    if not by:
        return {WHO}
    if by == "client":
        return {YES} if endpoint.auth == Auth.CLIENT else {WHO}
    if endpoint.auth == Auth.CLIENT:
        return {YES}
    if endpoint.auth == Auth.ADMIN:
        if by == "outsider":
            # The same 403 as for everybody who isn't an admin of a public campaign; what isn't
            # public isn't there.
            own = endpoint.path == "admin/campaigns"
            return {YES} if own else {NO, HIDDEN}
        mine = by == "admin" or (endpoint.path == "admin/campaigns" and by in {"user", "captain"})
        return {YES} if mine else {NO, HIDDEN}
    if by.startswith("unscoped"):
        return {NO}
    if endpoint.path in {"me", "test/me", "me/campaigns"}:
        return {YES}
    if "{team}" in endpoint.path:
        may = {"captain", "admin"} if endpoint.verb == "PUT" else {"captain"}
        return {YES} if by in may else {NO, HIDDEN}
    if endpoint.path.endswith("/teams"):
        return {YES} if by in {"user", "captain", "admin"} else {NO}
    # A user's own things: the admin uses the admin's addresses for them.
    return {YES} if by == "user" else {NO, HIDDEN}


@pytest.mark.parametrize("by", CALLERS, ids=lambda by: by or "anonymous")
def test_route_by_caller(by: str, world: World, wire: Wire, record_property: Any) -> None:
    row: Counter[int] = Counter()
    leaks = []
    for example in sorted(calls.examples(), key=lambda one: one.endpoint.deletes):
        endpoint = example.endpoint
        if endpoint.verb != "GET" and expected(endpoint, by) == {YES}:
            # Writers who may are told of by the golden files and the tests of each object.
            continue
        body = calls.filled(example.body, world, endpoint.table.name)
        answer = wire.call(endpoint.verb, example.path(world), body, by=by)
        row[answer.status_code] += 1
        wanted = expected(endpoint, by)
        if answer.status_code not in wanted:
            leaks.append((endpoint.verb, endpoint.path, answer.status_code, sorted(wanted)))
        if answer.status_code in {WHO, NO, HIDDEN}:
            assert type(json.loads(answer.content)["errorCode"]) is int
        privileged = by == "admin" or (by in {"user", "captain"} and endpoint.auth == Auth.TOKEN)
        own = by == "user" and endpoint.path.endswith("users/{user}")
        if not privileged and not own and endpoint.path not in {"me", "test/me"}:
            leaks += [(endpoint.path, secret) for secret in SECRETS if secret in answer.content]
    told = ", ".join(f"{status}: {count}" for status, count in sorted(row.items()))
    record_property(
        "figure", f"sprocket matrix, {by or 'anonymous'}: {sum(row.values())} calls ({told}), "
        f"{len(leaks)} leaks",
    )  # fmt: skip
    assert not leaks, leaks


def test_another_organization_s_rows_are_not_there(world: World, wire: Wire) -> None:
    mine, theirs = world.ids, world.elsewhere.pk
    for endpoint in ENDPOINTS:
        if "{campaign}" not in endpoint.path or endpoint.path.count("{") == 1:
            continue
        path = endpoint.path.format(**mine | {"campaign": theirs})
        wire.refused(endpoint.verb, path, *_not_mine(endpoint), {}, by=calls.caller(endpoint))


def _not_mine(endpoint: Endpoint) -> tuple[int, int]:
    """Their campaign is public, so an admin of another is told no; rows aren't theirs."""
    return (403, 10005) if endpoint.auth == Auth.ADMIN else (404, 30001)


def test_a_draft_is_not_there_for_anybody_else(world: World, wire: Wire) -> None:
    world.elsewhere.status = "draft"
    world.elsewhere.save()
    for by, path in (("client", "campaigns"), ("admin", "admin/campaigns")):
        wire.refused("GET", f"{path}/{world.elsewhere.pk}", 404, 30001, by=by)
    assert wire.get(f"admin/campaigns/{world.elsewhere.pk}", by="outsider")["Campaign"]


def test_contact_data_follows_the_campaign_s_switch(world: World, wire: Wire) -> None:
    gifts = f"admin/campaigns/{world.campaign.pk}/donations"
    own = f"campaigns/{world.campaign.pk}/users/{world.member.pk}/donations"
    for shown in (False, True):
        world.campaign.donor_contact_visible = shown
        world.campaign.save()
        for path, by in ((gifts, "runner"), (own, "user")):
            one = wire.get(path, by=by)["Donations"][0]
            assert (one["Donor_Email"] == "dana@example.org") == shown, by
            assert (one["Donor_Address"] is not None) == shown
            hidden = [one for one in wire.get(path, by=by)["Donations"] if one["Hide_Name"]]
            if by == "user":
                # Who gave anonymously stays so for fundraisers, whatever the switch says.
                assert [(one["Donor_Name"], one["Donor_Email"], one["Donor_Address"])
                        for one in hidden] == [(None, None, None)]  # fmt: skip
            if shown:
                query = "donation.donor_email=robin*"
                assert wire.get(path, by=by, query=query)["Total_Count"] == (by == "runner")
            if not shown:
                query = "donation.donor_email=dana@example.org"
                wire.refused("GET", path, 400, 20004, by=by, query=query)
        assert wire.get(gifts)["Donations"][0]["Donor_Email"] == "dana@example.org"
    world.campaign.donor_contact_visible = False
    world.campaign.save()
    users = f"admin/campaigns/{world.campaign.pk}/users"
    assert {one["Email"] for one in wire.get(users, by="runner")["Users"]} == {None}
    wire.refused("GET", users, 400, 20004, by="runner", query="user.email=*a*")
    wire.refused("GET", f"{users}/{world.member.pk}/addresses", 403, 10005, by="runner")


def test_only_who_may_confirm_money_says_that_it_is_verified(world: World, wire: Wire) -> None:
    gifts = f"admin/campaigns/{world.campaign.pk}/donations"
    body = {"Donation": calls.GIFT}
    wire.refused("POST", gifts, 403, 10005, body, by="runner")
    unsaid = {"Donation": calls.GIFT | {"Payment": {"Payment_Type": "Cash"}}}
    made = wire.send("POST", gifts, unsaid, by="runner")["Donation"]
    assert (made["Is_Pending"], made["Payment"]["Is_Verified"]) == (True, False)
