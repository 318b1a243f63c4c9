"""Starts the real thing for tests: a whole site, a worker, the payment simulator."""

import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.services import BASE, die_with_parent, free_port

READY_WITHIN = 60.0


def until(done: Callable[[], Any], within: float, what: str) -> Any:
    """The first truthy answer; a test fails with `what` when none comes in time."""
    deadline = time.monotonic() + within
    while not (found := done()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(0.05)
    return found


def python(module: str, environ: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a module as a program of its own session that ends with this process."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=BASE,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask, wait, insist."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def plain_environment(**more: str) -> dict[str, str]:
    """The environment of a newcomer: nothing of this test run's settings in it."""
    ours = ("RALLY_", "TEST_", "DJANGO_", "PYTEST_", "STRIPE_", "DATABASE_URL", "REDIS_URL")
    plain = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return plain | more


@dataclass
class Site:
    """A running installation, as `./run` makes it."""

    base_url: str
    var: Path
    environ: dict[str, str]
    process: subprocess.Popen[bytes]
    trust: ssl.SSLContext | None = None

    @property
    def simulator_url(self) -> str:
        port = (self.var / "simulator-port").read_text().strip()
        return f"http://127.0.0.1:{port}"

    @property
    def output(self) -> str:
        return (self.var / "output.log").read_text()

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.var / "up.json").read_text())
        return found

    def children(self) -> dict[str, int]:
        return {name: about["pid"] for name, about in self.state()["children"].items()}

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(
                self.base_url + path, timeout=10, context=self.trust
            ) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read()
        except OSError:
            return 0, b""

    def healthy(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"The site ended: {self.output}")
        return self.get("/api/healthz")[0] == 200

    def manage(self, *arguments: str) -> str:
        """What a management command prints, run in this site's environment."""
        done = subprocess.run(
            [sys.executable, "-m", "rally.up.manage", *arguments],
            cwd=BASE,
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    @cached_property
    def demo(self) -> dict[str, Any]:
        """What a script is told of the demo. It is asked once: each time costs seconds."""
        found: dict[str, Any] = json.loads(self.manage("demo", "--json"))
        return found

    def stop(self) -> None:
        end(self.process)


def start_site(var: Path, **settings: str) -> Site:
    """Start `python -m rally.up` with its own folder and port; returns when it is healthy."""
    port = settings.pop("PORT", str(free_port()))
    var.mkdir(parents=True, exist_ok=True)
    environ = plain_environment(RALLY_VAR=str(var), PORT=port, **settings)
    process = python("rally.up", environ, var / "output.log")
    secure = "TLS_CERT" in settings
    trust = ssl.create_default_context(cafile=settings["TLS_CERT"]) if secure else None
    address = f"{'https' if secure else 'http'}://127.0.0.1:{port}"
    site = Site(address, var, environ, process, trust)
    try:
        until(site.healthy, READY_WITHIN, "a healthy site")
    except AssertionError as why:
        site.stop()
        raise AssertionError(f"{why}; {site.state()}; it said {site.output}") from None
    return site


@dataclass
class Simulator:
    """A running payment simulator."""

    url: str
    process: subprocess.Popen[bytes]


def start_simulator(folder: Path, webhook_url: str = "", secret: str = "") -> Simulator:
    """Start the simulator on a free port; it tells the port in a file once it listens."""
    port_file = folder / "simulator.port"
    environ = plain_environment(
        RALLY_SIMULATOR_HOST="127.0.0.1",
        RALLY_SIMULATOR_PORT="0",
        RALLY_SIMULATOR_DB=str(folder / "simulator.sqlite3"),
        RALLY_SIMULATOR_WEBHOOK_URL=webhook_url,
        RALLY_SIMULATOR_WEBHOOK_SECRET=secret,
        RALLY_SIMULATOR_PORT_FILE=str(port_file),
    )
    process = python("payments.simulator", environ, folder / "simulator.log")
    until(
        lambda: port_file.exists() or process.poll() is not None,
        20,
        "the simulator's port",
    )
    if process.poll() is not None:
        raise AssertionError((folder / "simulator.log").read_text())
    return Simulator(f"http://127.0.0.1:{port_file.read_text().strip()}", process)
