"""`python -m prove.boot prove.town.infrastructure --seconds N --out FILE`: what else may die.

Under load the worker is killed every two seconds, and the cache and the queue are lost: Valkey
or Redis is killed and comes back empty, or the embedded files are deleted.
"""

import argparse
import contextlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import OutboxEvent
from payments import tasks
from payments.models import Attempt, StripeEvent
from prove import impatience, mails
from prove.machine.ages import age
from prove.town import place, verdict
from prove.town.buyers import Buyer, Sales
from rally.dispatch import outbox
from tests import services

BUYERS = 2
KILL_EVERY = 2.0
MOST_TILES = 2_000


def main(arguments: list[str]) -> int:
    """Exit code 1 when a sale was lost, something is stuck or was mailed twice."""
    parser = argparse.ArgumentParser(prog="prove.town.infrastructure")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    impatience.shorten(0.05, 0.5)
    place.build(MOST_TILES)
    with place.town() as town:
        found = _under_load(town, asked)
    asked.out.write_text(json.dumps(found))
    return 0 if found["ok"] else 1


def _under_load(town: place.Town, asked: argparse.Namespace) -> dict[str, Any]:
    sales = Sales()
    numbers = list(range(1, MOST_TILES + 1))
    buyers = [Buyer(town, numbers, sales, asked.seed + n, ("paid",)) for n in range(BUYERS)]
    for buyer in buyers:
        buyer.start()
    kills = _kill(town, asked.seconds)
    for buyer in buyers:
        buyer.stopping.set()
    for buyer in buyers:
        buyer.join(30)
    time.sleep(3)
    town.kill_worker()
    for _ in range(2):
        age(1_000)
        tasks.sweep_events()
        outbox.drain(10_000)
    stuck = _stuck(sales)
    verdict.drain(1)
    found = verdict.compare(town.stripe)
    twice = mails.sent_twice(Path(settings.EMAIL_FILE_PATH))
    found |= {
        "sales": len(sales.paid), "worker_kills": kills, "stuck_after_two_sweeps": len(stuck),
        "stuck": stuck[:10], "duplicate_mails": len(twice), "failed": sales.failed[:5],
        "mails": len(mails.ids(Path(settings.EMAIL_FILE_PATH))),
        "queue": "valkey" if settings.REDIS_URL else "embedded",
    }  # fmt: skip
    wrong = found["lost_sales"] or found["unexplained_minor"] or found["wrong_states"]
    served = not sales.failed and len(sales.paid) > 0
    return found | {"ok": served and not (wrong or stuck or twice or found["double_sales"])}


def _kill(town: place.Town, seconds: int) -> int:
    """Kill the worker again and again; in the middle the cache and the queue, too."""
    kills, wiped, began = 0, False, time.monotonic()
    while time.monotonic() - began < seconds:
        time.sleep(KILL_EVERY)
        town.kill_worker()
        town.start_worker()
        kills += 1
        if not wiped and time.monotonic() - began > seconds / 3:
            _wipe(town)
            wiped = True
    return kills


def _wipe(town: place.Town) -> None:
    """Everything that is not in the database is gone."""
    if settings.REDIS_URL:
        _restart_valkey()
        return
    shutil.rmtree(town.var / "queue", ignore_errors=True)
    for path in town.var.glob("cache.sqlite3*"):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def _restart_valkey() -> None:
    """Killed, away for two seconds, and empty when it is back."""
    os.kill(int(os.environ["PROVE_VALKEY_PID"]), signal.SIGKILL)
    time.sleep(2)
    port = settings.REDIS_URL.rsplit(":", 1)[1].split("/")[0]
    program = next(path for _source, path in services.valkey_programs())
    subprocess.Popen(
        [str(program), "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL, stderr=sys.stderr, preexec_fn=services.die_with_parent,
    )  # fmt: skip


def _stuck(sales: Sales) -> list[str]:
    """Events not worked off, payments not known, news not told."""
    known = set(
        Attempt.objects.filter(status=Attempt.Status.COMPLETE).values_list("session_id", flat=True)
    )
    waiting = StripeEvent.objects.filter(processed_at=None).values_list("type", "error")
    untold = OutboxEvent.objects.filter(done_at=None).values_list("kind", "error")
    return [
        *(f"event {kind}: {error}" for kind, error in waiting),
        *(f"outbox {kind}: {error}" for kind, error in untold),
        *(f"paid and unknown: {session}" for session in sales.paid if session not in known),
    ]
