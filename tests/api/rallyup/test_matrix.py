"""Who gets in where: every route by every token, and nothing that is somebody else's."""

import json
from typing import Any

import pytest

from rally.api.rallyup.calls import Who
from rally.api.rallyup.endpoints import ENDPOINTS, Endpoint
from tests.api.rallyup.world import Wire, World, envelope

CALLERS = ("", "school", "partner", "bare")
THEIRS = (b"Foreign Secret", b"https://example.com/foreign")


def foreign(endpoint: Endpoint, world: World) -> tuple[str, dict[str, Any]]:
    """The route with the other side's ids wherever it takes one."""
    name = endpoint.path.rpartition("/")[0].rpartition("/")[2]
    ids = {"organizations": world.foreign.pk, "campaigns": world.elsewhere.pk,
           "webhooks": world.foreign_hook.pk,
           "transactions": world.elsewhere.donations.get().pk}  # fmt: skip
    path = endpoint.path.replace("{id}", str(ids.get(name, "")))
    sent: dict[str, Any] = {one.name: one.example or "1" for one in endpoint.parameters}
    for one in endpoint.parameters:
        if one.name.lower() == "organizationid":
            sent[one.name] = world.foreign.pk
        elif one.name.lower() == "campaignid":
            sent[one.name] = world.elsewhere.pk
        elif one.name == "Url":
            sent[one.name] = "https://example.com/mine"
    sent.pop("StripeOnBehalfAccountId", None)
    if "setonbehalf" in path:
        sent["StripeOnBehalfAccountId"] = "acct_demo1"
    if "includeDonationPages" in sent:
        sent["includeDonationPages"] = "true"
    if any(one.name == "Name" for one in endpoint.parameters):
        sent |= {"EIN": "123456789", "501c": "true"}
    return path, sent


def names_a_row(endpoint: Endpoint) -> bool:
    named = {one.name.lower() for one in endpoint.parameters}
    return "{" in endpoint.path or bool(named & {"organizationid", "campaignid"})


@pytest.mark.parametrize("by", CALLERS, ids=lambda by: by or "anonymous")
def test_foreign_rows_are_not_there(
    by: str, world: World, wire: Wire, record_property: Any
) -> None:
    leaks, calls = [], 0
    mine = Who.ORGANIZATION if by == "school" else Who.PARTNER
    for endpoint in ENDPOINTS:
        path, sent = foreign(endpoint, world)
        where = {"query": sent} if endpoint.verb == "GET" else {"body": sent}
        answer = wire.call(endpoint.verb, path, by=by, **where)
        calls += 1
        if not by:
            wanted = {401}
        elif endpoint.who != mine:
            wanted = {403}
        elif by == "bare" and endpoint.custom:
            wanted = {405}
        elif names_a_row(endpoint):
            wanted = {404}
        else:
            wanted = {200, 204}
        if answer.status_code not in wanted:
            leaks.append((endpoint.verb, path, answer.status_code, sorted(wanted)))
        if answer.status_code >= 400:
            envelope(answer)
        leaks += [(endpoint.path, text) for text in THEIRS if text in answer.content]
    record_property(
        "figure", f"rallyup matrix, {by or 'anonymous'} against foreign rows: {calls} calls, "
        f"{len(leaks)} leaks",
    )  # fmt: skip
    assert not leaks, leaks


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "TRACE"])
def test_verbs_that_are_not_there(verb: str, wire: Wire) -> None:
    for path in {one.path.replace("{id}", "1") for one in ENDPOINTS}:
        answer = wire.refused(verb, path, 405)
        assert "OPTIONS" in answer["Allow"] and verb not in answer["Allow"]


def test_every_route_says_which_verbs_it_has(wire: Wire) -> None:
    for one in ENDPOINTS:
        answer = wire.call("OPTIONS", one.path.replace("{id}", "1"))
        assert (answer.status_code, answer.content) == (204, b"")
        assert one.verb in answer["Allow"].split(", ")


@pytest.mark.parametrize(
    "path",
    ["v1", "v3", "v1/", "v3/", "v1/api", "v1/api/", "v1/nothing", "v3/api/campaigns/",
     "v3/partnerapi", "v1/partnerapi/", "v3/api/organizations", "v1/token/", "v3/token",
     "v1/api/campaigns/1/2"],
)  # fmt: skip
def test_unknown_addresses_are_refused_in_the_envelope(path: str, wire: Wire) -> None:
    for verb in ("GET", "POST", "PUT", "DELETE"):
        wire.refused(verb, path, 404)
        wire.refused(verb, path, 404, by="")


def test_head_is_get_without_a_body(wire: Wire) -> None:
    answer = wire.call("HEAD", "v1/api/campaigns")
    assert (answer.status_code, answer.content) == (200, b"")


def test_every_answer_is_in_the_envelope(wire: Wire, world: World) -> None:
    for endpoint in ENDPOINTS:
        if endpoint.who == Who.ORGANIZATION and endpoint.verb == "GET" and "{" not in endpoint.path:
            answer = wire.call("GET", endpoint.path)
            if answer.status_code == 200:
                assert list(json.loads(answer.content)) == ["Result", "Ok", "Error", "Metadata"]
