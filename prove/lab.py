"""Throw-away folders, simulators, servers and processes; everything ends with its block."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests import services
from tests import site as sites

BASE = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")
SECRET = "whsec_nobody_listens"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: nothing here has to survive."""
    within = MEMORY if os.access(MEMORY, os.W_OK) else None
    made = Path(tempfile.mkdtemp(prefix="rally-prove-", dir=within))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


class _Yes(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextlib.contextmanager
def sink() -> Iterator[str]:
    """A webhook address that answers 200 and forgets: the event is lost for ever."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Yes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def deaf() -> Iterator[str]:
    """A webhook address where nobody answers: Stripe knows that nothing arrives."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


@contextlib.contextmanager
def simulator(within: Path, webhook_url: str = "", secret: str = SECRET) -> Iterator[str]:
    """A real simulator process; its address."""
    started = sites.start_simulator(within, webhook_url=webhook_url, secret=secret)
    try:
        yield started.url
    finally:
        sites.end(started.process)


@contextlib.contextmanager
def postgres(within: Path) -> Iterator[str]:
    """A PostgreSQL that forgets everything: TEST_DATABASE_URL's, or one of our own."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    services.install_wheels()
    server = services.postgres(within)
    try:
        yield server.url
    finally:
        server.stop()


def environment(var: Path, simulator_url: str, **more: str) -> dict[str, str]:
    """What a part's process needs to know; nothing of the person's own settings."""
    return sites.plain_environment(
        RALLY_VAR=str(var), RALLY_SIMULATOR_URL=simulator_url, RALLY_LIMITS="off",
        DJANGO_SETTINGS_MODULE="prove.settings", PYTHONHASHSEED="0", **more,
    )  # fmt: skip


def run(
    arguments: Sequence[str], environ: dict[str, str], *, within: float, cwd: Path = BASE
) -> subprocess.CompletedProcess[str]:
    """Run `python -m ...` to its end; a process that takes too long is killed and has failed."""
    command = [sys.executable, "-m", *arguments]
    process = subprocess.Popen(
        command, cwd=cwd, env=environ, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=services.die_with_parent,
    )  # fmt: skip
    try:
        out, err = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        err += f"\nnot done within {within:g} s"
    return subprocess.CompletedProcess(command, process.returncode, out, err)
