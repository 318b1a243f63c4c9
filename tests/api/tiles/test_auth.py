"""Who gets in: tokens, cookies, scopes, and what each way in can't do."""

import json

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import tokens
from accounts.actors import Actor
from accounts.models import Membership, Organization, PersonalToken
from accounts.rights import Forbidden
from rally.kit.errors import InvalidInput
from tests import factories
from tests.api.kit import Api, error
from tests.api.tiles.members import Program, member, program

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
CAMPAIGN = {"title": "New Kit", "type": "team", "goalCents": 500_000}


@pytest.fixture
def organization() -> Organization:
    return factories.make_organization()


def test_a_token_is_kept_as_a_digest_and_notes_its_use(organization: Organization) -> None:
    script = program(organization)
    assert script.secret.startswith("rlp_") and len(script.secret) <= 64
    row = PersonalToken.objects.get()
    assert script.secret not in json.dumps({f: str(getattr(row, f)) for f in ("digest", "name")})
    assert row.last_used_at is None
    assert script.get("/api/campaigns").status_code == 200
    row.refresh_from_db()
    assert row.last_used_at is not None


HEADERS = (
    "",
    "Bearer",
    "Bearer ",
    "bearer rlp_",
    "Basic abc",
    "Basic Og==",
    "Bearer rlp_a b",
    "Bearer rlp_" + "a" * 32,
    "Bearer rlp_" + "a" * 5000,
    "Token rlp_x",
    "Bearer rla_" + "a" * 32,
    "Bearer rlp_\u00e9",
    "Bearer rlp_a, Bearer rlp_b",
)


@pytest.mark.parametrize("header", HEADERS)
def test_what_is_no_token_is_401(header: str, api: Api) -> None:
    answer = api.get("/api/campaigns", Authorization=header)
    error(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="rally"')


def test_nobody_is_401(api: Api) -> None:
    error(api.get("/api/campaigns"), 401, "unauthorized")
    error(api.post("/api/campaigns", CAMPAIGN), 401, "unauthorized")


def test_a_revoked_or_expired_or_orphaned_token_is_401(organization: Organization) -> None:
    for ending in ("revoked", "expired", "disabled"):
        script = program(organization)
        if ending == "revoked":
            tokens.revoke(script.token, Actor(script.user, "page"))
        elif ending == "expired":
            PersonalToken.objects.filter(pk=script.token.pk).update(expires_at=timezone.now())
        else:
            script.user.is_active = False
            script.user.save()
        error(script.get("/api/campaigns"), 401, "unauthorized")


def test_a_reading_token_changes_nothing(organization: Organization) -> None:
    script = program(organization, "owner", tokens.READ)
    assert script.get("/api/campaigns").status_code == 200
    answer = script.post("/api/campaigns", CAMPAIGN)
    error(answer, 403, "forbidden")
    assert 'scope="tiles_write"' in answer.headers["WWW-Authenticate"]


def test_a_writing_token_does_not_read(organization: Organization) -> None:
    script = program(organization, "owner", tokens.WRITE)
    error(script.get("/api/campaigns"), 403, "forbidden")


def test_the_verbs_ask_for_the_scope_as_well(organization: Organization) -> None:
    user = member(organization)
    reader = Actor(user, "api", frozenset({tokens.READ}))
    with pytest.raises(Forbidden):
        tokens.make(reader, name="stronger", scopes=[tokens.WRITE])


def test_a_token_of_one_organization_sees_no_other() -> None:
    here, there = factories.make_organization(), factories.make_organization()
    user = member(here)
    factories.make_campaign(here), factories.make_campaign(there)
    Membership.objects.create(organization=there, user=user, role="owner")
    everywhere, limited = Program(user), Program(user, organization=here)
    assert len(everywhere.get("/api/campaigns").json()["campaigns"]) == 2
    assert len(limited.get("/api/campaigns").json()["campaigns"]) == 1
    body = {**CAMPAIGN, "organizationId": there.public_id}
    error(limited.post("/api/campaigns", body), 403, "forbidden")
    assert limited.post("/api/campaigns", CAMPAIGN).status_code == 201


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "\u200b"])
def test_a_token_needs_a_name(name: str, organization: Organization) -> None:
    with pytest.raises(InvalidInput):
        tokens.make(Actor(member(organization), "page"), name=name, scopes=[tokens.READ])


@pytest.mark.parametrize("scopes", [[], ["everything"], ["tiles_read", "admin"]])
def test_a_token_has_known_scopes(scopes: list[str], organization: Organization) -> None:
    with pytest.raises(InvalidInput):
        tokens.make(Actor(member(organization), "page"), name="x", scopes=scopes)


def test_the_cookie_needs_the_csrf_token_to_change_anything(organization: Organization) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member(organization))
    assert client.get("/api/campaigns").status_code == 200
    options = {"data": json.dumps(CAMPAIGN), "content_type": "application/json"}
    error(client.post("/api/campaigns", **options), 403, "csrf_failed")
    client.cookies["csrftoken"] = "a" * 32
    made = client.post("/api/campaigns", headers={"X-CSRFToken": "a" * 32}, **options)
    assert made.status_code == 201


def test_a_bad_header_is_not_saved_by_a_cookie(organization: Organization) -> None:
    client = Client()
    client.force_login(member(organization))
    answer = client.get("/api/campaigns", headers={"Authorization": "Bearer nothing"})
    error(answer, 401, "unauthorized")


def test_limits_are_told_in_headers_and_kept(
    organization: Organization, settings: Settings
) -> None:
    settings.RALLY_LIMITS = True
    settings.RALLY_RATES = {"api": (3, 60), "api_refused": (2, 60)}
    script = program(organization)
    left = [script.get("/api/campaigns").headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    answer = script.get("/api/campaigns")
    error(answer, 429, "rate_limited")
    assert answer.headers["RateLimit-Limit"] == "3"
    assert 1 <= int(answer.headers["RateLimit-Reset"]) <= 60
    assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"]
    guess = Api()
    statuses = [
        guess.get("/api/campaigns", Authorization="Bearer rlp_x").status_code for _ in range(3)
    ]
    assert statuses == [401, 401, 429]


def test_reads_have_validators(organization: Organization) -> None:
    script = program(organization)
    first = script.get("/api/campaigns")
    etag = first.headers["ETag"]
    again = script.get("/api/campaigns", If_None_Match=etag)
    assert (again.status_code, again.content) == (304, b"")
    factories.make_campaign(organization)
    assert script.get("/api/campaigns", If_None_Match=etag).status_code == 200
    assert "private" in first.headers["Cache-Control"]
    assert "Authorization" in first.headers["Vary"]


def test_the_request_id_comes_back(api: Api) -> None:
    assert api.get("/api/healthz", X_Request_Id="abc-1").headers["X-Request-Id"] == "abc-1"
