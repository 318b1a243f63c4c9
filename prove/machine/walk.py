"""`python -m prove.boot prove.machine.walk`: run the machine, write what it found."""

import argparse
import json
import logging
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import stripe
from django.db import connection
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from prove import world
from prove.machine import cells
from prove.machine.operators import Operators
from prove.machine.provider import Provider
from prove.machine.supporters import Supporters

MADE: Counter[str] = Counter()


class Machine(Supporters, Provider, Operators):
    """All rules together."""

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
    asked = parser.parse_args(arguments)
    _quiet()
    Machine.world = world.from_environment()
    Machine.world.prepare()
    cells.watch()
    began = time.monotonic()
    trouble = _walk(asked)
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
    stripe.HTTPClient.INITIAL_DELAY = 0.0005
    stripe.HTTPClient.MAX_DELAY = 0.001


def _walk(asked: argparse.Namespace) -> str:
    phases = [Phase.generate] if asked.no_shrink else [Phase.generate, Phase.shrink]
    how = settings(
        max_examples=asked.examples, stateful_step_count=asked.steps, deadline=None, database=None,
        phases=phases, suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    try:
        run_state_machine_as_test(seed(asked.seed)(Machine), settings=how)
    except BaseException:
        return traceback.format_exc()
    return ""
