"""Inviting, joining, asking and being let in, as people do it in a browser."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import secondstep
from tests.browser.steps import findings
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
PASSWORD = "a long enough placeholder 9"


@pytest.fixture(scope="session")
def demo(running_site: Site) -> dict[str, Any]:
    found: dict[str, Any] = running_site.demo
    return found


def sign_in(page: Page, site: Site, email: str, password: str, then: str = "/organize/") -> None:
    page.goto(f"{site.base_url}/accounts/login/?next={then}")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: urlsplit(url).path != "/accounts/login/")


def enter(page: Page, site: Site, demo: dict[str, Any], who: str, then: str = "/organize/") -> None:
    login = demo["logins"][who]
    sign_in(page, site, login["email"], login["password"], then)


def make_login(site: Site, email: str, staff: bool = False) -> None:
    """A verified account, as after signing up; staff without any permission if asked for."""
    site.manage(
        "shell", "-c",
        "from allauth.account.models import EmailAddress\n"
        "from accounts.models import User\n"
        "from tests import secondstep\n"
        f"user = User.objects.create_user({email!r}, {PASSWORD!r}, is_staff={staff})\n"
        "EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)\n"
        + ("secondstep.enroll(user)\n" if staff else ""),
    )  # fmt: skip


def clean(page: Page) -> None:
    assert findings(page) == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} scrolls sideways by {wide}"


@pytest.fixture(scope="session")
def organizer(browser: Browser, running_site: Site, demo: dict[str, Any]) -> Any:
    """The demo's organizer, signed in: cookies to start from."""
    context = browser.new_context(locale="en-US")
    enter(context.new_page(), running_site, demo, "organizer")
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_every_page_is_clean(
    new_context: Callable[..., BrowserContext], running_site: Site, demo: dict[str, Any],
    organizer: Any, size: str, scheme: str,
) -> None:  # fmt: skip
    page = new_context(size, color_scheme=scheme, storage_state=organizer).new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    home = f"/organize/{demo['organization']['code']}"
    for address in (
        "/organize/", "/organize/new/", "/organize/find/", "/organize/find/?q=example",
        "/organize/find/?q=nothing-like-it", f"{home}/", f"{home}/people/", f"{home}/people/roles/",
        f"{home}/people/invite/", f"{home}/settings/", f"{home}/leave/", "/accounts/2fa/",
        f"/organize/ask/{demo['organization']['code']}/",
    ):  # fmt: skip
        page.goto(running_site.base_url + address)
        clean(page)
    assert said == []
    for address in ("/join/nothing/", f"{home}/settings/money/"):
        page.goto(running_site.base_url + address)
        clean(page)
    page.goto(f"{running_site.base_url}{home}/people/invite/")
    page.get_by_label("E-mail address").fill("nonsense")
    page.get_by_role("button", name="Make the invitation").click()
    expect(page.get_by_role("alert")).to_contain_text("This isn't an e-mail address")
    clean(page)
    page.goto(f"{running_site.base_url}{home}/people/")
    page.get_by_role("link", name=re.compile("^Decide")).first.click()
    clean(page)


def test_invite_and_join_on_a_phone_without_javascript(
    new_context: Callable[..., BrowserContext], running_site: Site, demo: dict[str, Any],
    organizer: Any,
) -> None:  # fmt: skip
    plain = {"java_script_enabled": False}
    page = new_context("phone", storage_state=organizer, **plain).new_page()
    page.goto(f"{running_site.base_url}/organize/{demo['organization']['code']}/people/")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label(re.compile("^Viewer")).check()
    page.get_by_role("button", name="Make the invitation").click()
    link = page.get_by_label("Link to hand on").input_value()
    make_login(running_site, "joiner@example.com")
    guest = new_context("phone", **plain).new_page()
    guest.goto(link)
    expect(guest.get_by_role("heading", level=1)).to_have_text("You're invited to Example School")
    guest.get_by_role("main").get_by_role("link", name="Sign in").click()
    guest.fill("input[name=login]", "joiner@example.com")
    guest.fill("input[name=password]", PASSWORD)
    guest.press("input[name=password]", "Enter")
    guest.get_by_role("button", name="Accept").click()
    expect(guest.get_by_text("You belong to Example School now.")).to_be_visible()
    expect(guest.get_by_role("link", name="People")).to_have_count(0)
    guest.get_by_role("main").get_by_role("link", name="Leave").click()
    guest.get_by_role("button", name="Leave").click()
    expect(guest.get_by_text("You left Example School.")).to_be_visible()
    other = new_context("phone", **plain).new_page()
    enter(other, running_site, demo, "outsider")
    answer = other.goto(link)
    assert answer and answer.status == 410
    expect(other.get_by_text("has been used")).to_be_visible()


