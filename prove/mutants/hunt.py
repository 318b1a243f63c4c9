"""Put each bug into a copy of the tree and see whether its scenario notices."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prove import lab
from prove.mutants.seeded import MUTANTS, Mutant

PLAY = ("prove.boot", "prove.mutants.scenarios")
LEFT_OUT = shutil.ignore_patterns(
    "var", ".git", ".venv", "node_modules", "__pycache__", "static", "*.sqlite3", ".*_cache"
)
WITHIN = 120.0


class Gone(Exception):
    """The text that a patch wants to change isn't there, or more than once."""


@contextlib.contextmanager
def applied(mutant: Mutant, tree: Path) -> Iterator[None]:
    """The copy with this bug in it. Raises Gone."""
    before = {patch.path: (tree / patch.path).read_text() for patch in mutant.patches}
    after = dict(before)
    for patch in mutant.patches:
        if after[patch.path].count(patch.old) != 1:
            raise Gone(f"{mutant.name}: not once in {patch.path}: {patch.old[:60]!r}")
        after[patch.path] = after[patch.path].replace(patch.old, patch.new)
    try:
        for path, text in after.items():
            (tree / path).write_text(text)
        yield
    finally:
        for path, text in before.items():
            (tree / path).write_text(text)


def hunt() -> dict[str, Any]:
    """The healthy tree first: a scenario that fails on it proves nothing."""
    with lab.folder() as within, lab.sink() as webhook, lab.simulator(within, webhook) as url:
        tree = within / "tree"
        shutil.copytree(lab.BASE, tree, ignore=LEFT_OUT)
        (tree / "static").mkdir()
        healthy = _healthy(tree, within, url)
        results = {}
        for mutant in MUTANTS:
            works = healthy.get(mutant.name) == ""
            results[mutant.name] = _caught(mutant, tree, within, url) if works else (
                f"the scenario fails on the healthy tree: {healthy.get(mutant.name)}"
            )  # fmt: skip
    missed = {name: why for name, why in results.items() if why}
    return {
        "mutants_seeded": len(MUTANTS), "mutants_caught": len(MUTANTS) - len(missed),
        "missed": missed, "ok": not missed,
    }  # fmt: skip


def _healthy(tree: Path, within: Path, url: str) -> dict[str, str]:
    done = lab.run(PLAY, _environment(tree, within / "var", url), within=WITHIN * 2, cwd=tree)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    found = {line["name"]: line["trouble"] for line in lines}
    return found or {name.name: done.stderr[-500:] for name in MUTANTS}


def _caught(mutant: Mutant, tree: Path, within: Path, url: str) -> str:
    """Empty when the bug is noticed, else why not."""
    new_tables = any("migrations" in patch.path for patch in mutant.patches)
    var = within / (f"var-{mutant.name}" if new_tables else "var")
    try:
        with applied(mutant, tree):
            environ = _environment(tree, var, url)
            done = lab.run([*PLAY, mutant.name], environ, within=WITHIN, cwd=tree)
    except Gone as why:
        return str(why)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return f"the scenario could not be played: {done.stderr[-500:]}"
    return "" if lines[0]["trouble"] else "nothing was noticed"


def _environment(tree: Path, var: Path, url: str) -> dict[str, str]:
    """The copy's own code is what is imported; no bytecode of the last mutant is reused."""
    environ = lab.environment(var, url, PYTHONPATH=str(tree))
    return environ | {"PYTHONDONTWRITEBYTECODE": "1"}
