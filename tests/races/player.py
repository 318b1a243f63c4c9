"""`python -m tests.races.player THREADS`: one process of a race.

It gets a line of JSON (which act, its jobs, what to leave out), answers "set", waits for "go"
like all others, and answers a line of JSON with a result for each job.
"""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

django.setup()

from django.conf import settings
from django.db import Error

from rally.kit.errors import DomainError
from tests.races import acts, twins


def attempt(act: Callable[..., Any], job: dict[str, Any]) -> dict[str, Any]:
    """One job: what it answered or why it was refused, and how long it took."""
    began = time.perf_counter()
    try:
        result = {"answer": act(**job)}
    except DomainError as no:
        result = {"refused": no.code}
    except (Error, AssertionError) as trouble:
        result = {"error": f"{type(trouble).__name__}: {trouble}"[:300]}
    return result | {"ms": (time.perf_counter() - began) * 1000}


def main(threads: int) -> None:
    pool = ThreadPoolExecutor(threads)
    list(pool.map(acts.connect, range(threads * 4)))
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        settings.STRIPE_API_BASE = order["stripe"]
        with twins.without(order["without"], order["pause"]):
            print("set", flush=True)
            sys.stdin.readline()
            act = acts.ACTS[order["act"]]
            results = list(pool.map(lambda job, act=act: attempt(act, job), order["jobs"]))
        print(json.dumps(results), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
