"""axe-core finds nothing, in either scheme, on a phone or a desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.steps import BOARD, big_board, findings, free, pick
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
ADDRESSES = (
    "/", BOARD, BOARD + "?view=list", BOARD + "?show=cheap&tile=50&tile=1", BOARD + "?find=2",
    "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nothing/",
    "/developers/", "/developers/tiles/campaigns/", "/developers/tiles/boards/", "/api/schema/",
)  # fmt: skip
LOOKS = [("desktop", "light"), ("phone", "dark")]


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_pages(
    new_context: Callable[..., BrowserContext], running_site: Site, size: str, scheme: str
) -> None:
    page = new_context(size, color_scheme=scheme).new_page()
    for address in ADDRESSES:
        page.goto(running_site.base_url + address)
        assert findings(page) == [], address
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{address} scrolls sideways by {wide}"
    page.goto(running_site.base_url + "/")
    page.get_by_role("link", name="Spring Tournament Fund").first.click()
    assert findings(page) == []


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_way_through_checkout(
    new_context: Callable[..., BrowserContext], running_site: Site, size: str, scheme: str
) -> None:
    page = new_context(size, color_scheme=scheme).new_page()
    page.goto(running_site.base_url + BOARD)
    pick(page, free(page, most=2))
    assert findings(page) == [], "picked"
    page.get_by_role("button", name="Reserve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your tiles are held")
    assert findings(page) == [], "checkout"
    here = page.url
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert findings(page) == [], "with mistakes"
    page.goto(running_site.base_url + BOARD)
    assert findings(page) == [], "held"
    stranger = new_context(size).new_page()
    stranger.goto(here)
    assert findings(stranger) == [], "stranger"


def test_a_big_board(new_context: Callable[..., BrowserContext], running_site: Site) -> None:
    page = new_context("phone").new_page()
    page.goto(big_board(running_site))
    assert findings(page) == []
