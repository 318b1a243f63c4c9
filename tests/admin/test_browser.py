"""The staff's pages in a real browser, under the same strict content policy as all others."""

import pytest

from tests import secondstep
from tests.admin.test_pages import ADDED_BY_HAND
from tests.browser.test_people import sound

pytestmark = pytest.mark.browser
PAGES = (
    "/admin/", "/admin/payments/stafftask/", "/admin/payments/checkout/",
    "/admin/accounts/user/add/", "/admin/boards/board/add/", "/admin/campaigns/donation/",
    "/admin/accounts/organization/",
)  # fmt: skip

# An event of nobody's account: no sweep takes it away.
STUCK = """
from payments.models import StripeEvent
from rally.kit import clock
StripeEvent.objects.get_or_create(event_id="evt_stuck", defaults={
    "type": "checkout.session.completed", "body": "{}", "digest": "-", "livemode": False,
    "processed_at": clock.now(), "parked": "unmatched"})
"""


@pytest.fixture(scope="session")
def entered(browser, running_site):
    """The cookies of a member of staff who signed in by the accounts' own page, once."""
    login = running_site.demo["logins"]["staff"]
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{running_site.base_url}/admin/")
    page.fill("input[name=login]", login["email"])
    page.fill("input[name=password]", login["password"])
    page.press("input[name=password]", "Enter")
    secondstep.take(page, login["totp_secret"])
    page.wait_for_url("**/admin/")
    cookies = context.cookies()
    context.close()
    return cookies


def enter(page, entered):
    """Go on as that member of staff."""
    page.context.add_cookies(entered)


@pytest.fixture
def complaints(page):
    """What the browser says it refused or could not do."""
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else 0)
    page.on("pageerror", lambda problem: said.append(str(problem)))
    return said


def test_the_pages_work_under_the_content_policy(running_site, page, entered, complaints):
    enter(page, entered)
    for path in PAGES:
        answer = page.goto(running_site.base_url + path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        page.wait_for_load_state("networkidle")
    assert complaints == []


def test_picking_a_campaign_and_confirming_an_action_work(running_site, page, entered, complaints):
    enter(page, entered)
    page.goto(running_site.base_url + "/admin/boards/board/add/")
    page.click(".field-campaign .select2-selection")
    page.fill(".select2-search__field", "spring")
    page.click("text=Spring Tournament Fund")
    assert page.locator("#id_campaign").input_value()
    page.goto(running_site.base_url + "/admin/accounts/organization/")
    page.check("tr:has-text('Example Club') .action-select")
    page.select_option("select[name=action]", "freeze")
    page.click("button[name=index]")
    page.wait_for_selector("text=Freeze these organizations?")
    page.click("text=No, go back")
    assert page.locator("tr:has-text('Example Club')").inner_text().count("live") == 1
    assert complaints == []


def test_no_page_is_wider_than_a_phone(running_site, phone, entered):
    enter(phone, entered)
    for path in (*PAGES, *(f"/admin/accounts/{name}/" for name in sorted(ADDED_BY_HAND)[:1])):
        phone.goto(running_site.base_url + path)
        wide = phone.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, path


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_the_doctor_s_page_is_sound(running_site, new_context, entered, size, scheme):
    page = new_context(size, color_scheme=scheme).new_page()
    enter(page, entered)
    for name, problem in (("doctor", False), ("doctor-stuck", True)):
        if problem:
            running_site.manage("shell", "-v0", "-c", STUCK)
        page.goto(running_site.base_url + "/admin/doctor/")
        sound(page, name)
