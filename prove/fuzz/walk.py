"""`python -m prove.boot prove.fuzz.walk`: schemathesis against every operation, then in sequences.

No answer may be a 5xx, and none may have a status that the published schema doesn't name. Half
of the ids are of things that are there; the other half is whatever the schema allows.
"""

import argparse
import io
import json
import logging
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from boards.models import Board
from prove import impatience
from rally.demo import people
from rally.kit import heartbeat

CHECKS = [not_a_server_error, status_code_conformance]
# What takes the sandbox apart is tried last: nothing is left to be asked about after it.
LAST = "sandbox-purge"
NOTHING = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


class Walk:
    """The schema, the site behind it, and what was seen."""

    def __init__(self) -> None:
        self.site = get_wsgi_application()
        self.schema = schemathesis.openapi.from_wsgi("/api/schema/tiles.json", self.site)
        self.headers = {"Authorization": f"Bearer {people.token()}"}
        self.known = _known()
        self.calls: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.seconds: dict[str, float] = {}
        self.sequences = 0
        self.broken: list[str] = []

    def operations(self) -> list[Any]:
        """All of them, the destructive one last."""
        found = [one.ok() for one in self.schema.get_all_operations()]
        return sorted(found, key=lambda one: _name(one) == LAST)

    def try_operation(self, operation: Any, examples: int, number: int) -> str:
        """Many calls of one operation; the first that breaks a promise, as text."""

        @seed(number)
        @settings(max_examples=examples, phases=(Phase.generate,), **NOTHING)
        @given(case=operation.as_strategy(), real=st.booleans())
        def call(case: Any, real: bool) -> None:
            if real:
                self.fill(case)
            stranger = self.calls[_name(operation)] % 10 == 9
            self.send(case, {} if stranger else self.headers)

        heartbeat.beat()  # no worker runs here, which the health check would tell of
        return self.timed(_name(operation), call)

    def fill(self, case: Any) -> None:
        """Ids of what there is, in place of made-up ones."""
        for name in case.path_parameters or {}:
            if name in self.known:
                case.path_parameters[name] = self.known[name]

    def send(self, case: Any, headers: dict[str, str]) -> Any:
        """One call, looked at."""
        answer = case.call(headers=headers)
        self.calls[_name(case.operation)] += 1
        self.statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        return answer

    def try_sequences(self, examples: int, steps: int, number: int) -> str:
        """Calls that use what earlier ones answered, by the links between operations."""
        walk = self

        class Sequences(self.schema.as_state_machine()):
            def setup(self) -> None:
                super().setup()
                walk.sequences += 1

            def get_call_kwargs(self, case: Any) -> dict[str, Any]:
                return {"headers": walk.headers}

            def after_call(self, response: Any, case: Any) -> None:
                walk.calls["in sequences"] += 1
                walk.statuses[response.status_code] += 1

            def validate_response(self, response: Any, case: Any, **more: Any) -> None:
                try:
                    case.validate_response(response, checks=CHECKS)
                except Exception as why:
                    walk.broken.append(str(why))
                    raise

        def run() -> None:
            while walk.sequences < examples:
                before = walk.sequences
                chosen = settings(
                    max_examples=examples - before, stateful_step_count=steps,
                    phases=(Phase.generate,), **NOTHING,
                )  # fmt: skip
                try:
                    seed(number + before)(Sequences).run(settings=chosen)
                    return
                except FlakyStrategyDefinition:
                    # The site remembers, so the same choices lead elsewhere the next time, and
                    # hypothesis gives up. What was sent was looked at all the same: go on.
                    if walk.broken or walk.sequences == before:
                        raise

        heartbeat.beat()
        return self.timed("in sequences", run)

    def timed(self, name: str, act: Any) -> str:
        """What `_trouble` says, and how long it took by `seconds`."""
        began = time.monotonic()
        found = _trouble(name, act)
        self.seconds[name] = round(time.monotonic() - began, 1)
        return found


def _trouble(name: str, act: Any) -> str:
    try:
        act()
    except BaseException as why:
        if isinstance(why, KeyboardInterrupt):
            raise
        return f"{name}: " + "".join(traceback.format_exception(why))[-4000:]
    return ""


def _name(operation: Any) -> str:
    return str(operation.definition.raw.get("operationId", operation.label))


def _known() -> dict[str, str]:
    """Ids of the demo's board and campaign, by the names of path parameters."""
    board = Board.objects.select_related("campaign").get(public_id="board123")
    return {"boardId": board.public_id, "campaignId": board.campaign.public_id}


def main(arguments: list[str]) -> int:
    """Exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="prove.fuzz.walk")
    parser.add_argument("--examples", type=int, default=100, help="of each operation")
    parser.add_argument("--sequences", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="one operation")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    impatience.shorten(0.0005, 0.001)
    began = time.monotonic()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("demo", stdout=io.StringIO())
    walk = Walk()
    chosen = [one for one in walk.operations() if asked.only in ("", _name(one))]
    failed = [walk.try_sequences(asked.sequences, 10, asked.seed)] if asked.sequences else []
    failed += [walk.try_operation(one, asked.examples, asked.seed) for one in chosen]
    found = {
        "ok": not any(failed), "operations": len(chosen), "calls": sum(walk.calls.values()),
        "examples_each": asked.examples, "by_operation": dict(walk.calls),
        "sequences": walk.sequences, "seconds_by_operation": walk.seconds,
        "statuses": {str(status): count for status, count in sorted(walk.statuses.items())},
        "failed": [one for one in failed if one], "seed": asked.seed,
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    asked.out.write_text(json.dumps(found, indent=1))
    return 0 if found["ok"] else 1
