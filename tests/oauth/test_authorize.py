"""The page on which people decide, without a browser."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from accounts import bearers, clients, scopes
from accounts.actors import SYSTEM
from accounts.models import ApiConsent, ApiGrantCode, AuditEntry, Membership
from tests.factories import make_client, make_organization, make_person, make_user
from tests.oauth.conftest import BASE, REDIRECT, World
from tests.oauth.test_tokens import CHALLENGE
from tests.services import BASE as BASE_DIR

PAGE = BASE + "authorize"


def address(world: World, **more) -> str:
    query = {"response_type": "code", "client_id": world.client.client_id, "state": "s t&a=te"}
    query |= more
    return PAGE + "?" + urlencode({k: v for k, v in query.items() if v is not None}, doseq=True)


def told(answer) -> dict[str, str]:
    """The answer in the address the person is sent to."""
    assert answer.status_code == 302, answer.content[:300]
    assert answer["Location"].startswith(REDIRECT + "?")
    assert answer["Cache-Control"] == "no-store"
    return {name: one for name, (one,) in parse_qs(urlsplit(answer["Location"]).query).items()}


@pytest.fixture
def inside(world: World) -> World:
    world.web.force_login(world.user)
    return world


def allow(world: World, **more):
    data = {"decision": "allow", "organization": world.organization.public_id}
    return world.web.post(address(world, **more), data)


# The good way ---------------------------------------------------------------------------------
def test_strangers_sign_in_first_and_come_back(world: World) -> None:
    answer = world.web.get(address(world))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")
    back = parse_qs(urlsplit(answer["Location"]).query)["next"]
    assert back == [address(world)]


def test_the_page_says_which_app_may_do_what_for_which_organization(inside: World) -> None:
    answer = inside.web.get(address(inside, scope="profile admin_donations"))
    html = answer.content.decode()
    assert inside.client.name in html and str(inside.organization) in html
    assert inside.user.email in html and "app.example.com" in html
    assert "See your name, your e-mail address and your pages" in html
    assert "enter, change and void offline gifts" in html
    assert "your pages" in html and "see the gifts to your own page" not in html
    policy = answer["Content-Security-Policy"]
    assert "form-action 'self' https://app.example.com;" in policy
    assert "'unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cache-Control"] == "no-store" and answer["Referrer-Policy"] == "same-origin"


def test_allowing_sends_a_code_the_scope_the_state_and_who_answers(inside: World, settings) -> None:
    found = told(allow(inside, scope="donations profile"))
    assert found.keys() == {"code", "scope", "state", "iss"}
    assert found["scope"] == "profile donations"
    assert found["state"] == "s t&a=te" and found["iss"] == settings.RALLY_BASE_URL
    tokens = inside.redeem(found["code"]).json()
    assert bearers.bearer(tokens["access_token"]).organization == inside.organization
    assert AuditEntry.objects.get(verb="consent.given").user == inside.user


def test_without_scopes_the_default_is_meant_and_without_state_none_comes_back(inside) -> None:
    found = told(allow(inside, state=None))
    assert found["scope"] == "profile campaigns donations"
    assert "state" not in found


def test_an_empty_state_comes_back_empty(inside: World) -> None:
    assert "&state=&" in allow(inside, state="")["Location"]


def test_saying_no_leaves_nothing_behind(inside: World) -> None:
    found = told(inside.web.post(address(inside), {"decision": "deny"}))
    assert found["error"] == "access_denied" and found["state"] == "s t&a=te"
    assert not ApiGrantCode.objects.exists() and not ApiConsent.objects.exists()


def test_people_are_asked_again_every_time(inside: World) -> None:
    allow(inside)
    assert inside.web.get(address(inside)).status_code == 200
    assert ApiConsent.objects.count() == 1


def test_with_several_organizations_one_is_chosen(inside: World) -> None:
    other = make_organization(name="Another club")
    Membership.objects.create(organization=other, user=inside.user, role="viewer")
    html = inside.web.get(address(inside)).content.decode()
    assert html.count('type="radio"') == 2 and "checked" not in html
    missing = inside.web.post(address(inside), {"decision": "allow"})
    assert missing.status_code == 400
    assert "Choose the organization" in missing.content.decode()
    data = {"decision": "allow", "organization": other.public_id}
    code = told(inside.web.post(address(inside), data))["code"]
    token = inside.redeem(code).json()["access_token"]
    assert bearers.bearer(token).organization == other


@pytest.mark.parametrize("value", ["", "nonsense", "\x00", "0", "é"])
def test_an_organization_they_don_t_belong_to_is_refused(inside: World, value: str) -> None:
    for one in (value, make_organization().public_id):
        answer = inside.web.post(address(inside), {"decision": "allow", "organization": one})
        assert answer.status_code == 400
    assert not ApiGrantCode.objects.exists()


def test_one_who_belongs_nowhere_can_only_go_back(inside: World) -> None:
    inside.membership.delete()
    html = inside.web.get(address(inside)).content.decode()
    assert "belong to an organization" in html and 'value="allow"' not in html
    assert told(inside.web.post(address(inside), {"decision": "deny"}))["error"] == "access_denied"


def test_the_form_needs_the_csrf_token(inside: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(inside.user)
    data = {"decision": "allow", "organization": inside.organization.public_id}
    assert strict.post(address(inside), data).status_code == 403
    assert not ApiGrantCode.objects.exists()


def test_a_prefix_is_used_and_written_down(both: None) -> None:
    prefix = "http://dev.example.com/oauth2/client_redirect"
    world = World(redirect_uris=prefix)
    world.web.force_login(world.user)
    assert world.web.get(address(world, redirect_uri=prefix)).status_code == 400
    world.approve()
    data = {"decision": "allow", "organization": world.organization.public_id}
    for uri in (prefix, prefix + "/next"):
        answer = world.web.post(address(world, redirect_uri=uri), data)
        assert answer["Location"].startswith(uri + "?code=")
        code = parse_qs(urlsplit(answer["Location"]).query)["code"][0]
        assert world.redeem(code, redirect_uri=uri).status_code == 200
    assert AuditEntry.objects.filter(verb="client.prefix_used").count() == 1


# Faults ---------------------------------------------------------------------------------------
PAGE_FAULTS = {
    "no client": {"client_id": None},
    "unknown client": {"client_id": "unknown"},
    "nul client": {"client_id": "a\x00"},
    "long client": {"client_id": "a" * 3_000},
    "two clients": {"client_id": ["a", "b"]},
    "two redirects": {"redirect_uri": [REDIRECT, REDIRECT]},
    "two states": {"state": ["a", "b"]},
    "secret in address": {"client_secret": "x"},
    "empty redirect": {"redirect_uri": ""},
    "suffix host": {"redirect_uri": "https://app.example.com.evil.example/cb"},
    "user in host": {"redirect_uri": "https://app.example.com@evil.example/cb"},
    "dots": {"redirect_uri": REDIRECT + "/../x"},
    "longer path": {"redirect_uri": REDIRECT + "x"},
    "escaped slash": {"redirect_uri": REDIRECT + "%2fx"},
    "backslash": {"redirect_uri": REDIRECT + "\\x"},
    "fragment": {"redirect_uri": REDIRECT + "#x"},
    "other port": {"redirect_uri": "https://app.example.com:444/cb"},
    "other scheme": {"redirect_uri": "http://app.example.com/cb"},
    "other case": {"redirect_uri": "https://app.example.com/CB"},
    "script": {"redirect_uri": "javascript:alert(1)"},
}
BACK_FAULTS = {
    "no kind": ({"response_type": None}, "invalid_request"),
    "empty kind": ({"response_type": ""}, "invalid_request"),
    "unknown kind": ({"response_type": "token"}, "unsupported_response_type"),
    "two kinds": ({"response_type": "code token"}, "unsupported_response_type"),
    "fragment mode": ({"response_mode": "fragment"}, "invalid_request"),
    "unknown scope": ({"scope": "nonsense"}, "invalid_scope"),
    "one unknown scope": ({"scope": "profile everything"}, "invalid_scope"),
    "nul scope": ({"scope": "profile\x00"}, "invalid_scope"),
    "huge scope": ({"scope": "profile " * 500}, "invalid_scope"),
    "plain challenge": (
        {"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request",
    ),
    "challenge without method": ({"code_challenge": CHALLENGE}, "invalid_request"),
    "method without challenge": ({"code_challenge_method": "S256"}, "invalid_request"),
    "short challenge": (
        {"code_challenge": "x", "code_challenge_method": "S256"}, "invalid_request",
    ),
}  # fmt: skip


@pytest.mark.parametrize("more", PAGE_FAULTS.values(), ids=PAGE_FAULTS)
def test_faults_of_program_or_address_get_a_page_and_lead_nowhere(world: World, more) -> None:
    for signed_in in (False, True):
        if signed_in:
            world.web.force_login(world.user)
        for answer in (
            world.web.get(address(world, **more)),
            world.web.post(address(world, **more), {"decision": "allow"}),
        ):
            assert answer.status_code == 400
            assert "Location" not in answer
            assert "be let in" in answer.content.decode()


def test_a_secret_in_the_address_is_named(world: World) -> None:
    html = world.web.get(address(world, client_secret="x")).content.decode()
    assert "Credentials are never accepted as request parameters" in html


def test_a_switched_off_program_gets_a_page(world: World) -> None:
    clients.disable(world.client, SYSTEM)
    answer = world.web.get(address(world))
    assert answer.status_code == 400 and "switched off" in answer.content.decode()


@pytest.mark.parametrize(("more", "error"), BACK_FAULTS.values(), ids=BACK_FAULTS)
def test_other_faults_go_back_to_the_program(world: World, more, error: str) -> None:
    found = told(world.web.get(address(world, **more)))
    assert found["error"] == error
    assert found["state"] == "s t&a=te" and "iss" in found
    assert "code" not in found


def test_a_modern_program_needs_a_challenge_and_its_exact_address(modern: World) -> None:
    modern.web.force_login(modern.user)
    assert told(modern.web.get(address(modern)))["error"] == "invalid_request"
    pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    assert "code" in told(allow(modern, **pkce))
    assert modern.web.get(address(modern, redirect_uri=REDIRECT + "/x", **pkce)).status_code == 400


@pytest.mark.parametrize("state", ["x" * 4_000, "\r\nX: y", "\x00", "<script>", "é\u202e", "%00"])
def test_any_state_comes_back_as_it_was(inside: World, state: str) -> None:
    answer = allow(inside, state=state)
    assert told(answer)["state"] == state
    assert "\n" not in answer["Location"]


def test_an_endless_state_is_too_long(world: World) -> None:
    assert world.web.get(address(world, state="x" * 10_000)).status_code == 414


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods(world: World, method: str) -> None:
    assert world.web.generic(method, address(world)).status_code == 405


# The list of programs -------------------------------------------------------------------------
def test_the_list_shows_what_was_allowed_and_takes_it_back(
    inside: World, django_assert_max_num_queries
) -> None:
    code = told(allow(inside))["code"]
    token = inside.redeem(code).json()["access_token"]
    with django_assert_max_num_queries(6):
        html = inside.web.get("/accounts/apps/").content.decode()
    assert inside.client.name in html and str(inside.organization) in html
    (link,) = re.findall(r"/accounts/apps/\d+/revoke/", html)
    asks = inside.web.get(link).content.decode()
    assert "Take back what" in asks
    assert bearers.bearer(token)
    done = inside.web.post(link, follow=True).content.decode()
    assert "get in any more" in done and "No app acts for you" in done
    with pytest.raises(bearers.TokenRevoked):
        bearers.bearer(token)
    assert AuditEntry.objects.get(verb="consent.revoked").user == inside.user


def test_nobody_sees_or_takes_back_another_s_apps(inside: World) -> None:
    allow(inside)
    link = f"/accounts/apps/{ApiConsent.objects.get().pk}/revoke/"
    stranger = Client()
    assert stranger.get("/accounts/apps/")["Location"].startswith("/accounts/login/")
    stranger.force_login(make_user())
    assert stranger.get(link).status_code == stranger.post(link).status_code == 404
    assert "No app acts for you" in stranger.get("/accounts/apps/").content.decode()
    assert ApiConsent.objects.get().revoked_at is None


def test_a_supporter_of_the_organization_may_let_programs_in(world: World) -> None:
    user = make_user()
    make_person(world.organization, user=user)
    world.web.force_login(user)
    assert "code" in told(allow(world))


def test_a_program_of_one_organization_offers_that_one(inside: World) -> None:
    other = make_organization(name="Another club")
    Membership.objects.create(organization=other, user=inside.user, role="viewer")
    inside.client, _secret = make_client(organization=other)
    html = inside.web.get(address(inside)).content.decode()
    assert "Another club" in html and str(inside.organization) not in html
    assert allow(inside).status_code == 400


def test_the_document_s_table_of_scopes_is_the_one_of_the_code() -> None:
    lines = (BASE_DIR / "docs" / "api" / "oauth.md").read_text()
    for scope in scopes.SCOPES.values():
        assert f"| `{scope.name}` | {scope.words} |" in lines
