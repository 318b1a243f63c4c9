"""The certificate and key with which the web server speaks https itself."""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rally.up.refusal import Refusal

NAMES = ("TLS_CERT", "TLS_KEY")


@dataclass(frozen=True)
class Pair:
    """A certificate (with what stands between it and a known authority) and its key, as PEM."""

    cert: Path
    key: Path

    def environ(self) -> dict[str, str]:
        """The variables that name the pair."""
        return dict(zip(NAMES, (str(self.cert), str(self.key)), strict=True))


def read(environ: Mapping[str, str], base: Path) -> Pair | None:
    """The pair the environment names, relative to `base`; None when it names none.

    Raises Refusal when one of the two is missing.
    """
    cert, key = (environ.get(name, "") for name in NAMES)
    if not cert and not key:
        return None
    if not (cert and key):
        there, lacking = NAMES if cert else NAMES[::-1]
        raise Refusal(f"{there} is set and {lacking} isn't: https needs both files.")
    return Pair((base / cert).resolve(), (base / key).resolve())


def check(pair: Pair) -> None:
    """Refuse files that can't be read, aren't PEM, or don't belong together."""
    for name, path in zip(NAMES, (pair.cert, pair.key), strict=True):
        try:
            path.read_bytes()
        except OSError as why:
            raise Refusal(f"{name}: {path} can't be read ({why.strerror}).") from None
    try:
        _load(pair)
    except ssl.SSLError as why:
        if why.reason == "KEY_VALUES_MISMATCH":
            raise Refusal(f"TLS_KEY: {pair.key} is not the key of {pair.cert}.") from None
        raise Refusal(
            f"TLS_CERT and TLS_KEY: {pair.cert} and {pair.key} are not a certificate and its "
            "key, both as PEM and without a password."
        ) from None


def _load(pair: Pair) -> None:
    """A password is never asked for: nobody may be there to type it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key, password=lambda: "")


def wrapped(line: socket.socket) -> socket.socket:
    """The line to our own server, encrypted. What it shows isn't checked: we started it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(line)
