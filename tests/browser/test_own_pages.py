"""A fundraiser who leads a team: their pages from the sign-in on, with scripts and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_people import sound
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]


def signed_in(page: Page, site: Site, who: str) -> None:
    """One of the demo's logins, where organizers arrive."""
    login = site.demo["logins"][who]
    page.goto(f"{site.base_url}/accounts/login/?next=/organize/")
    page.locator("[name=login]").fill(login["email"])
    page.locator("[name=password]").fill(login["password"])
    page.locator("main form button[type=submit]").first.click()


@pytest.mark.parametrize(
    ("size", "scheme", "scripts"),
    [("desktop", "light", True), ("phone", "dark", True), ("phone", "light", False)],
)
def test_their_page_and_their_team(
    new_context: Callable[..., BrowserContext], running_site: Site, size: str, scheme: str,
    scripts: bool,
) -> None:  # fmt: skip
    options = {"color_scheme": scheme, "java_script_enabled": scripts}
    page = new_context(size, **options).new_page()
    signed_in(page, running_site, "supporter")
    page.get_by_role("link", name="Your fundraising pages").click()
    sound(page, "own")
    page.get_by_role("link", name="Demo Supporter").click()
    sound(page, "own-page")
    expect(page.get_by_role("link", name=re.compile("Change it"))).to_be_visible()
    page.get_by_role("link", name="Change it").click()
    page.locator("[name=page_header]").fill("I run for it.")
    page.locator("[name=goal]").fill("nothing")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=page_header]")).to_have_value("I run for it.")
    sound(page, "own-edit")
    page.locator("[name=goal]").fill("600")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("$600.00")).to_be_visible()
    page.get_by_role("link", name="Open the page").click()
    expect(page.get_by_text("I run for it.")).to_be_visible()
    sound(page, "public-fundraiser")
    page.goto(f"{running_site.base_url}/organize/pages/")
    page.get_by_role("link", name="Demo team").click()
    sound(page, "own-team")
    page.get_by_role("link", name="Open the page").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Demo team")
    sound(page, "public-team")
