"""Filter, sort and page a queryset by its declared table.

Pages are found by the last row's own values, not by counting: page 10,000 costs what page 1
does. Nothing a client sends becomes the name of a column.
"""

import base64
import binascii
import datetime as dt
import functools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from rally.api.tiles import tables
from rally.api.tiles.tables import Column, Table
from rally.kit import text
from rally.kit.errors import InvalidInput

PAGING = frozenset({"sort", "limit", "after"})
COMPARED = re.compile(r"(>=|<=|>|<)?(.*)", re.DOTALL)
LOOKUPS = {None: "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
WHOLE = re.compile(r"-?[0-9]{1,16}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
LONGEST_VALUE = 200


# Filters --------------------------------------------------------------------------------------
def instant(value: str) -> dt.datetime:
    """ISO 8601 with a zone, as an instant in UTC. Raises ValueError."""
    if not INSTANT.fullmatch(value):
        raise ValueError(value)
    try:
        return dt.datetime.fromisoformat(value).astimezone(dt.UTC)
    except OverflowError:
        raise ValueError(value) from None


def _amount(value: str) -> int:
    if not WHOLE.fullmatch(value) or abs(int(value)) > tables.AMOUNT_MOST:
        raise ValueError(value)
    return int(value)


class _Field(forms.CharField):
    """A value of the query string, read by the column's kind into (lookup, value)."""

    def __init__(self, *, column: Column, **options: Any) -> None:
        self.column = column
        super().__init__(max_length=LONGEST_VALUE, **options)

    def clean(self, value: Any) -> tuple[str, Any] | None:
        found = super().clean(value)
        if value is None:
            return None
        try:
            return _READERS[self.column.kind](self.column, found)
        except ValueError:
            raise ValidationError(_("This value can't be used.")) from None


def _read_choice(column: Column, value: str) -> tuple[str, Any]:
    wanted = value.split(",")
    if set(wanted) - set(column.choices):
        raise ValidationError(_("Use one of %(names)s.") % {"names": ", ".join(column.choices)})
    return "in", wanted


def _read_text(column: Column, value: str) -> tuple[str, Any]:
    bare = value.removeprefix("*").removesuffix("*") if value != "*" else ""
    if "*" in bare or not value or text.has_forbidden(value):
        raise ValueError(value)
    starts, ends = value.startswith("*"), value.endswith("*")
    lookup = "contains" if starts and ends else "endswith" if starts else "startswith"
    return (lookup if starts or ends else "exact"), text.key(bare)


def _read_compared(read: Callable[[str], Any]) -> Callable[[Column, str], tuple[str, Any]]:
    def reader(column: Column, value: str) -> tuple[str, Any]:
        sign, rest = COMPARED.fullmatch(value).groups()  # type: ignore[union-attr]  # fits all
        return LOOKUPS[sign], read(rest)

    return reader


def _read_id(column: Column, value: str) -> tuple[str, Any]:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value):
        raise ValueError(value)
    return "exact", value


_READERS: dict[str, Callable[[Column, str], tuple[str, Any]]] = {
    tables.CHOICE: _read_choice,
    tables.TEXT: _read_text,
    tables.AMOUNT: _read_compared(_amount),
    tables.INSTANT: _read_compared(instant),
    tables.ID: _read_id,
}


class _Filter(django_filters.Filter):
    field_class = _Field

    def filter(self, qs: QuerySet, value: tuple[str, Any] | None) -> QuerySet:
        if value is None:
            return qs
        lookup, wanted = value
        through = self.extra["column"].through
        if through is not None:
            return qs.filter(through(wanted))
        return qs.filter(**{f"{self.field_name}__{lookup}": wanted})


@functools.cache
def filterset_of(table: Table) -> type[django_filters.FilterSet]:
    """The table's columns as a filter set."""
    made = {
        column.name: _Filter(field_name=column.path, column=column, required=False)
        for column in table.filterable
    }
    return type(f"{table.name.title()}Filters", (django_filters.FilterSet,), made)


class TableFilterBackend(DjangoFilterBackend):
    """Filters by the view's `table`; unknown names and values that can't be are refused."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        table: Table = view.table
        allowed = {column.name for column in table.filterable} | PAGING
        for name, values in request.query_params.lists():
            if name not in allowed:
                raise InvalidInput(_("This list has no field of that name."), field=name[:60])
            if len(values) > 1:
                raise InvalidInput(_("Name each field once."), field=name)
            if text.has_forbidden(values[0]):
                raise InvalidInput(_("There is a character that can't be used."), field=name)
        found = filterset_of(table)(request.query_params, queryset=queryset, request=request)
        if not found.is_valid():
            name, problems = next(iter(found.errors.items()))
            raise InvalidInput(str(problems[0]), field=name)
        return found.qs


# Pages ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursor of the rest; `named` says whether `next` is to be shown."""

    rows: list[Any]
    next: str | None
    named: bool

    def body(self, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The rows under the list's name, with `next` where it belongs."""
        return {name: rows, "next": self.next} if self.named else {name: rows}


@dataclass(frozen=True, slots=True)
class _Key:
    path: str
    descending: bool
    kind: str = tables.AMOUNT


def page(request: Request, rows: QuerySet[Any], table: Table) -> Page:
    """The page that the query string asks for. Raises InvalidInput (sort, limit, after)."""
    query = request.query_params
    limit = _limit(query.get("limit"), table)
    keys = _keys(query.get("sort", ""), table)
    rows = rows.order_by(*(f"-{key.path}" if key.descending else key.path for key in keys))
    after = query.get("after")
    if after is not None:
        rows = rows.filter(_beyond(keys, _opened(after, query.get("sort", ""), keys)))
    found = list(rows[: limit + 1]) if limit else []
    more = len(found) > limit
    found = found[:limit]
    cursor = _closed(found[-1], query.get("sort", ""), keys) if more else None
    asked = table.always_next or bool({"limit", "after"} & query.keys())
    return Page(found, cursor, named=asked or cursor is not None)


def _limit(value: str | None, table: Table) -> int:
    if value is None:
        return table.default
    if not re.fullmatch(r"[0-9]{1,6}", value) or not 1 <= int(value) <= table.most:
        words = _("limit must be a whole number from 1 to %(most)d.") % {"most": table.most}
        raise InvalidInput(words, field="limit")
    return int(value)


def _keys(sort: str, table: Table) -> list[_Key]:
    order = _Key(table.order.removeprefix("-"), table.order.startswith("-"))
    keys: list[_Key] = []
    names = sort.split(",") if sort else []
    if len({name.removeprefix("-") for name in names}) != len(names):
        raise InvalidInput(_("Sort by each field once."), field="sort")
    for name in names:
        column = table.column(name.removeprefix("-"))
        if column is None or not column.sorted_by:
            words = _("This list can be sorted by %(names)s.")
            raise InvalidInput(words % {"names": ", ".join(table.sortable)}, field="sort")
        if column.sorted_by == "pk":
            return [*keys, _Key("pk", name.startswith("-"))]
        keys.append(_Key(column.sorted_by, name.startswith("-"), column.kind))
    return [*keys, order]


def _beyond(keys: list[_Key], values: list[Any]) -> Q:
    """Rows after the one with these values: by the first key, or equal there and by the next."""
    found, same = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        step = Q(**{f"{key.path}__{'lt' if key.descending else 'gt'}": value})
        found |= same & step
        same &= Q(**{key.path: value})
    return found


def _value(row: Model, path: str) -> Any:
    found: Any = row
    for name in path.split("__"):
        found = getattr(found, name)
    return found


def _closed(row: Model, sort: str, keys: list[_Key]) -> str:
    values = [_value(row, key.path) for key in keys]
    plain = [v.isoformat() if isinstance(v, dt.datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps([sort, *plain]).encode()).decode().rstrip("=")


def _opened(cursor: str, sort: str, keys: list[_Key]) -> list[Any]:
    """The values in a cursor; one that is not ours, or of another sort, is refused."""
    refused = InvalidInput(_("after must be the next of the page before."), field="after")
    if len(cursor) > 2000 or not cursor.isascii():
        raise refused
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise refused from None
    if not isinstance(found, list) or len(found) != len(keys) + 1 or found[0] != sort:
        raise refused
    try:
        return [_typed(key.kind, value) for key, value in zip(keys, found[1:], strict=True)]
    except (ValueError, OverflowError):
        raise refused from None


def _typed(kind: str, value: Any) -> Any:
    """A cursor's value as the kind of column it is compared with. Raises ValueError."""
    if kind == tables.AMOUNT and type(value) is int and abs(value) < 2**63:
        return value
    if isinstance(value, str) and not text.has_forbidden(value):
        if kind in {tables.TEXT, tables.CHOICE}:
            return value
        if kind == tables.INSTANT:
            return dt.datetime.fromisoformat(value).astimezone(dt.UTC)
    raise ValueError(value)
