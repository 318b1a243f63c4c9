"""The choice after a late payment in a real browser, and what the clocks of a hold say."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import BOARD, fill, findings, free, pick
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
LATE = """
import json
from django.conf import settings
from boards import building
from boards.models import Board
from campaigns.models import Campaign
from payments import offers
from payments.models import Refund
from tests.factories import make_hold
from tests.payments.outside import Outside
from tests.payments.test_late import given_up
settings.RALLY_LIMITS = False
campaign = Campaign.objects.get(code="8de300")
board = building.build(Board(campaign=campaign, goal=campaign.goal, title="Late",
                             currency="USD", max_num=40, position=99))
building.follow_campaign(campaign)
made = given_up(Outside(settings.STRIPE_API_BASE), board, [7, 39])
make_hold(board, [39])
made.settle()
refund = Refund.objects.get(payment__checkout__hold=made.hold)
print(json.dumps({"path": f"/gifts/{offers.link(refund)}/"}))
"""


def late(site: Site) -> str:
    """The address of a fresh choice about tile 39."""
    said = site.manage("shell", "--no-imports", "-c", LATE)
    return site.base_url + str(json.loads(said.splitlines()[-1])["path"])


def shift(site: Site, page: Page, seconds: int) -> None:
    """Let this page's hold end in so many seconds."""
    reference = page.url.split("/checkout/")[1].split("/")[0]
    site.manage(
        "shell", "--no-imports", "-c",
        "import datetime as dt\nfrom boards.models import Hold\nfrom rally.kit import clock\n"
        f"Hold.objects.filter(reference='{reference}').update("
        f"expires_at=clock.now() + dt.timedelta(seconds={seconds}))",
    )  # fmt: skip


def reserve(page: Page, site: Site) -> None:
    page.goto(site.base_url + BOARD)
    pick(page, free(page, most=1))
    page.get_by_role("button", name="Reserve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your tile is held")


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_choosing_by_keyboard(
    new_context: Callable[..., BrowserContext], running_site: Site, size: str, scheme: str
) -> None:
    page = new_context(size, color_scheme=scheme).new_page()
    page.goto(late(running_site))
    assert findings(page) == []
    swatches = page.get_by_role("group", name="Pick a free tile")
    expect(swatches).to_be_hidden()
    page.get_by_role("radio", name="Take another tile").focus()
    page.keyboard.press("Space")
    expect(swatches).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Tile 37, 37 dollars")).to_be_checked()
    assert findings(page) == []
    page.get_by_role("button", name="Confirm my choice").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This is decided")
    expect(page.get_by_text("You took tile 37 instead.")).to_be_visible()
    assert findings(page) == []


def test_choosing_without_javascript(
    new_context: Callable[..., BrowserContext], running_site: Site
) -> None:
    page = new_context("phone", java_script_enabled=False).new_page()
    page.goto(late(running_site))
    page.get_by_role("radio", name="Take another tile").check()
    page.get_by_label("Or another number").fill("40")
    page.get_by_role("button", name="Confirm my choice").click()
    expect(page.get_by_role("alert")).to_contain_text("costs more than you paid")
    expect(page.get_by_label("Or another number")).to_have_value("40")
    page.get_by_role("radio", name=re.compile("^Leave")).check()
    page.get_by_role("button", name="Confirm my choice").click()
    expect(page.get_by_text("You left $39.00 as a plain gift.")).to_be_visible()


def test_more_time_keeps_what_was_typed_and_enter_pays(page: Page, running_site: Site) -> None:
    reserve(page, running_site)
    here = page.url
    page.get_by_label("Your name").fill("Sample Person")
    page.get_by_role("button", name="I need 10 more minutes").click()
    expect(page.locator("#time [data-until]")).to_have_text(re.compile(r"^2[45]:\d\d$"))
    expect(page.get_by_label("Your name")).to_have_value("Sample Person")
    assert page.url == here, "asking for the page again asks for no more time"
    page.get_by_label("Your name").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("e-mail address")


def test_two_minutes_before_the_end_it_is_said_and_then_it_is_over(
    page: Page, running_site: Site
) -> None:
    reserve(page, running_site)
    shift(running_site, page, 123)
    page.reload()
    expect(page.locator("#late")).to_be_hidden()
    expect(page.locator("#late")).to_be_visible(timeout=10_000)
    expect(page.locator("#time-news")).to_contain_text("Two minutes left")
    assert findings(page) == []
    shift(running_site, page, 3)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("The time is up", timeout=15_000)


def test_back_from_payment_it_says_what_is_still_held(page: Page, running_site: Site) -> None:
    reserve(page, running_site)
    fill(page)
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name="Abandon").click()
    expect(page.locator("[data-until]")).to_have_text(re.compile(r"^3[345]:\d\d$"))
    expect(page.get_by_role("button", name=re.compile("more minutes|More time"))).to_have_count(0)
    page.get_by_role("button", name="Cancel payment and go back to the board").click()
    note = page.get_by_role("status").filter(has_text="The payment is cancelled")
    expect(note).to_contain_text(re.compile(r"still yours until \d"))
    assert findings(page) == []
