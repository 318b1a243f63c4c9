"""axe-core finds nothing on a developer's own pages, in either scheme, on a phone or a desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.steps import findings
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
ADDRESSES = ("/accounts/tokens/", "/developers/webhooks/", "/developers/apps/",
             "/developers/sprocket/", "/developers/sprocket/oauth/",
             "/developers/sprocket/objects/", "/developers/sprocket/updates/",
             "/developers/access/", "/developers/rallyup/", "/developers/rallyup/objects/",
             "/developers/rallyup/partner/")  # fmt: skip


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_pages(
    new_context: Callable[..., BrowserContext], running_site: Site, size: str, scheme: str
) -> None:
    login = running_site.demo["logins"]["organizer"]
    page = new_context(size, color_scheme=scheme).new_page()
    page.goto(running_site.base_url + "/accounts/login/")
    page.fill("input[name=login]", login["email"])
    page.fill("input[name=password]", login["password"])
    page.click("main button[type=submit]")
    page.wait_for_url("**/organize/**")
    for address in ADDRESSES:
        page.goto(running_site.base_url + address)
        assert findings(page) == [], address
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{address} scrolls sideways by {wide}"
    page.goto(running_site.base_url + "/accounts/tokens/")
    page.click("main button[type=submit]")
    assert page.locator(".note code").inner_text().startswith("rlp_")
    assert findings(page) == []
