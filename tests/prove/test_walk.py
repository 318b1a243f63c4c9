"""The random walk as the test suite runs it, and whether the seeded bugs still fit the code."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from prove.__main__ import STAGES
from prove.machine import cells
from prove.mutants.scenarios import PLAYS
from prove.mutants.seeded import MUTANTS, Mutant
from prove.report import NOTHING, PARTS, Report
from tests.services import BASE

WITHIN = 1_000


def walk(database: str) -> dict[str, Any]:
    """Its own processes, on a database of its own."""
    environ = dict(os.environ)
    if database == "postgresql":
        environ["TEST_DATABASE_URL"] = environ["DATABASE_URL"]
    done = subprocess.run(
        [sys.executable, "-m", "prove", "--ci", database],
        cwd=BASE, env=environ, capture_output=True, text=True, timeout=WITHIN, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("{"), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["ok"], found["runs"][database]["trouble"]
    return found


@pytest.mark.long
def test_nothing_goes_wrong_on_sqlite() -> None:
    found = walk("sqlite")
    assert found["examples"] >= 100
    assert set(found["cells"]) == set(cells.TABLE)


@pytest.mark.long
@pytest.mark.postgresql
def test_nothing_goes_wrong_on_postgresql() -> None:
    assert walk("postgresql")["examples"] >= 30


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_seeded_bug_fits_the_code_it_is_for(mutant: Mutant) -> None:
    assert mutant.name in PLAYS
    for patch in mutant.patches:
        assert (BASE / patch.path).read_text().count(patch.old) == 1, patch.old


def test_a_part_that_ended_without_an_answer_breaks_the_proof() -> None:
    report = Report(seed=1, quick=True, parts={"storm": {"ok": False, "trouble": "killed"}})
    assert report.broken() == ["storm"]
    assert report.as_dict()["not_run"] == [name for name in PARTS if name != "storm"]


@pytest.mark.parametrize("name", NOTHING)
def test_a_figure_that_should_be_nothing_breaks_it(name: str) -> None:
    report = Report(seed=1, quick=True, parts={"storm": {"ok": True, name: 1}})
    assert report.broken() == [f"{name} is 1"]


def test_a_bug_that_nobody_notices_breaks_it() -> None:
    part = {"ok": True, "mutants_caught": 15, "mutants_seeded": 16}
    assert Report(seed=1, quick=True, parts={"mutants": part}).broken()


def test_every_part_runs_in_one_stage() -> None:
    run = [name for stage in STAGES for lane in stage for name in lane]
    assert sorted(run) == sorted(PARTS)
