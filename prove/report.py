"""The figures of a run, and whether every promise was kept. Written to var/proof.json."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prove.lab import BASE

PARTS = ("machine", "mutants", "crash", "storm", "infrastructure", "fuzz")
# What must be nothing; any other figure is told, or compared with its whole.
NOTHING = (
    "double_sales", "lost_sales", "unexplained_minor", "wrong_states", "stuck_after_two_sweeps",
    "duplicate_mails",
)  # fmt: skip
WHOLE = (("b2_cells_covered", "b2_cells"), ("mutants_caught", "mutants_seeded"))


@dataclass
class Report:
    """What each part found, by its name; a part that ended without an answer has failed."""

    seed: int
    quick: bool
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """The figures of all parts together; a part that was not asked for gives none."""
        found: dict[str, Any] = {}
        for part in self.parts.values():
            for name in NOTHING:
                if name in part:
                    found[name] = found.get(name, 0) + part[name]
            for name in (
                "b2_cells_covered", "b2_cells", "mutants_caught", "mutants_seeded",
                "crash_points", "converge_p99_s", "examples", "database",
            ):  # fmt: skip
                if name in part:
                    found[name] = part[name]
        return found | {"seed": self.seed, "commit": commit()}

    def broken(self) -> list[str]:
        """Why this is no proof; empty when it is one."""
        why = [name for name, part in self.parts.items() if not part.get("ok")]
        figures = self.figures()
        why += [f"{name} is {figures[name]}" for name in NOTHING if figures.get(name)]
        for got, of in WHOLE:
            if of in figures and figures[got] != figures[of]:
                why.append(f"{got} is {figures[got]} of {figures[of]}")
        return why

    def as_dict(self) -> dict[str, Any]:
        """For the file and for `--json`."""
        broken = self.broken()
        return {
            "ok": not broken, **self.figures(), "quick": self.quick, "broken": broken,
            "not_run": [name for name in PARTS if name not in self.parts], "parts": self.parts,
        }  # fmt: skip

    def write(self, path: Path) -> None:
        """Keep it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_dict(), indent=2) + "\n")


def commit() -> str:
    """What was proved; with a plus when the tree differs from it, empty outside of git."""
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--abbrev=12"],
        cwd=BASE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return asked.stdout.strip()
