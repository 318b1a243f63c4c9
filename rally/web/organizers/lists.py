"""Short lists of sums as every page shows them: what, two facts, and the amount at the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Cells = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Sums:
    """A table whose last column is money; `rows` hold each cell with its column's name."""

    heads: Sequence[str]
    rows: Sequence[Sequence[tuple[str, str]]]

    def __bool__(self) -> bool:
        return bool(self.rows)


def sums(heads: Cells, rows: Iterable[Cells]) -> Sums:
    """The table of these rows, which may be none."""
    return Sums(heads, [tuple(zip(heads, row, strict=True)) for row in rows])
