"""Runs each part in processes of its own, and answers what it found."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from prove import lab
from prove.mutants import hunt
from tests import services

Found = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How much of it: examples and steps on each database, orders, seconds."""

    lite: int
    postgres: int
    steps: int
    orders: int
    seconds: int
    walking: float
    within: float
    calls: int
    sequences: int


# `calls`: of each operation of the API, and `sequences` of ten that build on one another.
# `walking`: begin no batch of examples after so many seconds. `within`: kill what takes longer.
QUICK = Size(lite=60, postgres=20, steps=50, orders=60, seconds=12, walking=60, within=900,
             calls=10, sequences=10)  # fmt: skip
FULL = Size(lite=300, postgres=100, steps=50, orders=400, seconds=60, walking=0, within=2_400,
            calls=1_000, sequences=300)  # fmt: skip
CI = Size(lite=100, postgres=30, steps=50, orders=60, seconds=16, walking=0, within=900,
          calls=20, sequences=15)  # fmt: skip


def machine(size: Size, seed: int, only: str = "") -> Found:
    """The random walk, on both databases at the same time."""
    wanted = [name for name in ("sqlite", "postgresql") if only in ("", name)]
    examples = {"sqlite": size.lite, "postgresql": size.postgres}
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(_walk, name, examples[name], size, seed) for name in wanted]
        found = dict(zip(wanted, [run.result() for run in runs], strict=True))
    cells: dict[str, int] = {}
    for run in found.values():
        for cell, count in run.get("cells", {}).items():
            cells[cell] = cells.get(cell, 0) + count
    return {
        "ok": all(not run["trouble"] for run in found.values()),
        "examples": sum(run.get("examples", 0) for run in found.values()),
        "b2_cells": len(cells), "b2_cells_covered": sum(1 for count in cells.values() if count),
        "cells": cells, "database": "+".join(wanted), "runs": found,
    }  # fmt: skip


def _walk(database: str, examples: int, size: Size, seed: int) -> Found:
    with ExitStack() as stack:
        within = stack.enter_context(lab.folder())
        more = {}
        if database == "postgresql":
            try:
                more["DATABASE_URL"] = _fresh(stack.enter_context(lab.postgres(within)), "walk")
            except services.Unavailable as why:
                return {"trouble": f"no PostgreSQL: {why}"}
        url = stack.enter_context(lab.simulator(within, stack.enter_context(lab.deaf())))
        return _answer(
            ["prove.machine.walk", "--examples", str(examples), "--steps", str(size.steps),
             "--seed", str(seed), "--seconds", str(size.walking)],
            lab.environment(within / "var", url, **more), within, size.within,
        )  # fmt: skip


def _fresh(server: str, name: str) -> str:
    """A new empty database on a server."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS prove_{name}")
        connection.execute(f"CREATE DATABASE prove_{name}")
    return urlsplit(server)._replace(path=f"/prove_{name}").geturl()


def mutants(size: Size, seed: int) -> Found:
    """The seeded bugs."""
    return hunt.hunt()


def crash(size: Size, seed: int) -> Found:
    """Every fail-point."""
    with lab.folder() as within, lab.deaf() as hook, lab.simulator(within, hook) as url:
        environ = lab.environment(within / "var", url)
        return _answer(["prove.crash.matrix"], environ, within, size.within)


def storm(size: Size, seed: int) -> Found:
    """Unkind deliveries to a real site."""
    with lab.folder() as within:
        port = services.free_port()
        with _town(within, f"http://127.0.0.1:{port}/") as environ:
            arguments = ["prove.town.storm", "--orders", str(size.orders), "--seed", str(seed)]
            environ["PROVE_WEBHOOK_PORT"] = str(port)
            return _answer(arguments, environ, within, size.within)


def infrastructure(size: Size, seed: int) -> Found:
    """Workers, cache and queue that die; with Valkey where there is one."""
    with lab.folder() as within, ExitStack() as stack:
        more = {}
        with contextlib.suppress(services.Unavailable):
            services.install_wheels()
            valkey = services.valkey(within)
            stack.callback(valkey.stop)
            more = {"REDIS_URL": valkey.url, "PROVE_VALKEY_PID": str(valkey.process.pid)}
        environ = stack.enter_context(_town(within, "", **more))
        arguments = ["prove.town.infrastructure", "--seconds", str(size.seconds)]
        return _answer([*arguments, "--seed", str(seed)], environ, within, size.within)


def fuzz(size: Size, seed: int) -> Found:
    """Whatever the published schema allows, to every operation of the API."""
    with lab.folder() as within, lab.deaf() as hook, lab.simulator(within, hook) as url:
        environ = lab.environment(within / "var", url, RALLY_ALLOW_LOCAL_WEBHOOKS="1")
        arguments = ["prove.fuzz.walk", "--examples", str(size.calls), "--seed", str(seed),
                     "--sequences", str(size.sequences)]  # fmt: skip
        return _answer(arguments, environ, within, 2 * size.within)


@contextlib.contextmanager
def _town(within: Path, hook: str, **more: str) -> Iterator[dict[str, str]]:
    """The environment of a site whose simulator runs; without `hook` it delivers to the site."""
    port = services.free_port()
    environ = lab.environment(within / "var", "", PORT=str(port), **more)
    environ["DJANGO_SETTINGS_MODULE"] = "rally.settings"
    done = lab.run(["prove.boot", "prove.town.secret"], environ, within=120)
    secret = done.stdout.strip()
    hook = hook or f"http://127.0.0.1:{port}/api/stripe/webhook"
    with lab.simulator(within, hook, secret) as url:
        yield environ | {"RALLY_SIMULATOR_URL": url}


def _answer(arguments: list[str], environ: dict[str, str], within: Path, limit: float) -> Found:
    """What a part wrote; if it wrote nothing, that is the trouble."""
    out = within / "out.json"
    done = lab.run(["prove.boot", *arguments, "--out", str(out)], environ, within=limit)
    if not out.exists():
        return {"ok": False, "trouble": f"ended with {done.returncode}: {done.stderr[-2000:]}"}
    found: Found = json.loads(out.read_text())
    if done.stderr.strip() and not found.get("ok", True):
        sys.stderr.write(done.stderr[-2000:])
    return found


ALL: dict[str, Callable[[Size, int], Found]] = {
    "machine": machine, "mutants": mutants, "crash": crash, "storm": storm,
    "infrastructure": infrastructure, "fuzz": fuzz,
}  # fmt: skip
