"""What was measured, and what it may be."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with at most one limit; without one it is for information."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_good(self) -> bool:
        if self.at_most is not None and self.value > self.at_most:
            return False
        return self.at_least is None or self.value >= self.at_least

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name, "value": self.value, "unit": self.unit, "at_most": self.at_most,
            "at_least": self.at_least, "ok": self.is_good,
        }  # fmt: skip

    def __str__(self) -> str:
        limit = "information"
        if self.at_most is not None:
            limit = f"at most {self.at_most:g}"
        elif self.at_least is not None:
            limit = f"at least {self.at_least:g}"
        mark = "ok  " if self.is_good else "OVER"
        return f"{mark} {self.name:<58} {self.value:>10g} {self.unit:<5} {limit}"


def kilobytes(count: int) -> float:
    return round(count / 1000, 1)


def over(figures: Iterable[Figure]) -> list[Figure]:
    return [figure for figure in figures if not figure.is_good]
