"""One supervised process: started, restarted with growing pauses, stopped, described."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from rally.up import environment
from rally.up.place import BASE

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 60.0


class Child:
    """A program in a session of its own, so that Ctrl-C reaches only us.

    `modules` is what follows `python -m`. A module that does not itself end with its parent is
    run through `rally.up.child`.
    """

    def __init__(self, name: str, modules: Sequence[str], environ: Mapping[str, str]) -> None:
        self.name, self.modules, self.environ = name, modules, environ
        self.process: subprocess.Popen[bytes] | None = None
        self.pid, self.restarts, self.state = 0, 0, "stopped"
        self.pause, self.started, self.due = FIRST_PAUSE, 0.0, 0.0

    def start(self, now: float) -> None:
        command = [sys.executable, "-m", *self.modules]
        environ = environment.child(self.environ, os.getpid())
        self.process = subprocess.Popen(command, cwd=BASE, env=environ, start_new_session=True)
        self.pid, self.started, self.state = self.process.pid, now, "running"

    def look(self, now: float) -> str:
        """Notice a death or carry out a due restart; a sentence when there is news."""
        if self.state == "restarting" and now >= self.due:
            self.restarts += 1
            self.start(now)
            return f"{self.name} is started again."
        if self.state != "running" or self.process is None or self.process.poll() is None:
            return ""
        self._sweep()
        if now - self.started >= HEALTHY_AFTER:
            self.pause = FIRST_PAUSE
        self.state, self.due = "restarting", now + self.pause
        news = f"{self.name} ended ({_how(self.process.returncode)}); again in {self.pause:g} s."
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return news

    def ask(self) -> None:
        """Ask it to finish what it is doing and end."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
        self.state = "stopped"

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End it and whatever it started, at once."""
        self.state = "stopped"
        self._sweep()
        if self.process is not None:
            self.process.wait()

    def _sweep(self) -> None:
        """Its process group is its own: nothing of it survives it."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def describe(self) -> dict[str, object]:
        return {"pid": self.pid, "state": self.state, "restarts": self.restarts}


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
