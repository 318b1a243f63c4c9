"""The supervisor: what it starts it keeps running, and takes with it, however it ends."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services import BASE
from tests.setup.test_refusals import refused
from tests.site import Site, start_site, until

pytestmark = pytest.mark.xdist_group("up")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation that was started once, which is the slow part."""
    var = tmp_path_factory.mktemp("prepared") / "var"
    start_site(var).stop()
    for name in ("simulator-port", "output.log"):
        (var / name).unlink()
    return var


@pytest.fixture
def start(prepared: Path, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Starts embedded sites; all of them are ended with the test."""
    started: list[Site] = []

    def make(name: str = "one", **settings: str) -> Site:
        if not (tmp_path / name).exists():
            shutil.copytree(prepared, tmp_path / name)
        started.append(start_site(tmp_path / name, **settings))
        return started[-1]

    yield make
    for site in started:
        site.stop()


@pytest.fixture(scope="module")
def calm(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that nobody stops: for tests that look."""
    var = tmp_path_factory.mktemp("calm") / "var"
    shutil.copytree(prepared, var)
    site = start_site(var)
    yield site
    site.stop()


def living() -> dict[int, int]:
    """Each living process with its parent; one that only waits to be buried is dead."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split() for line in listing.splitlines())
    return {int(pid): int(parent) for pid, parent, stat in rows if not stat.startswith("Z")}


def family(pid: int) -> set[int]:
    """A process's children, their children, and so on."""
    parents, found, grown = living(), {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found, grown = found | more, bool(more)
    return found - {pid}


def test_a_killed_supervisor_leaves_no_process_behind(start: Callable[..., Site]) -> None:
    site = start()
    processes = family(site.process.pid)
    assert len(processes) >= 4, "web with its worker, background worker and simulator"
    site.process.kill()
    site.process.wait()
    until(lambda: not processes & living().keys(), 6, "the end of every process")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_ends_everything_within_five_seconds(
    start: Callable[..., Site], how: signal.Signals
) -> None:
    site = start()
    processes = family(site.process.pid)
    site.process.send_signal(how)
    assert site.process.wait(5) == 0
    assert not processes & living().keys()
    assert "Traceback" not in site.output
    states = {about["state"] for about in site.state()["children"].values()}
    assert states == {"stopped"}


def test_a_killed_child_is_started_again_and_meanwhile_reported(
    start: Callable[..., Site],
) -> None:
    site = start()
    before = site.children()
    os.kill(before["worker"], signal.SIGKILL)

    def worker() -> dict[str, Any]:
        return site.state()["children"]["worker"]

    until(
        lambda: b'"restarting"' in site.get("/api/healthz")[1],
        5,
        "a health check that says the worker is gone",
    )
    until(lambda: worker()["state"] == "running", 5, "the worker's return")
    assert worker()["restarts"] == 1
    assert worker()["pid"] != before["worker"]
    assert site.children()["web"] == before["web"]
    os.kill(before["web"], signal.SIGKILL)
    until(lambda: site.children()["web"] != before["web"], 5, "a new web process")
    until(site.healthy, 10, "a site that answers again")


def test_two_installations_run_side_by_side(start: Callable[..., Site]) -> None:
    one, two = start("one"), start("two")
    assert one.simulator_url != two.simulator_url
    one.stop()
    assert two.healthy()


def test_the_same_installation_runs_once(calm: Site) -> None:
    said = refused(RALLY_VAR=str(calm.var), PORT="18098")
    assert str(calm.process.pid) in said
    assert calm.base_url in said
    assert calm.healthy()


def test_a_second_start_repeats_nothing_and_keeps_data_key_and_addresses(
    start: Callable[..., Site],
) -> None:
    first = start()
    first.manage("shell", "-v0", "-c", "from django.core.cache import cache; cache.set('a', 1)")
    kept = [(first.var / name).read_text() for name in ("secret.key", "simulator-port")]
    first.stop()
    (first.var / "output.log").unlink()
    again = start()
    for slow in ("Installing", "Preparing", "Collecting", "Loading"):
        assert slow not in again.output, "what is done needn't be done again"
    assert kept == [(again.var / name).read_text() for name in ("secret.key", "simulator-port")]
    command = "from django.core.cache import cache; print(cache.get('a'))"
    assert again.manage("shell", "-v0", "-c", command) == "1\n"


def test_it_says_where_it_is(calm: Site) -> None:
    until(lambda: "Admin" in calm.output, 5, "the addresses")
    assert f"{calm.base_url}/b/board123/" in calm.output
    assert f"{calm.base_url}/admin/" in calm.output


def test_the_demo_tells_a_script_all_it_needs_and_nothing_else(calm: Site) -> None:
    environ = {name: value for name, value in calm.environ.items() if name != "PORT"}
    command = [str(BASE / "run"), "manage", "demo", "--json"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    facts = json.loads(done.stdout)
    assert facts["base_url"] == calm.base_url
    assert facts["stripe"]["simulator_url"] == calm.simulator_url
    assert calm.get(f"/api/boards/{facts['board']['id']}")[0] == 200
