"""How the process is started: command line first, then RALLY_SIMULATOR_* variables."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Options:
    host: str = "127.0.0.1"
    port: int = 0
    db: Path = Path("var/simulator.sqlite3")
    webhook_url: str = ""
    webhook_secrets: tuple[str, ...] = ()
    port_file: Path | None = None
    public_url: str = ""
    seed: int | None = None
    tls_cert: str = ""
    tls_key: str = ""


_WORDS = {
    "host": "address to listen on",
    "port": "port to listen on; 0 takes a free one",
    "db": "SQLite file that holds all state",
    "webhook-url": "where events are sent; empty sends none",
    "webhook-secret": "signing secret; several, separated by commas, during a rotation",
    "port-file": "file the port is written to once the server listens",
    "public-url": "how browsers reach this server, if not by host and port",
    "seed": "whole number that drives the ids",
    "tls-cert": "certificate (PEM) to speak https with, besides http, and to trust as a client",
    "tls-key": "its key (PEM)",
}
_DEFAULTS = {"host": "127.0.0.1", "port": "0", "db": "var/simulator.sqlite3"}


def read(argv: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read the options; a wrong one ends the process with one sentence, as argparse does."""
    parser = argparse.ArgumentParser(
        prog="python -m payments.simulator",
        description="A stand-in for Stripe, for tests and the demo. No money moves.",
    )
    for name, words in _WORDS.items():
        variable = "RALLY_SIMULATOR_" + name.upper().replace("-", "_")
        default = environ.get(variable) or _DEFAULTS.get(name, "")
        parser.add_argument(f"--{name}", default=default, help=f"{words} ({variable})")
    found = parser.parse_args(argv)
    for name in ("webhook_url", "public_url"):
        if getattr(found, name) and not is_web_address(getattr(found, name)):
            parser.error(f"--{name.replace('_', '-')} isn't an http(s) address.")
    if not (found.port.isascii() and found.port.isdigit() and int(found.port) < 65_536):
        parser.error("--port must be a number from 0 to 65535.")
    if found.seed and not (found.seed.isascii() and found.seed.isdigit()):
        parser.error("--seed must be a whole number.")
    return Options(
        host=found.host,
        port=int(found.port),
        db=Path(found.db),
        webhook_url=found.webhook_url,
        webhook_secrets=tuple(s.strip() for s in found.webhook_secret.split(",") if s.strip()),
        port_file=Path(found.port_file) if found.port_file else None,
        public_url=found.public_url.rstrip("/"),
        seed=int(found.seed) if found.seed else None,
        tls_cert=found.tls_cert,
        tls_key=found.tls_key,
    )


def is_web_address(address: str) -> bool:
    """An absolute http(s) address that can't break a header line."""
    if any(letter.isspace() or not letter.isprintable() for letter in address):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
