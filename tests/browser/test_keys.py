"""Picking by keyboard alone, on a small board and on one of ten thousand tiles."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import BOARD, big_board, free
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.value"))


def test_the_board_is_one_tab_stop_with_arrows_inside(page: Page, running_site: Site) -> None:
    page.goto(running_site.base_url + BOARD)
    page.locator("#t1 input").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "12"
    page.keyboard.press("End")
    assert focused(page) == "20"
    page.keyboard.press("Home")
    assert focused(page) == "11"
    page.keyboard.press("Control+End")
    assert focused(page) == "100"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.grid')") is None


def test_picking_and_reserving(page: Page, running_site: Site) -> None:
    page.goto(running_site.base_url + BOARD)
    one, other = free(page, most=2)
    page.locator(f"#t{one} input").focus()
    page.keyboard.press("Space")
    page.locator(f"#t{other} input").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("2 tiles")
    page.locator("#reserve").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your tiles are held")


def test_a_taken_tile_can_be_read_and_not_picked(page: Page, running_site: Site) -> None:
    page.goto(running_site.base_url + BOARD)
    taken = page.locator(".t.s input").first
    taken.focus()
    page.keyboard.press("Space")
    expect(taken).not_to_be_checked()
    expect(taken).to_have_attribute("aria-label", re.compile("sold"))


def test_nothing_picked_is_said_in_place(page: Page, running_site: Site) -> None:
    page.goto(running_site.base_url + BOARD)
    page.get_by_role("button", name="Reserve").click()
    expect(page.locator("#count")).to_have_text("Pick at least one tile first.")


@pytest.mark.parametrize("scripts", [True, False])
def test_ten_thousand_tiles(
    new_context: Callable[..., BrowserContext], running_site: Site, scripts: bool
) -> None:
    page = new_context("desktop", java_script_enabled=scripts).new_page()
    page.goto(big_board(running_site))
    page.get_by_label("Find a number").fill("4321" if scripts else "4322")
    page.keyboard.press("Enter")
    box = page.locator("#t4321 input" if scripts else "#t4322 input")
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    assert page.evaluate("document.querySelectorAll('*').length") <= 1_500
    if scripts:
        page.locator("summary").click()
        page.locator(".blocks a").first.click()
    else:
        page.get_by_role("button", name="Add up").click()
        page.locator(".blocks a").first.dispatch_event("click")
        page.goto(page.url.replace("block=44", "block=1"))
    expect(page.locator("#t1")).to_be_visible()
    expect(page.locator("#count")).to_have_text("1 tile")
    page.get_by_role("button", name="Reserve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your tile is held")
