"""`python -m prove.boot prove.crash.matrix --out FILE`: every fail-point once.

The process that dies is a real one, killed by signal 9 in the middle of its story; the one that
comes after it knows only what is in the database and at Stripe.
"""

import argparse
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from boards import holds
from payments import gateway, reconciliation, tasks
from payments.audit import running
from prove import impatience, invariants, mails, truth
from prove import world as worlds
from prove.crash import stories
from prove.machine.ages import age
from prove.mutants.stage import Stage
from rally.dispatch import outbox
from rally.kit import failpoints

HELD_FOR = 49 * 3600


def main(arguments: list[str]) -> int:
    """Exit code 1 when a point wasn't met or left something wrong."""
    parser = argparse.ArgumentParser(prog="prove.crash.matrix")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--point", action="append", choices=sorted(stories.POINTS))
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    impatience.shorten(0.0005, 0.001)
    world = worlds.from_environment()
    world.prepare()
    found = {point: _one(world, point) for point in asked.point or stories.POINTS}
    wrong = {point: why for point, why in found.items() if why["trouble"]}
    asked.out.write_text(json.dumps({
        "crash_points": len(found), "wrong": wrong, "ok": not wrong,
        "duplicate_mails": sum(why.get("twice", 0) for why in found.values()),
    }))  # fmt: skip
    return 1 if wrong else 0


def _one(world: worlds.World, point: str) -> dict[str, Any]:
    """Die at this point, start again, drain, look."""
    stage = Stage(world)
    mails.forget(Path(settings.EMAIL_FILE_PATH))
    status = _in_a_process(lambda: _live(stage, point))
    if os.WIFEXITED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        return {"trouble": f"the process didn't die at {point} ({status})"}
    answer = Path(os.environ["RALLY_VAR"], "recovered.json")
    answer.unlink(missing_ok=True)
    status = _in_a_process(lambda: answer.write_text(json.dumps(_recover(stage))))
    if status or not answer.exists():
        return {"trouble": f"starting again failed ({status})"}
    found: dict[str, Any] = json.loads(answer.read_text())
    return found


def _in_a_process(work: Callable[[], object]) -> int:
    """Run it in a fresh child; how that ended, as `os.wait` says it."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        gateway._local.__dict__.clear()
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc(file=sys.stderr)
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def _live(stage: Stage, point: str) -> None:
    stage.stripe.forget_line()
    failpoints.armed = point
    stories.POINTS[point](stage)


def _recover(stage: Stage) -> dict[str, Any]:
    """Sweeps and reconcile, twice; two days, for what waits for them; and once more."""
    stage.stripe.forget_line()
    for pause in (400, HELD_FOR, 400):
        for _ in range(2):
            holds.expire_due()
            tasks.sweep_events()
            reconciliation.run()
            outbox.drain()
        stage.advance(pause)
        age(pause)
    trouble = [f"{name}: {rows}" for name, rows in invariants.broken(settled=True)]
    trouble += [f"audit {f.check}: {f.facts}" for f in running.run().findings]
    trouble += truth.compare(stage.stripe).words
    if (made := stories.sessions_per_attempt(stage)) > 1:
        trouble.append(f"{made} sessions for one attempt")
    named = [r["metadata"].get("refundId") for r in stage.stripe.all("refunds")]
    if len(named) != len(set(named)):
        trouble.append("two refunds for one request")
    twice = mails.sent_twice(Path(settings.EMAIL_FILE_PATH))
    trouble += [f"mailed twice: {one}" for one in twice]
    return {"trouble": "; ".join(trouble), "twice": len(twice)}
