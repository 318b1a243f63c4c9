"""One line for each file of bad input: how many cases, how many 5xx, which took longest.

A case is told by `record_property(KEY, [file, case, status, seconds])`, which also reaches the
process that prints when tests run in several.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

KEY = "wire case"


def lines(reports: Iterable[Any]) -> list[str]:
    """A line per file, from the reports of a run."""
    files: dict[str, list[tuple[str, int, float]]] = defaultdict(list)
    for report in reports:
        for name, value in getattr(report, "user_properties", ()):
            if name == KEY and report.when == "call":
                file, case, status, seconds = value
                files[file].append((case, status, seconds))
    return [_line(file, cases) for file, cases in sorted(files.items())]


def _line(file: str, cases: list[tuple[str, int, float]]) -> str:
    broken = sum(status >= 500 for _, status, _ in cases)
    slowest, _, seconds = max(cases, key=lambda case: case[2])
    return f"{file}: {len(cases)} cases, {broken} 5xx, slowest {seconds:.3f} s ({slowest[:60]})"


def figures(reports: Iterable[Any]) -> list[str]:
    """What tests told by `record_property("figure", text)`."""
    return sorted(
        str(value)
        for report in reports
        if report.when == "call"
        for name, value in getattr(report, "user_properties", ())
        if name == "figure"
    )
