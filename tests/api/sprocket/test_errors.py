"""Refusals: a number, a sentence, a status, in the form that was asked for."""

import base64
import json

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import grants
from accounts.models import ApiClient, Membership
from campaigns.models import Donation
from tests.api.sprocket import calls
from tests.api.sprocket.world import Wire, World, parsed, token

ME = "test/me"


def test_the_shape_of_an_error(wire: Wire) -> None:
    told = wire.refused("GET", ME, 401, 10000, by="")
    assert list(told) == ["errorCode", "errorMessage", "httpStatus"]
    answer = wire.call("GET", ME, by="", Accept="text/xml")
    root, found = parsed(answer.content)
    assert (root, dict(found)["errorCode"], dict(found)["httpStatus"]) == ("Error", "10000", "401")
    told = wire.refused("GET", "campaigns", 400, 20003, by="client", query="limit=101")
    assert told["errors"] == [{"field": "limit", "message": told["errorMessage"]}]


@pytest.mark.parametrize("path", ["nothing", "campaigns/", "campaigns/abc", "campaigns/1/users/-1",
                                  "campaigns/99999999999999999999", "", "admin", "campaigns//users",
                                  "campaigns/%00", "campaigns/..%2fadmin"])  # fmt: skip
def test_other_addresses(wire: Wire, path: str) -> None:
    answer = wire.call("GET", path, by="client")
    assert answer.status_code in {400, 404}
    assert json.loads(answer.content)["errorCode"] in {30001, 20005}


@pytest.mark.parametrize("verb", ["POST", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_verbs(wire: Wire, verb: str) -> None:
    answer = wire.call(verb, "campaigns", {}, by="client", X_HTTP_Method_Override="GET")
    assert answer.status_code == 405
    assert json.loads(answer.content)["httpStatus"] == 405


def test_head_is_get_without_a_body(wire: Wire) -> None:
    assert wire.call("HEAD", "campaigns", by="client").status_code == 200


# Who ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic", "Token x", "Digest a=b",
                                    "bearer\tx", "Bearer a, Bearer b", "Bearer é", "Bearer \x7f",
                                    "Basic !!!", "Basic aGFsbG8=", "Basic Og==", "Basic 4pyT",
                                    "Bearer rla_" + "x" * 7_000])  # fmt: skip
@pytest.mark.parametrize("path", ["campaigns", ME])
def test_odd_authorization_is_401_with_a_challenge(wire: Wire, path: str, header: str) -> None:
    answer = wire.call("GET", path, by="", Authorization=header)
    assert answer.status_code == 401, header
    assert answer["WWW-Authenticate"].startswith(("Bearer ", "Basic "))
    assert json.loads(answer.content)["errorCode"] in {10000, 10002, 10004}


def test_a_header_of_100_kb(wire: Wire) -> None:
    answer = wire.call("GET", ME, by="", Authorization="Bearer " + "x" * 100_000)
    assert (answer.status_code, json.loads(answer.content)["errorCode"]) == (401, 10000)
    assert answer["WWW-Authenticate"]


def test_expired_revoked_unknown_and_missing_scope(world: World, wire: Wire) -> None:
    old = token(world.client, world.users["user"], world.organization, lifetime=-1)
    cases = [
        (old, 401, 10001, "invalid_token"), ("rla_nobody", 401, 10002, "invalid_token"),
        (world.tokens["unscoped"], 403, 10003, "insufficient_scope"),
    ]  # fmt: skip
    for text, status, number, said in cases:
        answer = wire.call("GET", ME, by="", Authorization=f"Bearer {text}")
        found = json.loads(answer.content)
        assert (answer.status_code, found["errorCode"]) == (status, number)
        assert said in answer["WWW-Authenticate"]
    ApiClient.objects.filter(pk=world.client.pk).update(disabled_at="2026-01-01T00:00:00Z")
    wire.refused("GET", ME, 401, 10002, by="user")
    wire.refused("GET", "campaigns", 401, 10004, by="client")


def test_a_token_ends_with_the_membership(world: World, wire: Wire) -> None:
    path = f"admin/campaigns/{world.campaign.pk}"
    assert wire.get(path)["Campaign"]
    Membership.objects.filter(user=world.users["admin"]).delete()
    wire.refused("GET", path, 401, 10002)


def test_a_token_in_the_address_is_refused(world: World, wire: Wire) -> None:
    query = f"access_token={world.tokens['user']}"
    wire.refused("GET", ME, 400, 20003, by="user", query=query)


def test_an_app_reaches_the_organization_it_was_allowed_for_only(world: World, wire: Wire) -> None:
    """An admin of two organizations let the app into one."""
    admin = world.users["admin"]
    Membership.objects.create(organization=world.elsewhere.organization, user=admin, role="owner")
    wire.refused("GET", f"admin/campaigns/{world.elsewhere.pk}", 403, 10005)
    listed = wire.get("admin/campaigns")["Campaigns"]
    assert {one["Id"] for one in listed} == {world.campaign.pk}


# Forms ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "json"), ("", "json"),
        (";;;", "json"), ("text/html,application/xhtml+xml,*/*;q=0.8", "json"),
        ("application/xml", "xml"), ("text/xml", "xml"), ("APPLICATION/XML", "xml"),
        ("application/json;q=0.1, text/xml", "xml"), ("text/xml;q=0, */*", "json"),
        ("application/*", "json"), ("application/json, application/xml", "json"),
    ],
)  # fmt: skip
def test_accept(wire: Wire, accept: str, kind: str) -> None:
    answer = wire.call("GET", ME, Accept=accept)
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (
        200, f"application/{kind}",
    )  # fmt: skip


