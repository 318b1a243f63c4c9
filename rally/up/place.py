"""Where this installation lives and listens, and the checks that nobody else does."""

import errno
import fcntl
import json
import os
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rally.up import tls
from rally.up.refusal import Refusal

BASE = Path(__file__).resolve().parents[2]
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


@dataclass(frozen=True)
class Place:
    """The address, the folder of everything that changes, and what follows from both."""

    host: str
    port: int
    var: Path
    pair: tls.Pair | None = None

    @property
    def scheme(self) -> str:
        return "https" if self.pair else "http"

    @property
    def state(self) -> Path:
        return self.var / "up.json"

    @property
    def everywhere(self) -> bool:
        """Whether other machines of the network can reach it."""
        return self.host in EVERYWHERE

    @property
    def near(self) -> str:
        """The address by which this machine itself reaches us."""
        return EVERYWHERE.get(self.host, self.host)

    def url(self, port: int | None = None, host: str = "") -> str:
        host = host or self.near
        return f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{port or self.port}"


def read(environ: Mapping[str, str]) -> Place:
    """The place the environment asks for; HOST and PORT are checked for form only.

    Raises Refusal for a PORT that is no number and for half of a TLS pair.
    """
    port = environ.get("PORT", "8000")
    if not (port.isascii() and port.isdigit()) or not 1 <= int(port) <= 65535:
        raise Refusal(f"PORT must be a number from 1 to 65535, not {port!r}.")
    host = environ.get("HOST") or "127.0.0.1"
    var = Path(environ.get("RALLY_VAR") or BASE / "var").resolve()
    host = "127.0.0.1" if host == "localhost" else host
    return Place(host, int(port), var, tls.read(environ, BASE))


def check_writable(var: Path) -> None:
    """Refuse a folder in which neither files can be made nor the folder itself."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=var):
            pass
    except OSError as why:
        raise Refusal(
            f"The folder {var} can't be written ({why.strerror}): make it writable or choose "
            "another with RALLY_VAR."
        ) from None


def check_port(place: Place) -> None:
    """Refuse a taken port or an address that is not ours, by name."""
    try:
        bind(place.host, place.port).close()
    except OSError as why:
        if why.errno == errno.EADDRINUSE:
            raise Refusal(
                f"Port {place.port} on {place.host} is taken: stop the program that uses it or "
                f"choose another, for example PORT={place.port % 65535 + 1} ./run."
            ) from None
        raise Refusal(f"Can't listen on {place.host} port {place.port}: {why.strerror}.") from None


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to exactly this address; port 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
    except OSError:
        found.close()
        raise
    return found


def claim(place: Place) -> int:
    """Lock `var/` for this supervisor; the lock goes when the process does, however it ends.

    Refuses when another supervisor has it, naming that one.
    """
    descriptor = os.open(place.var / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise Refusal(
            f"Rally already runs from {place.var} ({_other(place.state)}): stop it first or "
            "choose another folder with RALLY_VAR."
        ) from None
    return descriptor


def _other(state: Path) -> str:
    about = _last(state)
    return f"process {about['pid']}, {about['url']}" if about else "it is just starting"


def running(var: Path) -> dict[str, str]:
    """HOST, PORT and TLS pair of the supervisor that runs from `var` now; empty: none does."""
    about = _last(var / "up.json")
    try:
        os.kill(int(about["pid"]), 0)
    except (KeyError, ValueError, OSError):
        return {}
    pair = {name: about[name] for name in tls.NAMES if about.get(name)}
    return {"HOST": about["host"], "PORT": about["port"], **pair}


def _last(state: Path) -> dict[str, str]:
    """What the last supervisor wrote about itself."""
    try:
        about = json.loads(state.read_text())
        needed = {name: str(about[name]) for name in ("pid", "url", "host", "port")}
        return needed | {name: str(about.get(name, "")) for name in tls.NAMES}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
