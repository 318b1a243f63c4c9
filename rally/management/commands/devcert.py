"""`./run manage devcert`: a certificate for this machine, to try https."""

import socket
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from rally import devcert
from rally.kit import clock
from rally.up import environment
from rally.up.place import BASE

ALWAYS = ("localhost", "127.0.0.1", "::1")


class Command(BaseCommand):
    """A second run renews the certificate and keeps the authority, so trust in it stays."""

    help = "Makes a local authority and a certificate in var/tls, to try https."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", help="more host names or addresses to be valid for")

    def handle(self, *args: Any, **options: Any) -> None:
        names = [*ALWAYS, socket.gethostname(), *environment.addresses(), *options["names"]]
        made = devcert.make(Path(settings.VAR, "tls"), names, clock.now())
        authority, cert, key = map(_shown, (made.authority, made.cert, made.key))
        self.stdout.write(f"Authority   {authority} (let browsers and clients trust it)")
        self.stdout.write(f"Valid for   {', '.join(dict.fromkeys(names))}")
        self.stdout.write(f"Use it by   TLS_CERT={cert} TLS_KEY={key} ./run")


def _shown(path: Path) -> Path:
    """Short where `./run` understands it short: relative to the project."""
    return path.relative_to(BASE) if path.is_relative_to(BASE) else path
