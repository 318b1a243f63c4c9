"""Where a program may send people back to: the whole matrix, text by text."""

import pytest

from accounts import clients, redirects
from accounts.actors import SYSTEM
from accounts.models import ApiClient
from accounts.oauth_errors import RedirectRefused
from rally.kit.errors import InvalidInput

DEV = "http://dev.example.com/oauth2/client_redirect"
APP = "https://app.example.com/cb"
Profile = ApiClient.Profile


def program(profile: str, registered: str, approved: bool = False) -> ApiClient:
    return ApiClient(
        profile=profile, redirect_uris=registered,
        prefixes_approved_at="2026-01-01T00:00:00Z" if approved else None,
    )  # fmt: skip


PREFIX_ALLOWS = (
    DEV,
    DEV + "/next",
    DEV + "/next/one",
    DEV + "/",
    DEV + "/a-b_c.d~e",
)
PREFIX_REFUSES = (
    DEV + "x", DEV + "?x=1", DEV + "/next?x=1", DEV + "#here", DEV + "/next#here", DEV + "/../x",
    DEV + "/..", DEV + "/./x", DEV + "/%2e%2e/x", DEV + "/%2E%2e/x", DEV + "/%252e%252e/x",
    DEV + "/a%2fb", DEV + "/a%2Fb", DEV + "/a%5cb", DEV + "/a%252fb", DEV + "/a\\b", DEV + "\\x",
    DEV + ";x", DEV + "/a;b", DEV + "/a%3bb", DEV + "/a%00b", DEV + "/a%0d%0ab", DEV + "/a b",
    DEV + "/a%20b",
    DEV + "/\x00", DEV + "/é", DEV + "/%zz",
    DEV.replace("http:", "https:"), DEV.replace("http:", "HTTP:"), DEV.replace("http:", "ftp:"),
    DEV.replace(".com/", ".com:8080/"), DEV.replace(".com/", ".com:80/"),
    DEV.replace("dev.", "DEV."), DEV.replace("dev.", "user@dev."), DEV.replace("dev.", "u:p@dev."),
    DEV.replace("dev.example.com", "dev.example.com.evil.example"),
    DEV.replace("dev.example.com", "dev.example.com@evil.example"),
    DEV.replace("dev.example.com", "evil.example"), DEV.replace("client_", "Client_"),
    DEV.replace("/oauth2", "//oauth2"), DEV[:-1], "//dev.example.com/oauth2/client_redirect",
    "/oauth2/client_redirect", "javascript:alert(1)", "data:text/html,x", "", " " + DEV,
    DEV + "/" + "a" * 1_000, DEV.replace("dev.example.com", "[::1"), "http://", "http:///x",
    DEV.replace(".com/", ".com:0/"), DEV.replace(".com/", ".com:99999/"),
)  # fmt: skip


@pytest.mark.parametrize("uri", PREFIX_ALLOWS)
def test_an_approved_sprocket_program_gets_what_is_below_a_prefix(uri: str) -> None:
    assert redirects.allowed(program(Profile.SPROCKET, DEV, approved=True), uri)


@pytest.mark.parametrize("uri", PREFIX_REFUSES, ids=lambda uri: repr(uri)[:60])
def test_and_nothing_else(uri: str) -> None:
    for profile, approved in (
        (Profile.SPROCKET, True),
        (Profile.SPROCKET, False),
        ("modern", True),
    ):
        assert not redirects.allowed(program(profile, DEV, approved), uri)


@pytest.mark.parametrize("uri", [*PREFIX_ALLOWS])
def test_until_approved_plain_http_passes_nowhere(uri: str) -> None:
    assert not redirects.allowed(program(Profile.SPROCKET, DEV), uri)
    assert not redirects.allowed(program(Profile.MODERN, DEV, approved=True), uri)


@pytest.mark.parametrize("profile", list(Profile))
def test_a_registered_https_address_passes_exactly(profile: str) -> None:
    made = program(profile, APP)
    assert redirects.allowed(made, APP)
    for other in (APP + "/", APP + "/next", APP + "?x=1", APP + "x", APP.upper(), APP[:-1]):
        assert not redirects.allowed(made, other)


def test_a_registered_query_belongs_to_the_address_and_to_no_prefix() -> None:
    made = program(Profile.SPROCKET, APP + "?x=1", approved=True)
    assert redirects.allowed(made, APP + "?x=1")
    for other in (APP, APP + "?x=2", APP + "?x=1&y=2", APP + "?x=1/next"):
        assert not redirects.allowed(made, other)


@pytest.mark.parametrize(
    ("uri", "passes"),
    [("http://127.0.0.1:8080/cb", True), ("http://[::1]:8080/cb", True),
     ("http://localhost:8080/cb", False), ("http://127.0.0.1.example.com/cb", False),
     ("http://10.0.0.1/cb", False)],
)  # fmt: skip
def test_loopback_addresses_may_be_plain_http_for_those_who_develop(uri, passes) -> None:
    assert redirects.allowed(program(Profile.MODERN, uri), uri) is passes


def test_without_one_the_first_registered_is_meant() -> None:
    made = program(Profile.SPROCKET, f"{APP} https://app.example.com/other")
    assert redirects.choose(made, None) == APP
    for bad in (program(Profile.MODERN, ""), program(Profile.MODERN, DEV)):
        with pytest.raises(RedirectRefused):
            redirects.choose(bad, None)
    with pytest.raises(RedirectRefused):
        redirects.choose(made, "")


@pytest.mark.parametrize(
    "text", ["", "  ", "app.example.com/cb", "javascript:alert(1)", APP + "#x", APP + "/../x",
             "https://user@app.example.com/", "ftp://app.example.com/"],
)  # fmt: skip
def test_what_can_t_be_registered(db: None, text: str) -> None:
    with pytest.raises(InvalidInput) as why:
        clients.register(name="Program", redirect_uris=text, by=SYSTEM)
    assert why.value.facts["field"] == "redirect_uris"
