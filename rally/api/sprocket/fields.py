"""What an object looks like on the wire: one table per object, from which all else is made.

Answers, request bodies, filters, sorting, documents and OpenAPI read these tables; nothing
that a caller wrote ever becomes the name of a column.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The types of contract and documentation."""

    INT = "int"
    LONG = "long"
    STRING = "string"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    OBJECT = "object"


class Level(StrEnum):
    """What a caller is to the row. Higher ones are given one by one, never implied."""

    ALL = "everybody"
    OWN = "the page's owner and their captains, and admins"
    ADMIN = "admins"
    CONTACTS = "those who may see contact data"


@dataclass(frozen=True, slots=True)
class Sight:
    """What this caller may read in the answer being made, and how much of it was asked for.

    `leaders` is how long leader lists are. `plain` leaves gifts out of nested goals.
    """

    levels: frozenset[Level] = frozenset()
    leaders: int = 0
    plain: bool = False

    def sees(self, level: Level) -> bool:
        """Whether a field or filter of this level is open to the caller."""
        return level == Level.ALL or level in self.levels

    def within(self, part: "Field") -> "Sight":
        """For what is nested: being somebody's owner doesn't reach the people around them."""
        levels = self.levels if part.own else self.levels - {Level.OWN, Level.CONTACTS}
        if Level.ADMIN in self.levels:
            levels = self.levels
        return replace(self, levels=levels, plain=self.plain or part.plain)


PUBLIC = Sight()
Read = Callable[[Any, Sight], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an object.

    Who may not see it reads null, or doesn't find the key at all where `absent` is set.
    `writable` says that bodies may set it, `required` that a new object needs it, `default`
    what is taken for it otherwise; `longest` is for its text, in characters. An object's
    fields are those of `of`; `many` of them stand in a list.
    """

    name: str
    kind: Kind
    read: Read
    about: str = ""
    level: Level = Level.ALL
    absent: bool = False
    writable: bool = False
    required: bool = False
    default: str = ""
    longest: int = 0
    of: "Table | None" = None
    many: bool = False
    own: bool = False
    plain: bool = False

    @property
    def type_name(self) -> str:
        """The type as documents write it: int, Address, User[]."""
        name = self.of.name if self.of is not None else str(self.kind)
        return f"{name}[]" if self.many else name


@dataclass(frozen=True, slots=True)
class Query:
    """A name that filters and sorting know, and the column or annotation behind it.

    `keyed` columns hold folded text (see `rally.kit.text.key`); `currency` names the column
    that says in which currency an amount's minor units are. `nullable` ones sort nulls last;
    `present` names the column that says so where `column` is an expression of others.
    """

    path: str
    kind: Kind
    column: str
    does: str = "FS"
    level: Level = Level.ALL
    keyed: bool = False
    currency: str = ""
    nullable: bool = False
    present: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def filters(self) -> bool:
        """Whether it may stand left of an equals sign."""
        return "F" in self.does

    @property
    def sorts(self) -> bool:
        """Whether it may stand in `sort`."""
        return "S" in self.does


@dataclass(frozen=True, slots=True)
class Table:
    """One object: its name alone and in lists, its fields, and what can be asked about it."""

    name: str
    plural: str
    fields: tuple[Field, ...]
    about: str = ""
    queries: tuple[Query, ...] = ()
    by_path: dict[str, Query] = field(default_factory=dict, compare=False, hash=False)

    def __post_init__(self) -> None:
        for query in self.queries:
            for path in (query.path, *query.aliases):
                self.by_path[path] = query

    @property
    def prefix(self) -> str:
        """What stands before the dot in filters: "team" of `team.name`."""
        return self.name.lower()

    def field(self, name: str) -> Field:
        """A field by its name on the wire."""
        return next(one for one in self.fields if one.name == name)


def show(table: Table, row: Any, sight: Sight) -> dict[str, Any]:
    """A row as the caller may see it."""
    shown = {}
    for one in table.fields:
        if sight.sees(one.level):
            shown[one.name] = _value(one, row, sight)
        elif not one.absent:
            shown[one.name] = None
    return shown


def _value(one: Field, row: Any, sight: Sight) -> Any:
    value = one.read(row, sight)
    if one.many:
        return _many(one, value or (), sight)
    if value is None:
        return None
    if one.of is not None:
        return show(one.of, value, sight.within(one))
    if one.kind == Kind.STRING:
        return str(value) or None
    if one.kind == Kind.LONG and isinstance(value, dt.datetime):
        return seconds(value)
    if one.kind == Kind.DECIMAL:
        return number(value)
    return value


def _many(one: Field, rows: Iterable[Any], sight: Sight) -> list[Any]:
    if one.of is None:
        return list(rows)
    inner = sight.within(one)
    return [show(one.of, row, inner) for row in rows]


def seconds(moment: dt.datetime) -> int:
    """Unix seconds, parts of one cut off."""
    return int(moment.timestamp())


def number(value: Decimal) -> int | float:
    """The shortest form: 39, not 39.00."""
    return int(value) if value == value.to_integral_value() else float(value)


def attribute(path: str) -> Read:
    """Reads a dotted path from the row; nothing on the way is nothing at the end."""
    names = path.split(".")

    def read(row: Any, sight: Sight) -> Any:
        for name in names:
            row = getattr(row, name, None)
            if row is None:
                return None
        return row

    return read


def plain(name: str, kind: Kind, path: str, about: str = "", **more: Any) -> Field:
    """A field that is an attribute of the row."""
    return Field(name, kind, attribute(path), about, **more)
