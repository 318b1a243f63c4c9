"""Fixtures that start real processes and real browsers."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import flush, prepared
from tests import site as sites
from tests.prepared import database_url

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="session", autouse=True)
def flushing() -> Iterator[None]:
    """Tests whose data is committed are cleaned up by emptying every table."""
    with flush.lifted_triggers(), flush.full_tables_only():
        yield


# Browsers -------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser to use; without one browser tests fail, they are not skipped."""
    if given := os.environ.get("RALLY_CHROMIUM"):
        return given
    for name in NAMES:
        if found := shutil.which(name):
            return found
    pytest.fail(
        "No Chromium was found: install it, name one in RALLY_CHROMIUM, or run "
        "./run test --no-browser.",
        pytrace=False,
    )


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all tests of this process; each test gets a context of its own."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=[*QUIET, *sandbox])
        yield started
        started.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes contexts of a size ("desktop", "phone") and with any of Playwright's options."""
    made: list[BrowserContext] = []

    def make(size: str = "desktop", **options: Any) -> BrowserContext:
        width, height = SIZES[size]
        options.setdefault("viewport", {"width": width, "height": height})
        options.setdefault("has_touch", size == "phone")
        made.append(browser.new_context(locale="en-US", **options))
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page at desktop size."""
    return new_context("desktop").new_page()


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A page at phone size, with touch."""
    return new_context("phone").new_page()


# Processes ------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    """A whole installation as `./run` starts it, with its demo, on the servers of this run."""
    var = tmp_path_factory.mktemp("site") / "var"
    started = sites.start_site(var, **prepared.furnished(var))
    yield started
    started.stop()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Starts real workers on the test's database; for tests whose data is committed."""
    started = []

    def start(**more: str) -> Any:
        environ = dict(os.environ) | shared_with_a_worker() | more
        cache.delete("worker:heartbeat")
        started.append(sites.python("rally.worker", environ, tmp_path / "worker.log"))
        sites.until(lambda: cache.get("worker:heartbeat"), 20, "the worker's first heartbeat")
        return started[-1]

    yield start
    for process in started:
        sites.end(process)


def shared_with_a_worker() -> dict[str, str]:
    name = str(connections["default"].settings_dict["NAME"])
    lite = connections["default"].vendor == "sqlite"
    return {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite://{quote(name)}" if lite else database_url(name),
        "RALLY_TEST_CACHE": str(connections["cache"].settings_dict["NAME"]),
    }


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Callable[..., sites.Simulator]]:
    """Starts payment simulators: `simulator(webhook_url=..., secret=...)`."""
    started: list[sites.Simulator] = []

    def start(**options: str) -> sites.Simulator:
        started.append(sites.start_simulator(tmp_path, **options))
        return started[-1]

    yield start
    for one in started:
        sites.end(one.process)
