"""What an audit found."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that breaks an invariant, and what is wrong with it."""

    check: str
    table: str
    id: int
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one check went: how many rows break it, and how long that took to find out."""

    id: str
    title: str
    rows: int
    seconds: float


@dataclass(slots=True)
class Report:
    """All checks of one run. At most a hundred findings are named for each; `rows` is exact."""

    checks: list[Outcome] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not any(outcome.rows for outcome in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """For `--json` and for keeping."""
        checks = [
            {"id": one.id, "rows": one.rows, "seconds": round(one.seconds, 3)}
            for one in self.checks
        ]
        findings = [asdict(one) for one in self.findings]
        return {"ok": self.ok, "checks": checks, "findings": findings}

    def lines(self) -> Iterable[str]:
        """A table for people, then what was found."""
        for one in self.checks:
            verdict = "ok" if not one.rows else f"{one.rows} found"
            yield f"{one.id:<4} {verdict:>12} {one.seconds:8.2f} s   {one.title}"
        for found in self.findings:
            facts = ", ".join(f"{name} {value}" for name, value in found.facts.items())
            yield f"{found.check}: {found.table} {found.id}: {facts}"
        rows = sum(one.rows for one in self.checks)
        if rows > len(self.findings):
            yield f"and {rows - len(self.findings)} more"
        yield "All is well." if self.ok else "See docs/audit.md for what to do."
