"""The whole flow on a running site: a standard client library, and a browser that decides."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from playwright.sync_api import Page

from tests.browser import steps
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
SCOPE = "profile campaigns admin_donations"


class App:
    """The program's own web server: it keeps what people were sent back with."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if "redirect" in self.path:
                    app.seen.append(f"{app.origin}{self.path}")
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>App</title><h1>Back in the app</h1>")

            def log_message(self, format: str, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.redirect_uri = f"{self.origin}/oauth2/client_redirect"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def facts(self) -> dict[str, str]:
        query = parse_qs(urlsplit(self.seen[-1]).query)
        return {name: one for name, (one,) in query.items()}


@pytest.fixture
def app() -> Iterator[App]:
    made = App()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def demo(running_site: Site) -> dict[str, Any]:
    found: dict[str, Any] = running_site.demo
    return found


@pytest.fixture
def register(running_site: Site, app: App) -> Callable[[str], tuple[str, str]]:
    """Registers a program at the running site; its id and secret."""

    def make(profile: str) -> tuple[str, str]:
        printed = running_site.manage(
            "shell", "-v", "0", "-c",
            "from accounts import clients\n"
            "from accounts.actors import SYSTEM\n"
            f"client, secret = clients.register(name='Example sync', by=SYSTEM,\n"
            f"    redirect_uris={app.redirect_uri!r}, profile={profile!r})\n"
            f"if {profile!r} == 'sprocket':\n"
            "    clients.approve_prefixes(client, SYSTEM)\n"
            "print(client.client_id, secret)\n",
        )  # fmt: skip
        client_id, secret = printed.split()[-2:]
        return client_id, secret

    return make


def sign_in(page: Page, demo: dict[str, Any], login: str = "organizer") -> None:
    page.locator("input[name=login]").fill(demo["logins"][login]["email"])
    page.locator("input[name=password]").fill(demo["logins"][login]["password"])
    page.locator("form[action*=login] button[type=submit]").first.click()


@pytest.mark.parametrize("profile", ["sprocket", "modern"])
def test_a_standard_client_library_completes_the_flow(
    running_site: Site, page: Page, app: App, demo: Any, register: Any, profile: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    about = requests.get(
        running_site.base_url + "/.well-known/oauth-authorization-server", timeout=10
    ).json()
    client_id, secret = register(profile)
    verifier = generate_token(48)
    session = OAuth2Session(
        client_id, secret, scope=SCOPE, redirect_uri=app.redirect_uri,
        code_challenge_method="S256" if profile == "modern" else None,
    )  # fmt: skip
    more = {"code_verifier": verifier} if profile == "modern" else {}
    url, state = session.create_authorization_url(about["authorization_endpoint"], **more)
    page.goto(url)
    sign_in(page, demo)
    page.get_by_role("button", name="Let it in", exact=True).click()
    page.get_by_role("heading", name="Back in the app").wait_for()
    facts = app.facts()
    assert facts["iss"] == about["issuer"] and facts["state"] == state
    assert facts["scope"] == SCOPE
    token = session.fetch_token(
        about["token_endpoint"], authorization_response=app.seen[-1], **more
    )
    assert token["token_type"] == "Bearer" and token["expires_in"] == 1800
    first = dict(token)
    for _ in range(2):
        session.refresh_token(about["token_endpoint"])
    rotated = session.token["refresh_token"] != first["refresh_token"]
    assert rotated is (profile == "modern")
    assert session.token["access_token"] != first["access_token"]
    looked = session.introspect_token(
        about["introspection_endpoint"], token=session.token["access_token"]
    ).json()
    assert looked["active"] is True and looked["scope"] == " ".join(sorted(SCOPE.split()))
    assert session.revoke_token(
        about["revocation_endpoint"], token=session.token["refresh_token"]
    ).ok
    looked = session.introspect_token(
        about["introspection_endpoint"], token=session.token["access_token"]
    ).json()
    assert looked == {"active": False}


def test_somebody_says_no_and_somebody_takes_it_back(
    running_site: Site, new_context: Any, app: App, demo: Any, register: Any
) -> None:
    client_id, _secret = register("sprocket")
    url = (
        f"{running_site.base_url}/sprocket/auth/oauth2/authorize?response_type=code"
        f"&client_id={client_id}&state=abc&scope=profile+admin_write+tiles_read"
    )
    page = new_context("phone", java_script_enabled=False).new_page()
    page.goto(url)
    sign_in(page, demo)
    page.get_by_role("button", name="Don't let it in").click()
    page.get_by_role("heading", name="Back in the app").wait_for()
    assert app.facts()["error"] == "access_denied" and app.facts()["state"] == "abc"
    page.goto(url)
    page.get_by_role("button", name="Let it in", exact=True).click()
    page.get_by_role("heading", name="Back in the app").wait_for()
    assert "code" in app.facts()
    page.goto(running_site.base_url + "/accounts/apps/")
    page.get_by_role("link", name=re.compile("Take it back from Example sync")).first.click()
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("can't get in any more for Example School").wait_for()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_pages_have_no_axe_findings(
    running_site: Site, new_context: Any, app: App, demo: Any, register: Any, size: str
) -> None:
    client_id, _secret = register("sprocket")
    base = running_site.base_url
    url = f"{base}/sprocket/auth/oauth2/authorize?response_type=code&client_id={client_id}"
    page = new_context(size).new_page()
    page.goto(url + "&scope=" + "+".join(["profile", "updates_write", "admin_donations"]))
    sign_in(page, demo)
    page.get_by_role("heading", name="Let Example sync in?").wait_for()
    assert steps.findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{base}/accounts/apps/")
    assert steps.findings(page) == []
    page.get_by_role("link", name=re.compile("Take it back from")).first.click()
    assert steps.findings(page) == []
    page.goto(url + "&redirect_uri=https://evil.example/")
    page.get_by_role("heading", name="This app can't be let in").wait_for()
    assert steps.findings(page) == []


def test_four_calls_at_once_leave_one_pair(
    running_site: Site, demo: Any, record_property: Any
) -> None:
    """Over HTTP, as a program with several workers would do it."""
    oauth = demo["oauth"]
    token_url = f"{running_site.base_url}/sprocket/auth/oauth2/token"
    pair = (oauth["client_id"], oauth["client_secret"])
    # Three of four calls fail, and a program may fail thirty times a minute.
    rounds, alive = 8, 0
    printed = running_site.manage(
        "shell", "-v", "0", "-c",
        "from accounts import codes\n"
        "from accounts.models import ApiClient, Organization, User\n"
        f"client = ApiClient.objects.get(client_id={oauth['client_id']!r})\n"
        "user = User.objects.get(email='organizer@example.com')\n"
        "school = Organization.objects.get(slug='example-school')\n"
        f"for _ in range({rounds}):\n"
        f"    print(codes.give(client, user, school, ['profile'],\n"
        f"        redirect_uri={oauth['redirect_uri']!r}))\n",
    )  # fmt: skip

    def call(code: str) -> requests.Response:
        form = {"grant_type": "authorization_code", "code": code,
                "redirect_uri": oauth["redirect_uri"]}  # fmt: skip
        return requests.post(token_url, data=form, auth=pair, timeout=20)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: requests.get(running_site.base_url, timeout=20), range(4)))
        for code in printed.split()[-rounds:]:
            answers = list(pool.map(call, [code] * 4))
            good = [answer for answer in answers if answer.status_code == 200]
            assert len(good) == 1, [answer.text for answer in answers]
            assert {answer.status_code for answer in answers} == {200, 400}
            body = {"token": good[0].json()["access_token"]}
            looked = requests.post(
                token_url.replace("token", "introspect"), data=body, auth=pair, timeout=20
            )
            alive += looked.json()["active"]
    record_property("figure", f"codes over HTTP: {rounds} codes, {4 * rounds} calls, {alive} alive")
    assert alive == rounds
