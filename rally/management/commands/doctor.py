"""`./run manage doctor`: what is stuck, what that means, and the repair that is safe."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boards.models import Hold
from payments.audit import diagnosis
from payments.audit.problem import Problem
from payments.models import Checkout


class Command(BaseCommand):
    """Exit status 1 while anything is stuck. Repairs only through the verbs everybody uses."""

    help = "Explains orders, refunds and events that are stuck, and repairs what is safe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON alone")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--hold", metavar="REF", help="look at one hold")
        which.add_argument("--checkout", metavar="REF", help="look at one order")
        parser.add_argument("--repair", action="store_true", help="offer the safe repairs")
        parser.add_argument("--yes", action="store_true", help="repair without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        hold = self._hold(options["hold"], options["checkout"])
        story = list(diagnosis.story(hold)) if hold else []
        found = diagnosis.problems(hold)
        if not options["json"]:
            self.stdout.write("".join(f"{line}\n" for line in story))
            for problem in found:
                self._tell(problem)
        repaired = self._repair(found, **options) if options["repair"] else []
        left = diagnosis.problems(hold) if repaired else found
        if options["json"]:
            facts = {"ok": not left, "problems": [one.as_dict() for one in left]}
            self.stdout.write(json.dumps(facts | {"repaired": repaired, "story": story}, indent=2))
        else:
            self.stdout.write(f"{len(left)} left." if left else "Nothing is stuck.")
        if left:
            sys.exit(1)

    def _hold(self, hold: str | None, checkout: str | None) -> Hold | None:
        if hold is None and checkout is None:
            return None
        found = Hold.objects.filter(reference=hold).first()
        if checkout is not None:
            order = Checkout.objects.select_related("hold").filter(reference=checkout).first()
            found = order.hold if order else None
        if found is None:
            raise CommandError(f"There is no {'hold' if hold else 'order'} {hold or checkout}.")
        return found

    def _tell(self, problem: Problem) -> None:
        facts = ", ".join(f"{name} {value}" for name, value in problem.facts.items())
        self.stdout.write(f"\n{problem.reference}: {problem.what}")
        for title, words in (
            ("Means", problem.means),
            ("By itself", problem.by_itself),
            ("Repair", problem.repair),
            ("Facts", facts),
        ):
            if words:
                self.stdout.write(f"  {title + ':':<11}{words}")

    def _repair(self, found: list[Problem], **options: Any) -> list[dict[str, str]]:
        done = []
        for problem in found:
            if problem.act is None or not (options["yes"] or self._agreed(problem)):
                continue
            outcome = diagnosis.repair(problem)
            done.append(
                {"problem": problem.kind, "reference": problem.reference, "outcome": outcome}
            )
            if not options["json"]:
                self.stdout.write(f"{problem.reference}: {outcome}")
        return done

    def _agreed(self, problem: Problem) -> bool:
        try:
            return input(f"{problem.reference}: {problem.repair} [y/N] ").strip().lower() == "y"
        except EOFError:
            return False
