"""`./run manage audit`: prove from the rows that the money and the tiles are right."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments.audit import running
from payments.audit.rules import CYCLE_SECONDS


class Command(BaseCommand):
    """Exit status 1 on any finding. Reads only; docs/audit.md says what each check proves."""

    help = "Checks every invariant of money and tiles; status 1 when one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON alone")
        parser.add_argument(
            "--drained",
            action="store_true",
            help="nothing may wait at all, because everything was just worked off",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = running.run(cycle=0 if options["drained"] else CYCLE_SECONDS)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), indent=2))
        else:
            self.stdout.write("\n".join(report.lines()))
        if not report.ok:
            sys.exit(1)
