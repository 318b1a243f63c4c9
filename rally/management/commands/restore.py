"""`./run manage restore FILE`: put a backup in place of what is there."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rally.backup import archive, engines, verbs
from rally.up import place
from rally.up.refusal import Refusal

SURE = "restore"


class Command(BaseCommand):
    """Asks before anything is replaced. Never beside a running Rally."""

    help = "Checks a backup and puts it in place of this installation's data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what `backup` wrote")
        parser.add_argument(
            "--force", action="store_true", help="replace what is there without a question"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"].resolve()
        with _alone(), _explained(path):
            if not verbs.is_empty() and not options["force"]:
                self._ask()
            if engines.current().others() and not options["force"]:
                raise Refusal(
                    "Other programs use the database: stop every web server and worker first "
                    "(or add --force, if those are no part of Rally)."
                )
            found = verbs.restore(path)
        self.stdout.write(
            f"Restored as of {found.made_at}, made by Rally {found.version}: {found.files} files."
        )
        if not found.same_key:
            self.stdout.write(
                "RALLY_SECRET_KEY isn't the one of the backup: links in mails and second steps "
                "stop working until it is."
            )
        self.stdout.write("Look before people do: ./run manage audit")

    def _ask(self) -> None:
        """Raises Refusal unless somebody types the word."""
        if sys.stdin.isatty():
            self.stdout.write("This installation has data. All of it is replaced by the backup.")
            if input(f"Type {SURE!r} to go on: ").strip() == SURE:
                return
            raise Refusal("Nothing was changed.")
        raise Refusal(
            "This installation has data, which a restore replaces: add --force if it is to go."
        )


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody starts Rally from this folder meanwhile. Raises Refusal when it runs."""
    lock = place.claim(place.read(os.environ))
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What can go wrong with a file is a sentence."""
    try:
        yield
    except archive.Damaged as why:
        raise Refusal(f"{path} is damaged: {why}; nothing was changed.") from None
    except verbs.Unfit as why:
        raise Refusal(f"{path} doesn't fit. {why}") from None
    except OSError as why:
        raise Refusal(f"{path} can't be restored ({why.strerror or why}).") from None
