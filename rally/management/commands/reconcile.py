"""`./run manage reconcile`: compare with Stripe what is open here, and heal what differs."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments import reconciliation


class Command(BaseCommand):
    """Exit status 1 when Stripe couldn't be asked about something. The worker runs it, too."""

    help = "Compares open payments, refunds and disputes with Stripe and heals differences."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        done = reconciliation.run()
        facts = {
            "ok": not done.trouble,
            "asked": done.asked,
            "healed": done.healed,
            "trouble": done.trouble,
            "ledger_drift": done.drift_minor,
        }
        if options["json"]:
            self.stdout.write(json.dumps(facts, indent=2))
        else:
            self.stdout.write(
                f"Asked Stripe about {done.asked}, healed {done.healed}, "
                f"trouble with {done.trouble}; ledger and totals differ by {done.drift_minor}."
            )
        if done.trouble:
            sys.exit(1)
