"""`python -m prove.boot prove.machine.walk`: run the machine, write what it found."""

import argparse
import json
import logging
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from django.db import connection
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from prove import impatience, world
from prove.machine import cells
from prove.machine.directed import Directed

MADE: Counter[str] = Counter()
BATCH = 10


class Machine(Directed):
    """All rules together, and a count of the examples."""

    def __init__(self) -> None:
        super().__init__()
        MADE["examples"] += 1


def main(arguments: list[str]) -> int:
    """Exit code 1 when something was found."""
    parser = argparse.ArgumentParser(prog="prove.machine.walk")
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("--seconds", type=float, default=0, help="begin no batch after that")
    asked = parser.parse_args(arguments)
    _quiet()
    Machine.world = world.from_environment()
    Machine.world.prepare()
    cells.watch()
    began = time.monotonic()
    trouble = _batches(asked, began)
    found: dict[str, Any] = {
        "database": connection.vendor, "examples": MADE["examples"], "steps": asked.steps,
        "seed": asked.seed, "seconds": round(time.monotonic() - began, 1),
        "cells": {name: cells.seen[name] for name in cells.TABLE}, "trouble": trouble,
    }  # fmt: skip
    asked.out.write_text(json.dumps(found))
    return 1 if trouble else 0


def _quiet() -> None:
    """Failures are ordered here by the hundred: no words, and no pauses between tries."""
    logging.disable(logging.CRITICAL)
    impatience.shorten(0.0005, 0.001)


def _batches(asked: argparse.Namespace, began: float) -> str:
    """Ten examples at a time, each ten with a seed of its own, until all are done."""
    try:
        Machine().play()
    except BaseException:
        return traceback.format_exc()
    for batch in range(0, asked.examples, BATCH):
        if asked.seconds and time.monotonic() - began > asked.seconds:
            return ""
        examples = min(BATCH, asked.examples - batch)
        if trouble := _walk(asked, examples, asked.seed * 1_000 + batch):
            return trouble
    return ""


def _walk(asked: argparse.Namespace, examples: int, number: int) -> str:
    phases = [Phase.generate] if asked.no_shrink else [Phase.generate, Phase.shrink]
    how = settings(
        max_examples=examples, stateful_step_count=asked.steps, deadline=None, database=None,
        phases=phases, suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    try:
        run_state_machine_as_test(seed(number)(Machine), settings=how)
    except BaseException:
        return traceback.format_exc()
    return ""
