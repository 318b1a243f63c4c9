"""The browser reaches a running site, and nothing else is needed for it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.site import Site

pytestmark = pytest.mark.browser


def test_the_admin_opens_and_its_style_loads(running_site: Site, page: Page) -> None:
    failed: list[str] = []
    page.on("response", lambda reply: failed.append(reply.url) if reply.status >= 400 else None)
    page.goto(running_site.base_url + "/admin/")
    assert page.locator("form").count() >= 1
    assert failed == []


def test_a_phone_is_narrow(running_site: Site, new_context: Callable[..., BrowserContext]) -> None:
    phone = new_context("phone").new_page()
    phone.goto(running_site.base_url + "/admin/")
    assert phone.evaluate("window.innerWidth") == 390
