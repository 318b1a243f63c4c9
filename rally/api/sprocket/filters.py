"""Filters of lists, from the tables alone: a name that isn't declared is refused."""

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rally.api.sprocket import asking, errors
from rally.api.sprocket.asking import BIGGEST_INT, LONGEST_VALUE, MOST_FILTERS, Asked
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.fields import Kind, Query, Sight, Table
from rally.api.sprocket.names import OBJECTS
from rally.kit import money, text

NOTHING = Q(pk__in=())


def unsupported(name: str) -> Refusal:
    """The same answer for what doesn't exist and for what the caller may not see."""
    sentence = _("%(name)s can't be used here.") % {"name": name[:80]}
    return Refusal(errors.NOT_SUPPORTED, sentence, field=name[:80])


def filtered(rows: QuerySet[Any], table: Table, asked: Asked, sight: Sight) -> QuerySet[Any]:
    """The rows that fit every filter of the query string. Raises Refusal."""
    given = [
        (name, value)
        for name, values in asked.values.items()
        if "." in name and name.partition(".")[0] in OBJECTS
        for value in values
    ]
    if len(given) > MOST_FILTERS:
        raise Refusal(errors.NOT_SUPPORTED, _("There are too many filters."))
    for name, value in given:
        query = declared(table, name)
        if query is None or not query.filters or not sight.sees(query.level):
            raise unsupported(name)
        if len(value) > LONGEST_VALUE:
            raise Refusal(errors.NOT_SUPPORTED, _("The value is too long."), field=name)
        rows = rows.filter(condition(query, name, value))
    return rows


def declared(table: Table, name: str) -> Query | None:
    """What the list declares under this name; another object's names are none of its own."""
    prefix, _dot, path = name.partition(".")
    return table.by_path.get(path) if prefix == table.prefix else None


def condition(query: Query, name: str, value: str) -> Q:
    """One filter as a condition on its column. Raises Refusal."""
    return CONDITIONS[query.kind](query, name, value)


# By type --------------------------------------------------------------------------------------
def _text(query: Query, name: str, value: str) -> Q:
    """Equal, or a star before, after or around; without regard to case."""
    before, after = value.startswith("*"), value.endswith("*") and len(value) > 1
    inner = value[int(before) : len(value) - int(after)]
    if "*" in inner or (not inner and (before or after)):
        raise unsupported(name)
    looked_for = text.key(inner) if query.keyed else inner
    ways = {(False, False): "exact", (False, True): "startswith", (True, False): "endswith",
            (True, True): "contains"}  # fmt: skip
    way = ways[before, after]
    if query.keyed and not looked_for:
        return NOTHING
    return Q(**{f"{query.column}__{way if query.keyed else 'i' + way}": looked_for})


def _parted(value: str) -> tuple[str, str]:
    """The operator before a number ("" for equal), and the number."""
    return (value[0], value[1:]) if value[:1] in {">", "<"} else ("", value)


def _whole(query: Query, name: str, value: str) -> Q:
    sign, digits = _parted(value)
    number = asking.whole(digits, name)
    return _compared(query.column, sign, number)


def _compared(column: str, sign: str, number: object) -> Q:
    way = {"": "", ">": "__gt", "<": "__lt"}[sign]
    return Q(**{f"{column}{way}": number})


def _instant(query: Query, name: str, value: str) -> Q:
    """Whole seconds: an instant is equal to a second if it lies within."""
    sign, digits = _parted(value)
    second = asking.whole(digits, name, 0, asking.LAST_SECOND - 1)
    begins = dt.datetime.fromtimestamp(second, dt.UTC)
    ends = dt.datetime.fromtimestamp(second + 1, dt.UTC)
    if sign == ">":
        return Q(**{f"{query.column}__gte": ends})
    if sign == "<":
        return Q(**{f"{query.column}__lt": begins})
    return Q(**{f"{query.column}__gte": begins, f"{query.column}__lt": ends})


def _amount(query: Query, name: str, value: str) -> Q:
    """An amount against minor units, whose size depends on the row's currency."""
    sign, digits = _parted(value)
    amount = asking.decimal(digits, name)
    column = f"{query.currency}__in"
    none, three = Q(**{column: money.ZERO_DECIMALS}), Q(**{column: money.THREE_DECIMALS})
    return (
        (none & _minor(query.column, sign, amount))
        | (three & _minor(query.column, sign, amount.scaleb(3)))
        | (~none & ~three & _minor(query.column, sign, amount.scaleb(2)))
    )


def _minor(column: str, sign: str, minor: Decimal) -> Q:
    if sign == "" and minor != minor.to_integral_value():
        return NOTHING
    rounding = ROUND_FLOOR if sign == ">" else ROUND_CEILING
    whole = int(minor.to_integral_value(rounding))
    if abs(whole) > BIGGEST_INT:
        everything = (sign == ">") == (whole < 0) and sign != ""
        return Q(**{f"{column}__isnull": False}) if everything else NOTHING
    return _compared(column, sign, whole)


def _flag(query: Query, name: str, value: str) -> Q:
    return Q(**{query.column: asking.boolean(value, name)})


CONDITIONS: dict[Kind, Callable[[Query, str, str], Q]] = {
    Kind.STRING: _text,
    Kind.INT: _whole,
    Kind.LONG: _instant,
    Kind.DECIMAL: _amount,
    Kind.BOOLEAN: _flag,
}
