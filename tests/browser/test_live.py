"""Two visitors at one board: what one does, the other sees without asking."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import BOARD, free, pick
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]


def test_a_tile_taken_meanwhile_is_crossed_out(
    page: Page, new_context: Callable[..., BrowserContext], running_site: Site
) -> None:
    other = new_context("phone").new_page()
    for one in (page, other):
        one.goto(running_site.base_url + BOARD)
    both, mine = free(page, most=2)
    left = page.locator("#tiles-left").inner_text()
    pick(page, [both, mine])
    pick(other, [both])
    other.get_by_role("button", name="Reserve").click()
    expect(page.locator(f"#t{both}.lost")).to_be_visible(timeout=12_000)
    expect(page.locator("#news")).to_contain_text(f"Just taken by somebody else: {both}")
    expect(page.locator("#count")).to_have_text("1 tile")
    expect(page.locator("#tiles-left")).not_to_have_text(left)
    expect(page.locator(f"#t{mine} input")).to_be_checked()


def test_a_conflict_keeps_the_rest(
    new_context: Callable[..., BrowserContext], running_site: Site
) -> None:
    one = new_context("desktop", java_script_enabled=False).new_page()
    other = new_context("desktop", java_script_enabled=False).new_page()
    for each in (one, other):
        each.goto(running_site.base_url + BOARD)
    both, mine = free(one, most=2)
    pick(other, [both])
    other.get_by_role("button", name="Reserve").click()
    pick(one, [both, mine])
    one.get_by_role("button", name="Reserve").click()
    expect(one.get_by_role("alert")).to_contain_text(f"Tile {both} was just taken")
    expect(one.get_by_role("alert")).to_be_focused()
    expect(one.locator(f"#t{mine} input")).to_be_checked()
    one.get_by_role("button", name="Reserve").click()
    expect(one.get_by_role("heading", level=1)).to_have_text("Your tile is held")
