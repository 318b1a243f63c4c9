"""`./run manage backup FILE`: the whole installation in one file, while it runs."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rally.backup import verbs
from rally.up.refusal import Refusal


class Command(BaseCommand):
    """The file is there only when it is whole, and readable by its owner alone."""

    help = "Writes database, uploads and key into one file with checksums."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where to write it, such as rally.backup")
        parser.add_argument("--force", action="store_true", help="replace the file if it exists")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"].resolve()
        if path.exists() and not options["force"]:
            raise Refusal(f"{path} exists already: choose another name, or add --force.")
        try:
            made = verbs.make(path)
        except OSError as why:
            raise Refusal(f"{path} can't be written ({why.strerror or why}).") from None
        self.stdout.write(
            f"{path}: {made.files} files, {path.stat().st_size:,} bytes, as of {made.made_at}."
        )
        self.stdout.write("It holds names, addresses and maybe the key: keep it like those.")