def test_staff_with_a_code_let_somebody_in_and_staff_without_the_right_do_not(
    new_context: Callable[..., BrowserContext], running_site: Site, demo: dict[str, Any]
) -> None:
    make_login(running_site, "asker@example.com")
    asker = new_context("phone").new_page()
    sign_in(asker, running_site, "asker@example.com", PASSWORD)
    asker.get_by_label("Name or code of the organization").fill("Example School")
    asker.get_by_role("button", name="Search").click()
    asker.get_by_role("link", name=re.compile("Ask to join.*Example School")).click()
    asker.get_by_label("Message").fill("I keep the score.")
    asker.get_by_role("button", name="Ask to join").click()
    expect(asker.get_by_text("pending")).to_be_visible()

    requests = "/admin/accounts/joinrequest/"
    watcher = new_context().new_page()
    make_login(running_site, "watcher@example.com", staff=True)
    sign_in(watcher, running_site, "watcher@example.com", PASSWORD, requests)
    secondstep.take(watcher)
    watcher.wait_for_url(f"**{requests}")
    answer = watcher.goto(running_site.base_url + requests)
    assert answer and answer.status == 403

    page = new_context().new_page()
    enter(page, running_site, demo, "staff", requests)
    expect(page.get_by_role("heading", level=1)).to_have_text("The second step")
    clean(page)
    secondstep.take(page, demo["logins"]["staff"]["totp_secret"])
    page.wait_for_url(f"**{requests}")
    for label, question in (("Approve…", "Let these people in?"), ("Refuse…", "Turn these")):
        page.goto(running_site.base_url + requests)
        page.locator("tr", has_text="asker@example.com").get_by_role("checkbox").check()
        page.get_by_label("Action:").select_option(label=label)
        page.get_by_role("button", name="Go", exact=True).click()
        expect(page.get_by_role("heading", name=question)).to_be_visible()
        expect(page.get_by_text("1 row")).to_be_visible()
        if label == "Refuse…":
            page.get_by_label("Reason").fill("Changed our mind.")
        page.get_by_role("button", name="Yes, do it").click()
    expect(page.get_by_text("decided already, the other way")).to_be_visible()
    asker.goto(f"{running_site.base_url}/organize/")
    asker.get_by_role("link", name="Example School").click()
    expect(asker.get_by_text("Your role: team admin.")).to_be_visible()


def test_a_passkey_is_made_and_used_on_localhost(
    new_context: Callable[..., BrowserContext], running_site: Site
) -> None:
    base = running_site.base_url.replace("127.0.0.1", "localhost")
    make_login(running_site, "keys@example.com")
    page = new_context("phone").new_page()
    here = Site(base, running_site.var, running_site.environ, running_site.process)
    sign_in(page, here, "keys@example.com", PASSWORD, "/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a passkey")
    clean(page)  # before the device is there: leaving the debugger takes it away
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
              "hasUserVerification": True, "isUserVerified": True,
              "automaticPresenceSimulation": True}  # fmt: skip
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.context.clear_cookies()
    page.goto(f"{base}/accounts/login/?next=/organize/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{base}/organize/")
    page.context.clear_cookies()
    sign_in(page, here, "keys@example.com", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("The second step")
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url(f"{base}/organize/")
    page.goto(f"{running_site.base_url}/accounts/login/")
    assert page.get_by_role("button", name="Sign in with a passkey").count() == 0


def test_the_second_step_pages_are_clean(
    new_context: Callable[..., BrowserContext], running_site: Site
) -> None:
    make_login(running_site, "careful@example.com")
    page = new_context("phone").new_page()
    sign_in(page, running_site, "careful@example.com", PASSWORD, "/accounts/2fa/totp/activate/")
    page.fill("input[name=password]", PASSWORD)
    clean(page)
    page.get_by_role("button", name="Continue").click()
    secret = page.get_by_label("Secret").input_value()
    expect(page.get_by_alt_text("The secret below as a picture")).to_be_visible()
    clean(page)
    page.get_by_label(re.compile("code", re.I)).fill(secondstep.code(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    for path in ("", "totp/deactivate/", "recovery-codes/generate/", "webauthn/", "webauthn/add/"):
        page.goto(f"{running_site.base_url}/accounts/2fa/{path}")
        clean(page)
    expect(page.get_by_text("Passkeys don't work here.")).to_be_visible()