@pytest.mark.parametrize("accept", ["image/png", "application/pdf;q=1", "text/csv", "x"])
def test_unknown_media(wire: Wire, accept: str) -> None:
    wire.refused("GET", ME, 415, 20006, Accept=accept)


@pytest.mark.parametrize("kind", ["", "application/x-www-form-urlencoded", "text/plain", "x/y",
                                  "application/json; charset=utf-8"])  # fmt: skip
def test_any_other_content_type_is_json(world: World, wire: Wire, kind: str) -> None:
    path = f"admin/campaigns/{world.campaign.pk}/donations"
    assert wire.send("POST", path, {"Donation": calls.GIFT}, kind=kind)["Donation"]["Id"]
    assert wire.send("POST", path, calls.GIFT, kind=kind)["Donation"]["Id"]


def test_text_that_xml_can_t_hold(world: World, wire: Wire) -> None:
    odd = "a\x0bb]]>c<d>&\"'\r\n\ufffe\ud7ff🎈"
    world.member.person.last_name = odd
    world.member.person.save()
    path = f"campaigns/{world.campaign.pk}/users/{world.member.pk}"
    _root, found = parsed(wire.call("GET", path, Accept="text/xml").content)
    assert dict(found)["Last_Name"] == "ab]]>c<d>&\"'\r\n\ud7ff🎈"
    assert wire.get(path)["User"]["Last_Name"] == odd


# Limits ---------------------------------------------------------------------------------------
@pytest.mark.django_db(databases=["default", "cache"])
def test_calls_of_a_program_count_together_whoever_it_acts_for(
    world: World, wire: Wire, settings: Settings
) -> None:
    settings.RALLY_LIMITS = True
    settings.RALLY_RATES = settings.RALLY_RATES | {"api": (6, 60)}
    left = []
    for who, path in (("captain", ME), ("user", ME), ("client", "campaigns")):
        answer = wire.call("GET", path, by=who)
        assert (answer.status_code, answer["RateLimit-Limit"]) == (200, "6")
        assert 0 < int(answer["RateLimit-Reset"]) <= 60
        left.append(answer["RateLimit-Remaining"])
    assert left == ["5", "4", "3"]
    refused = wire.call("GET", ME, by="client")
    assert refused.status_code == 401 and "RateLimit-Limit" not in refused
    path = f"admin/campaigns/{world.campaign.pk}/donations"
    answer = wire.call("POST", path, {"Donations": [calls.GIFT] * 4})
    assert (answer.status_code, json.loads(answer.content)["errorCode"]) == (429, 40001)
    assert int(answer["Retry-After"]) > 0 and answer["RateLimit-Remaining"] == "0"
    assert not Donation.objects.filter(message=calls.GIFT["Message"]).exists()
    wire.refused("GET", ME, 429, 40001, by="user")


@pytest.mark.django_db(databases=["default", "cache"])
def test_a_refresh_is_one_of_the_program_s_calls(
    world: World, wire: Wire, settings: Settings
) -> None:
    settings.RALLY_LIMITS = True
    settings.RALLY_RATES = settings.RALLY_RATES | {"api": (3, 60), "oauth_failures": (1, 60)}
    token = grants.issue(world.client, world.users["admin"], world.organization, ["profile"])
    form = f"grant_type=refresh_token&refresh_token={token.refresh_token}"
    pair = base64.b64encode(f"{world.client.client_id}:{world.secret}".encode()).decode()
    told = []
    for _ in range(2):
        answer = Client().post(
            "/sprocket/auth/oauth2/refresh", form, "text/plain",
            headers={"Authorization": f"Basic {pair}"},
        )  # fmt: skip
        told.append((answer.status_code, answer["RateLimit-Remaining"]))
    assert told == [(200, "2"), (200, "1")]
    assert wire.call("GET", ME, by="admin")["RateLimit-Remaining"] == "0"
    wire.refused("GET", ME, 429, 40001, by="admin")


@pytest.mark.django_db(databases=["default", "cache"])
def test_guessing_tokens_is_slowed_down_and_expired_ones_are_no_guesses(
    world: World, wire: Wire, settings: Settings
) -> None:
    settings.RALLY_LIMITS = True
    settings.RALLY_RATES = settings.RALLY_RATES | {"api_refused": (2, 60)}
    old = grants.issue(
        world.client, world.users["admin"], world.organization, ["profile"], lifetime=-1
    ).access_token
    for _ in range(4):
        wire.refused("GET", ME, 401, 10001, by="", Authorization=f"Bearer {old}")
    for _ in range(2):
        wire.refused("GET", ME, 401, 10002, by="", Authorization="Bearer rla_guess")
    wire.refused("GET", ME, 429, 40001, by="", Authorization="Bearer rla_guess")
    assert wire.get(ME, by="user")


@pytest.mark.django_db(databases=["default", "cache"])
def test_guessing_secrets_is_slowed_down(world: World, wire: Wire, settings: Settings) -> None:
    settings.RALLY_LIMITS = True
    settings.RALLY_RATES = settings.RALLY_RATES | {"oauth_failures": (3, 60)}
    for _ in range(3):
        wire.refused("GET", "campaigns", 401, 10004, by="", Authorization="Basic eDp5")
    wire.refused("GET", "campaigns", 429, 40001, by="", Authorization="Basic eDp5")
