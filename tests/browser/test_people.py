"""Fundraisers, a gift paid back, a campaign closed: the organizer's walks, and all pages sound."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import BOARD, fill, findings, free, pick
from tests.browser.test_organizing import LOOKS, signed_in
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
SHOTS = os.environ.get("SHOTS", "")


def sound(page: Page, name: str = "") -> None:
    """No finding, nothing scrolls sideways. Without scripts axe can't look."""
    if SHOTS and name:
        wide = page.viewport_size["width"] if page.viewport_size else 0
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        page.screenshot(path=f"{SHOTS}/{name}-{wide}-{'dark' if dark else 'light'}.png",
                        full_page=True)  # fmt: skip
    if page.evaluate("matchMedia('(scripting: enabled)').matches"):
        assert findings(page) == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} scrolls sideways by {wide}"


def bought(page: Page, site: Site) -> None:
    """A supporter pays for one tile by card."""
    page.goto(site.base_url + BOARD)
    pick(page, free(page, 1))
    page.get_by_role("button", name="Reserve").click()
    fill(page)
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name=re.compile("^Pay")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")


@pytest.mark.parametrize(
    ("size", "scheme", "scripts"), [*((*look, True) for look in LOOKS), ("plain", "light", False)]
)
def test_fundraisers_and_a_refund(
    new_context: Callable[..., BrowserContext], running_site: Site, size: str, scheme: str,
    scripts: bool,
) -> None:  # fmt: skip
    bought(new_context("desktop").new_page(), running_site)
    width = "phone" if size == "plain" else size
    page = new_context(width, color_scheme=scheme, java_script_enabled=scripts).new_page()
    home = signed_in(page, running_site)
    root = home.split("/c/")[0]
    page.goto(f"{home}teams/new/")
    sound(page, "team-new")
    page.locator("main [name=name]").fill(f"Team {size}")
    page.get_by_role("button", name="Make the team").click()
    sound(page, "teams")
    page.goto(f"{home}fundraisers/new/")
    page.locator("[name=people]").fill(f"Some {size}\nOther {size}, other@example.com")
    page.locator("[name=team]").select_option(label=f"Team {size}")
    sound(page, "fundraisers-new")
    page.get_by_role("button", name="Add them").click()
    sound(page, "assign")
    page.goto(f"{root}/people/fundraisers/")
    sound(page, "fundraisers")
    page.get_by_role("link", name=f"Some {size}", exact=True).click()
    sound(page, "fundraiser")
    page.get_by_role("link", name="Open the page").click()
    sound(page, "member")
    page.get_by_role("link", name="Pick your tiles").first.click()
    assert "for=m" in page.url
    page.goto(f"{root}/people/supporters/?q=sample")
    sound(page, "supporters")
    page.get_by_role("link", name="Sample Person").first.click()
    sound(page, "supporter")
    page.locator("main table a").first.click()
    sound(page, "gift")
    page.get_by_role("link", name="Credit it").click()
    sound(page, "credit")
    page.locator("[name=credit]").select_option(label=f"Team {size}")
    page.get_by_role("button", name="Credit it").click()
    expect(page.get_by_text("It counts for them now.")).to_be_visible()
    page.get_by_role("link", name="Refund", exact=True).click()
    page.get_by_label("Why?").fill("Asked for.")
    sound(page, "refund")
    page.get_by_role("button", name="Go on").click()
    sound(page, "refund-ask")
    page.get_by_role("button", name=re.compile("^Refund")).click()
    expect(page.get_by_text("is on its way back.")).to_be_visible()
    page.goto(f"{home}teams/new/")
    page.get_by_role("link", name=re.compile("^Spring")).first.click()
    page.get_by_role("link", name=f"Team {size}", exact=True).click()
    sound(page, "team")
    page.get_by_role("link", name="Open the page").click()
    sound(page, "public-team")
    page.goto(f"{root}/money/")
    sound(page, "money")
    page.goto(f"{home}exports/")
    sound(page, "exports")
    page.goto(f"{root}/people/")
    sound(page, "people")
    page.goto(page.url.split("/organize")[0] + "/c/" + home.split("/c/")[1])
    sound(page, "campaign")


def test_a_campaign_is_closed(
    new_context: Callable[..., BrowserContext], running_site: Site
) -> None:
    page = new_context("phone").new_page()
    home = signed_in(page, running_site)
    page.goto(f"{home.split('/c/')[0]}/campaigns/new/")
    page.locator("[name=title]").fill("Soon over")
    page.locator("[name=goal]").fill("500")
    page.locator("[name=deadline]").fill("2027-05-31")
    page.get_by_role("button", name="Show me boards").click()
    page.get_by_role("button", name="Use these boards").click()
    page.locator("[name=summary]").fill("Placeholder words.")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Publish now").click()
    page.get_by_role("link", name="Close").click()
    expect(page.get_by_text("This can't be taken back.")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("It's completed.")).to_be_visible()
