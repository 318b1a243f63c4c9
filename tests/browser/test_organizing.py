"""A newcomer on a phone: from the sign-up page to a live board, counted."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import findings
from tests.site import Site, until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
MOST_LOADS, MOST_FIELDS = 9, 12
PASSWORD = "correct horse battery staple"


class Walk:
    """A page that counts what it loads and what has to be filled in."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site
        self.loads: list[str] = []
        self.fields: list[str] = []
        page.on("response", self._heard)

    def _heard(self, response: Any) -> None:
        """A redirect is no page to look at."""
        if response.request.resource_type == "document" and response.status < 300:
            self.loads.append(response.url)

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f"main [name={name}]").fill(value)
            self.fields.append(name)

    def go(self, button: str) -> None:
        """Press on, on a page that is sound."""
        assert findings(self.page) == [], self.page.url
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, self.page.url
        self.page.get_by_role("button", name=button, exact=True).click()


def code_for(site: Site, email: str) -> str:
    """The code in the mail that was sent to the newcomer."""

    def look() -> str:
        for mail in (site.var / "mail").glob("*"):
            text = mail.read_text()
            found = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", text, re.MULTILINE)
            if email in text and found:
                return found[1]
        return ""

    return str(until(look, 10, "the mail with the code"))


def test_a_newcomer_has_a_live_board_after_nine_pages(
    new_context: Callable[..., BrowserContext], running_site: Site
) -> None:
    walk = Walk(new_context("phone").new_page(), running_site)
    page, email = walk.page, "newcomer@example.com"
    page.goto(f"{running_site.base_url}/accounts/signup/")
    walk.fill(email=email, password1=PASSWORD, password2=PASSWORD)
    walk.go("Create my account")
    walk.fill(code=code_for(running_site, email))
    walk.go("Confirm")
    page.get_by_role("link", name="Start one").click()
    walk.fill(name="Test Band")
    walk.go("Start it")
    walk.fill(title="New instruments", goal="7,500", deadline="2027-05-31", takers="24")
    walk.go("Show me boards")
    walk.go("Use these boards")
    walk.fill(summary="Sixty players, forty instruments.")
    walk.go("Save and go on")
    walk.go("Publish now")
    expect(page.get_by_text("It's live.")).to_be_visible()
    assert findings(page) == []
    link = page.get_by_label("Link to this campaign").input_value()
    print(f"\n{len(walk.loads)} page loads, {len(walk.fields)} fields: {walk.fields}")
    assert len(walk.loads) <= MOST_LOADS, walk.loads
    assert len(walk.fields) <= MOST_FIELDS, walk.fields
    stranger = new_context("phone").new_page()
    stranger.goto(link)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("New instruments")
    expect(stranger.get_by_role("link", name="Pick your tiles").first).to_be_visible()


def signed_in(page: Page, site: Site) -> str:
    """The demo's organizer at the demo campaign's dashboard; its address."""
    login = site.demo["logins"]["organizer"]
    page.goto(f"{site.base_url}/accounts/login/?next=/organize/")
    page.locator("[name=login]").fill(login["email"])
    page.locator("[name=password]").fill(login["password"])
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("link", name="Example School").first.click()
    page.get_by_role("link", name="Spring Tournament Fund").click()
    return page.url


LOOKS = [("desktop", "light"), ("phone", "dark")]


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_cash_by_keyboard_and_without_scripts(
    new_context: Callable[..., BrowserContext], running_site: Site, size: str, scheme: str
) -> None:
    page = new_context(size, color_scheme=scheme, java_script_enabled=False).new_page()
    signed_in(page, running_site)
    page.get_by_role("link", name="Tiles 1 to 100").click()
    box = page.locator("label.t.f input[name=tile]").first
    number = str(box.get_attribute("value"))
    box.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Sold for cash").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name=numbers]")).to_have_value(number)
    page.locator("[name=name]").fill("Placeholder Giver")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator(f"#t{number}.promised")).to_be_visible()
    page.get_by_role("link", name="Spring Tournament Fund").first.click()
    page.get_by_role("link", name=re.compile("Counted.*Placeholder Giver")).first.click()
    page.get_by_role("button", name="Yes, I've counted it").click()
    expect(page.get_by_text("It counts as raised now.")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_every_page_is_sound(
    new_context: Callable[..., BrowserContext], running_site: Site, size: str, scheme: str
) -> None:
    page = new_context(size, color_scheme=scheme).new_page()
    home = signed_in(page, running_site)
    board = str(page.get_by_role("link", name="Tiles 1 to 100").get_attribute("href"))
    steps = ("", "boards/", "boards/new/", "look/", "preview/", "publish/", "settings/", "pause/",
             "extend/", "close/", "cancel/", "clone/")  # fmt: skip
    acts = ("", "?view=list&show=sold", "?find=7", "layout/", "settings/", "put-away/",
            "cash/?tile=7", "block/", "comp/", "sponsor/", "free/", "move/")  # fmt: skip
    addresses = [home + step for step in steps]
    addresses += [running_site.base_url + board + act for act in acts]
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        assert findings(page) == [], address
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{address} scrolls sideways by {wide}"
