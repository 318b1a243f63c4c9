"""Gives a test run its servers and its own folder before Django's settings are read.

Loaded by `-p tests.plugin`, because a conftest would come too late. In this order: the servers
named by TEST_DATABASE_URL and TEST_REDIS_URL, the pinned ones, installed ones. `--sqlite` runs
on SQLite with the embedded cache and broker, and names the tests it leaves out.
"""

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests import services, tally

OURS = ("RALLY_", "STRIPE_", "EMAIL_", "DATABASE_URL", "REDIS_URL", "HOST", "PORT")
KEPT = {"RALLY_CHROMIUM", "RALLY_TEST_FOLDER"}
WAYS = (
    "install the pinned servers (needs the network once), install PostgreSQL and Valkey or "
    "Redis, or give TEST_DATABASE_URL and TEST_REDIS_URL; ./run test --sqlite runs without them"
)
running: list[services.Server] = []
header: list[str] = []
left_out: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("rally")
    group.addoption("--sqlite", action="store_true", help="run on SQLite, without servers")
    group.addoption("--no-browser", action="store_true", help="leave out the browser tests")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """As a wrapper it comes before the Django plugin, which reads the settings."""
    options = early_config.known_args_namespace
    if "PYTEST_XDIST_WORKER" not in os.environ and not options.help:
        _begin(options.sqlite)
    if "RALLY_TEST_FOLDER" in os.environ:
        _own_corner(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    return (yield)


def _begin(sqlite: bool) -> None:
    """Forget the person's configuration, then start what this run needs."""
    for name in list(os.environ):
        if name.startswith(OURS) and name not in KEPT:
            del os.environ[name]
    within = services.folder()
    os.environ["RALLY_TEST_FOLDER"] = str(within)
    # Playwright runs an event loop in the test's thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    if sqlite:
        header.append("database: SQLite, cache and broker: embedded")
        return
    try:
        _serve(within)
    except services.Unavailable as why:
        stop()
        raise pytest.UsageError(f"No servers for the tests ({why}): {WAYS}.") from None


def _serve(within: Path) -> None:
    given = {name: os.environ.get(f"TEST_{name}", "") for name in ("DATABASE_URL", "REDIS_URL")}
    trouble = "" if all(given.values()) else services.install_wheels()
    for name, start in (("DATABASE_URL", services.postgres), ("REDIS_URL", services.valkey)):
        about = "given"
        if not given[name]:
            try:
                server = start(within)
            except services.Unavailable as why:
                raise services.Unavailable(f"{why}; {trouble}" if trouble else str(why)) from None
            running.append(server)
            given[name], about = server.url, server.about
        os.environ[name] = given[name]
        header.append(f"{name}: {about}")


def _own_corner(worker: str) -> None:
    """Each process of a parallel run has its own folder, cache keys and queue."""
    var = Path(os.environ["RALLY_TEST_FOLDER"], f"var-{worker}")
    var.mkdir(exist_ok=True)
    os.environ["RALLY_VAR"] = str(var)
    os.environ["RALLY_CACHE_PREFIX"] = os.environ["RALLY_QUEUE"] = f"test-{worker}"


def pytest_report_header() -> list[str]:
    return header


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what was asked to be left out, and begin with what takes longest."""
    unwanted = [
        name
        for name, chosen in (("postgresql", "sqlite"), ("browser", "no_browser"))
        if config.getoption(chosen)
    ]
    gone = [item for item in items if any(item.get_closest_marker(name) for name in unwanted)]
    if gone:
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=gone)
        left_out.extend(item.nodeid for item in gone)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if "running_site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("site"))
        if hasattr(config, "workerinput"):
            _keep_together(item)


def _keep_together(item: pytest.Item) -> None:
    """Tell the scheduler an item's group by the end of its id, as pytest-xdist 3.8 means to.

    It writes to an attribute that pytest 9.2 doesn't read any more, so that groups were torn
    apart without a word (pytest-xdist issue 1386).
    """
    mark = item.get_closest_marker("xdist_group")
    if mark and not item.nodeid.endswith(f"@{mark.args[0]}"):
        known: Any = item
        known._id = type(known._id).parse(f"{item.nodeid}@{mark.args[0]}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = left_out
    elif session.config.cache is not None:
        _forget_groups(session.config.cache)


def _forget_groups(cache: Any) -> None:
    """`--lf` without other processes finds no test by an id that ends with its group."""
    failed = cache.get("cache/lastfailed", {})
    cache.set("cache/lastfailed", {_groupless(name): True for name in failed})


def _groupless(name: str) -> str:
    """The id without the group that was added after the parameters, or after the name."""
    head, bracket, tail = name.rpartition("]")
    kept = tail.partition("@")[0] if bracket else name.partition("@")[0]
    return f"{head}{bracket}{kept}"


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    left_out.extend(getattr(node, "workeroutput", {}).get("left_out", []))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was not run: a green run must not look like more than it is."""
    reports = [one for key in ("passed", "failed") for one in terminalreporter.stats.get(key, ())]
    for title, told in (("bad input", tally.lines), ("figures", tally.figures)):
        if said := told(reports):
            terminalreporter.section(title)
            for line in said:
                terminalreporter.line(line)
    if names := sorted(set(left_out)):
        terminalreporter.section(f"{len(names)} left out on request")
        for name in names:
            terminalreporter.line(name)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        stop()


def stop() -> None:
    while running:
        running.pop().stop()
