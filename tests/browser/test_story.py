"""The whole story of one supporter, with JavaScript and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import BOARD, fill, findings, free, pick
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]


def test_with_javascript(page: Page, running_site: Site) -> None:
    page.goto(running_site.base_url + "/")
    page.get_by_role("link", name="Spring Tournament Fund").first.click()
    page.get_by_role("link", name="Pick your tiles").first.click()
    numbers = free(page)
    pick(page, numbers)
    total = sum(map(int, numbers))
    expect(page.locator("#total")).to_have_text(f"${total}.00")
    expect(page.locator("#news")).to_have_text(f"3 tiles, ${total}.00")
    page.get_by_role("button", name=f"Drop tile {numbers[0]}").click()
    expect(page.locator("#count")).to_have_text("2 tiles")
    page.get_by_role("button", name="Reserve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your tiles are held")
    expect(page.locator("#time [data-until]")).to_have_text(re.compile(r"^1[45]:\d\d$"))
    fill(page)
    page.get_by_label("First name and initial").check()
    expect(page.locator("#preview figcaption")).to_have_text("Sample P.")
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you", timeout=15_000)
    assert findings(page) == []
    page.get_by_role("link", name="See your tiles on the board").click()
    expect(page.locator(f"#t{numbers[1]}")).to_have_attribute("data-who", "Sample P.")


def test_without_javascript(new_context: Callable[..., BrowserContext], running_site: Site) -> None:
    page = new_context("phone", java_script_enabled=False).new_page()
    page.goto(running_site.base_url + BOARD)
    numbers = free(page)
    pick(page, numbers)
    page.get_by_role("button", name="Add up").click()
    expect(page.locator("#total")).to_have_text(f"${sum(map(int, numbers))}.00")
    page.get_by_role("button", name="Under $").click()
    expect(page.locator("#count")).to_have_text("3 tiles")
    page.get_by_role("button", name="Reserve").click()
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_role("alert")).to_contain_text("Please give a name.")
    fill(page)
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name=re.compile("^Pay")).click()
    for _look in range(10):
        if page.get_by_text("Thank you").count():
            break
        page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")


def test_abandoning_and_coming_back(page: Page, running_site: Site) -> None:
    page.goto(running_site.base_url + BOARD)
    pick(page, free(page, most=1))
    page.get_by_role("button", name="Reserve").click()
    fill(page)
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name="Abandon").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your payment is open")
    page.get_by_role("button", name="Cancel payment and go back to the board").click()
    expect(page.get_by_text("Held for you")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Give back tile")).click()
    expect(page.get_by_text("Held for you")).to_have_count(0)
