"""The order of lists, so that an index can serve it."""

from typing import Any

from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy

from rally.api.sprocket.asking import Asked
from rally.api.sprocket.fields import Query, Sight, Table
from rally.api.sprocket.filters import declared, unsupported

MOST_SORTS = 5
Parts = list[QuerySet[Any]]


def parts(rows: QuerySet[Any], table: Table, asked: Asked, sight: Sight) -> Parts:
    """The rows as `sort` says, then by id, in parts that follow one another. Raises Refusal.

    Nulls come last, both ways. No index has them there when it is read backwards, so that
    those without a first value are a part of their own.
    """
    keys = _keys(table, asked, sight)
    if not keys or not keys[0][0].nullable:
        return [rows.order_by(*map(_order, keys), "pk")]
    (first, down), *rest = keys
    column, present = F(first.column), f"{first.present or first.column}__isnull"
    more: list[OrderBy | str] = [*map(_order, rest), "pk"]
    has = rows.filter(**{present: False})
    none = rows.filter(**{present: True})
    return [has.order_by(column.desc() if down else column.asc(), *more), none.order_by(*more)]


def _keys(table: Table, asked: Asked, sight: Sight) -> list[tuple[Query, bool]]:
    """What is sorted by, and whether downwards."""
    names = (asked.last("sort") or "").split(",") if asked.last("sort") else []
    bare = [name.removeprefix("-") for name in names]
    if len(names) > MOST_SORTS or len(set(bare)) != len(bare):
        raise unsupported("sort")
    keys = []
    for name, path in zip(names, bare, strict=True):
        query = declared(table, path.lower())
        if query is None or not query.sorts or not sight.sees(query.level):
            raise unsupported(name or "sort")
        keys.append((query, name.startswith("-")))
    return keys


def _order(key: tuple[Query, bool]) -> OrderBy:
    (query, down), last = key, True if key[0].nullable else None
    column = F(query.column)
    return column.desc(nulls_last=last) if down else column.asc(nulls_last=last)


def keys_of(found: Parts, offset: int, limit: int) -> list[int]:
    """The keys of a page, in order: three statements at most."""
    keys: list[int] = []
    for part in found:
        keys += part.values_list("pk", flat=True)[offset : offset + limit - len(keys)]
        if len(keys) == limit or part is found[-1]:
            break
        offset = 0 if keys or not offset else max(0, offset - part.order_by().count())
    return keys
