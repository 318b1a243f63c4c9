"""What an object looks like on the wire: one table each, out of which all else is made.

Answers, documents and OpenAPI read these tables. Keys are PascalCase; amounts are decimal units
in the shortest form (39, not 39.00); instants are `yyyy/MM/dd HH:mm:ss` in UTC.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rally.kit import money

MOMENT = "%Y/%m/%d %H:%M:%S"
Read = Callable[[Any], Any]


class Kind(StrEnum):
    """The types of the wire."""

    INT = "int"
    NUMBER = "number"
    STRING = "string"
    BOOLEAN = "bool"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Field:
    """One key. `null` says that there may be nothing; an object's keys are those of `of`."""

    name: str
    kind: Kind
    read: Read
    about: str = ""
    null: bool = False
    of: "Table | None" = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One object: its name and its keys, in the order they are written."""

    name: str
    fields: tuple[Field, ...]
    about: str = ""


def show(table: Table, row: Any) -> dict[str, Any]:
    """A row as it goes over the wire."""
    return {field.name: _value(field, row) for field in table.fields}


def _value(field: Field, row: Any) -> Any:
    value = field.read(row)
    if field.of is not None:
        if field.many:
            return [show(field.of, one) for one in value]
        return None if value is None else show(field.of, value)
    if isinstance(value, dt.datetime):
        return moment(value)
    return value


def moment(value: dt.datetime) -> str:
    """An instant as the wire has it. `strftime` would not pad years below 1000."""
    at = value.astimezone(dt.UTC)
    return f"{at.year:04}/{at:%m/%d %H:%M:%S}"


def amount(minor: int, currency: str) -> int | float:
    """Minor units as a decimal amount, whole ones as integers."""
    value = money.major(minor, currency)
    return int(value) if value == value.to_integral_value() else float(value)


def attribute(path: str) -> Read:
    """Reads a dotted path from the row; nothing on the way is nothing at the end."""
    names = path.split(".")

    def read(row: Any) -> Any:
        for name in names:
            row = getattr(row, name, None)
            if row is None:
                return None
        return row

    return read


def fixed(value: Any) -> Read:
    """The same for every row."""
    return lambda row: value


def text(path: str) -> Read:
    """Text, or null where there is none."""
    read = attribute(path)
    return lambda row: str(read(row) or "") or None
