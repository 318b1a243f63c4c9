"""What a newcomer does: clone, `./run`, reserve, pay. And what goes wrong meanwhile heals."""

import json
import os
import shutil
import signal
import subprocess
import sysconfig
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boards import tokens
from tests.services import BASE, die_with_parent, free_port
from tests.site import Site, end, plain_environment, until

pytestmark = pytest.mark.xdist_group("walk")
TILES = [7, 19, 50]
PATIENCE = 120  # a busy machine; on a quiet one each of these takes a few seconds


def clone(into: Path) -> Path:
    """The repository as somebody else gets it, with this interpreter's packages installed."""
    subprocess.run(["git", "clone", "--quiet", str(BASE), str(into)], check=True)
    venv.create(into / ".venv", symlinks=True, with_pip=False)
    packages = next((into / ".venv" / "lib").glob("python*/site-packages"))
    (packages / "installed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    shutil.copy(into / "requirements.txt", into / ".venv" / "installed-requirements.txt")
    return into


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`./run` in a fresh clone, healthy."""
    folder = clone(tmp_path_factory.mktemp("fresh") / "rally")
    port = str(free_port())
    environ = plain_environment(PORT=port)
    with (folder / "output.log").open("wb") as out:
        process = subprocess.Popen(
            ["./run"], cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=die_with_parent,
        )  # fmt: skip
    started = Site(f"http://127.0.0.1:{port}", folder / "var", environ, process)
    try:
        until(started.healthy, PATIENCE, "a healthy site")
        yield started
    finally:
        end(process)


def post(url: str, body: object) -> Any:
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)


def demo(site: Site) -> Any:
    """What `./run manage demo --json` prints beside the running site: JSON alone."""
    command = ["./run", "manage", "demo", "--json"]
    done = subprocess.run(
        command, cwd=site.var.parent, env=site.environ, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def statuses(site: Site) -> dict[int, str]:
    code, body = site.get("/api/boards/board123")
    if code != 200:
        return {}
    return {slot["number"]: slot["status"] for slot in json.loads(body)["board"]["slots"]}


def health(site: Site) -> tuple[int, Any]:
    code, body = site.get("/api/healthz")
    return code, json.loads(body) if body else {}


def ready_to_pay(site: Site, tiles: list[int]) -> str:
    """Reserve and start paying; the session's id."""
    token = tokens.new()
    held = post(
        f"{site.base_url}/api/boards/board123/reserve", {"slotIds": tiles, "ownerToken": token}
    )
    assert [hold["slotId"] for hold in held["holds"]] == tiles
    who = {"name": "Ada Lovelace", "email": "ada@example.org"}
    url = post(
        f"{site.base_url}/api/checkout/session",
        {"boardId": "board123", "slotIds": tiles, "ownerToken": token, "supporter": who},
    )["url"]
    with urllib.request.urlopen(url, timeout=10) as page:
        assert page.status == 200
    return str(url).split("/")[-1]


def killed_worker(site: Site) -> tuple[int, Any]:
    """Kill the worker; what the health check says of it. The first restart comes within half a
    second, which a busy machine may miss: each further one is given twice the time."""
    for _ in range(5):
        os.kill(site.children()["worker"], signal.SIGKILL)
        for _ in range(10):
            said = health(site)
            if said[0] != 200:
                return said
    raise AssertionError("the health check never said that the worker is gone")


def test_a_killed_worker_is_told_of_heals_and_the_tiles_are_sold(site: Site) -> None:
    facts = demo(site)
    assert facts["base_url"] == site.base_url
    assert demo(site) == facts
    assert {statuses(site)[number] for number in TILES} == {"available"}
    session = ready_to_pay(site, TILES)
    assert {statuses(site)[number] for number in TILES} == {"held"}
    code, said = killed_worker(site)
    post(f"{facts['stripe']['simulator_url']}/_sim/sessions/{session}/complete", {})
    assert (code, said["ok"], said["db"]) == (503, False, True)
    assert said["checks"]["processes"]["worker"] == "restarting"
    until(lambda: health(site)[0] == 200, PATIENCE, "the worker's return")
    sold = lambda: {statuses(site)[number] for number in TILES} == {"sold"}  # noqa: E731  # short
    until(sold, PATIENCE, "the sale")
    until(lambda: list((site.var / "mail").iterdir()), PATIENCE, "the receipt")


def test_a_killed_web_process_comes_back_with_everything(site: Site) -> None:
    before = statuses(site)
    session = ready_to_pay(site, [25])
    os.kill(site.children()["web"], signal.SIGKILL)
    until(lambda: health(site)[0] != 200, 5, "the silence")
    post(f"{site.simulator_url}/_sim/sessions/{session}/complete", {})
    until(lambda: health(site)[0] == 200, PATIENCE, "the web process's return")
    until(lambda: statuses(site) == before | {25: "sold"}, PATIENCE, "the payment made meanwhile")
