"""What a first view costs, and how the page behaves on narrow, zoomed and mirrored screens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Response

from tests.browser.steps import BOARD, free, pick
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


def test_first_view_is_light_and_ours(page: Page, running_site: Site) -> None:
    sizes: dict[str, int] = {}

    def note(response: Response) -> None:
        sizes[response.url] = response.request.sizes()["responseBodySize"]

    page.on("response", note)
    page.goto(running_site.base_url + BOARD, wait_until="networkidle")
    assert all(url.startswith(running_site.base_url) for url in sizes), sizes
    assert sum(sizes.values()) <= 60_000, sizes
    scripts = sum(size for url, size in sizes.items() if url.endswith(".js"))
    assert scripts <= 30_000


@pytest.mark.parametrize("width", [320, 390, 640, 991, 992, 1280])
def test_no_sideways_scrolling(
    new_context: Callable[..., BrowserContext], running_site: Site, width: int
) -> None:
    page = new_context(viewport={"width": width, "height": 640}).new_page()
    for address in ("/", BOARD, BOARD + "?view=list", BOARD + "?show=free"):
        page.goto(running_site.base_url + address)
        assert page.evaluate(OVERFLOW) <= 0, address
    small = page.evaluate(
        "[...document.querySelectorAll('.t')].filter(t => t.querySelector('input') &&"
        " t.getBoundingClientRect().width < 44).length"
    )
    assert small == 0


def test_right_to_left(page: Page, running_site: Site) -> None:
    page.goto(running_site.base_url + BOARD)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate(OVERFLOW) <= 0
    one, two = (page.locator(f"#t{n}").bounding_box() for n in (1, 2))
    assert one and two and one["x"] > two["x"]


def test_picks_stay_reachable_in_a_low_window(
    new_context: Callable[..., BrowserContext], running_site: Site
) -> None:
    page = new_context(viewport={"width": 640, "height": 400}).new_page()
    page.goto(running_site.base_url + BOARD)
    number = free(page, most=1)[0]
    pick(page, [number])
    page.locator(f"#t{number}").scroll_into_view_if_needed()
    tile = page.locator(f"#t{number}").bounding_box()
    basket = page.locator("#basket").bounding_box()
    assert tile and basket
    assert tile["y"] + tile["height"] <= 400


def test_nothing_breaks_the_policy(page: Page, running_site: Site) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for address in ("/", BOARD, "/accounts/login/"):
        page.goto(running_site.base_url + address, wait_until="networkidle")
    assert said == []
