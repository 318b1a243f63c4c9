"""Prepare in one short-lived process, start the children, keep them running, stop them all."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from rally.up import dotenv, environment, place, stamp, tls
from rally.up.children import Child
from rally.up.place import BASE, Place
from rally.up.refusal import Refusal

TIED = ("rally.up.child",)
TICK = 0.1
READY_WITHIN = 60.0
WORK_ENDS_WITHIN = 4.0
ALL_STOP_WITHIN = 4.5


class Stop(Exception):
    """SIGINT, SIGTERM or SIGHUP came while something was being waited for."""


class Supervisor:
    """The children of one installation, in the order in which they are started."""

    def __init__(self, where: Place) -> None:
        self.where = where
        self.children: list[Child] = []
        self.stopping = False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def pause(self) -> None:
        """Wait a moment; raise when we are to stop."""
        if not self.stopping:
            time.sleep(TICK)
        if self.stopping:
            raise Stop

    def prepare(self) -> dict[str, str]:
        """What the preparing process found out; it has said why itself when it refuses."""
        ours, theirs = os.pipe()
        command = [sys.executable, "-m", *TIED, "rally.up.prepare"]
        environ = environment.child(os.environ, os.getpid()) | {"RALLY_ANSWER_FD": str(theirs)}
        with (
            os.fdopen(ours) as answer,
            subprocess.Popen(
                command, cwd=BASE, env=environ, pass_fds=[theirs], start_new_session=True
            ) as process,
        ):
            os.close(theirs)
            try:
                while process.poll() is None:
                    self.pause()
            finally:
                with suppress(ProcessLookupError):
                    process.terminate()
            text = answer.read()
        if process.returncode:
            raise SystemExit(1)
        found: dict[str, str] = json.loads(text)
        return found

    def start(self, webhook_secret: str, simulator: int) -> None:
        """Simulator first: the web and the worker may call it at once."""
        ours = dict(os.environ)
        if simulator:
            theirs = ours | environment.for_simulator(self.where, simulator, webhook_secret)
            self.children.append(Child("simulator", ["payments.simulator"], theirs))
        self.children.append(Child("web", [*TIED, "rally.up.web"], ours))
        self.children.append(Child("worker", [*TIED, "rally.worker"], ours))
        for child in self.children:
            child.start(time.monotonic())
        self.note()

    def note(self) -> None:
        """Tell the health check, in one step, how the children are."""
        state = {
            "pid": os.getpid(),
            "url": self.where.url(),
            "host": self.where.host,
            "port": self.where.port,
            **(self.where.pair.environ() if self.where.pair else {}),
            "children": {child.name: child.describe() for child in self.children},
        }
        replace(self.where.state, json.dumps(state) + "\n")

    def look(self) -> None:
        news = [child.look(time.monotonic()) for child in self.children]
        for line in filter(None, news):
            say(line, sys.stderr)
        if any(news):
            self.note()

    def await_ready(self) -> None:
        """Until the health check answers; a web process that can't start is a refusal."""
        deadline = time.monotonic() + READY_WITHIN
        while not healthy(self.where):
            self.pause()
            self.look()
            if time.monotonic() > deadline:
                raise Refusal(
                    f"Rally did not answer on {self.where.url()} within {READY_WITHIN:.0f} s; "
                    "the lines above say why."
                )

    def watch(self) -> None:
        while True:
            self.pause()
            self.look()

    def stop(self) -> None:
        """The simulator last: requests and tasks that are under way may still call it."""
        began = time.monotonic()
        last = [child for child in self.children if child.name == "simulator"]
        first = [child for child in self.children if child.name != "simulator"]
        for group, within in ((first, WORK_ENDS_WITHIN), (last, ALL_STOP_WITHIN)):
            for child in group:
                child.ask()
            wait_for(group, began + within)
        for child in self.children:
            child.kill()
        self.note()


def wait_for(group: list[Child], deadline: float) -> None:
    """Until all of them have ended, or the time is up."""
    while any(child.alive() for child in group) and time.monotonic() < deadline:
        time.sleep(0.02)


def replace(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old or the new text, never a part."""
    part = path.with_suffix(".part")
    part.write_text(text)
    os.replace(part, path)


def healthy(where: Place) -> bool:
    """Whether the health check answers 200. A bare socket: an HTTP library costs megabytes."""
    request = f"GET /api/healthz HTTP/1.0\r\nHost: {where.near}\r\n\r\n"
    try:
        with socket.create_connection((where.near, where.port), timeout=2) as line:
            asked = tls.wrapped(line) if where.pair else line
            with asked:
                asked.sendall(request.encode())
                return asked.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


def say(line: str, where: TextIO | None = None) -> None:
    print(line, file=where or sys.stdout, flush=True)


def welcome(where: Place) -> None:
    """The addresses a newcomer needs."""
    say("Rally is running; Ctrl-C stops it.")
    hosts = environment.addresses() if where.everywhere else []
    say(f"  Board    {where.url()}/b/board123/")
    for host in hosts:
        say(f"  Network  {where.url(host=host)}/b/board123/")
    say(f"  Admin    {where.url()}/admin/")
    if os.environ.get("RALLY_ENV") != "production":
        say("  Sign in  ./run manage demo prints the demo's logins")


def main(arguments: list[str]) -> int:
    """Run until stopped. Everything that can be refused is refused before anything starts."""
    if arguments:
        raise Refusal(f"`up` takes no arguments, but was given {arguments[0]!r}.")
    dotenv.load(BASE / ".env", os.environ)
    where = place.read(os.environ)
    place.check_writable(where.var)
    if where.pair:
        tls.check(where.pair)
    lock = place.claim(where)
    place.check_port(where)
    simulator = environment.simulator_port(where) if environment.simulated(os.environ) else 0
    environment.complete(where, os.environ, simulator)
    supervisor = Supervisor(where)
    supervisor.listen()
    try:
        found = stamp.found(where, os.environ)
        if found is None:
            found = supervisor.prepare()
            stamp.keep(where, os.environ, found)
        supervisor.start(found["webhook_secret"], simulator)
        supervisor.await_ready()
        welcome(where)
        supervisor.watch()
    except Stop:
        say("Stopping…")
    finally:
        supervisor.stop()
        os.close(lock)
    return 0
