"""A page of a list: filtered, sorted, cut, counted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from rally.api.sprocket.asking import Asked
from rally.api.sprocket.fields import Sight, Table, show
from rally.api.sprocket.filters import filtered, ordered

Load = Callable[[QuerySet[Any], Sight], list[Any]]
# From here on, skipped rows are counted by their keys before anything is joined to a row; so it
# is done for sorted lists, whose rows may have to be sorted all.
FAR = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that can be asked for: its table, its rows, and how a page of them is loaded.

    `since` is the column that `starting` speaks of.
    """

    table: Table
    rows: QuerySet[Any]
    load: Load
    since: str = "created_at"


def page(listing: Listing, asked: Asked, sight: Sight) -> dict[str, Any]:
    """`{plural: [...], "Total_Count", "Limit", "Offset"}`. Raises Refusal.

    The same number of statements for one row and for a hundred. Past the end the list is
    empty and the count is right.
    """
    limit, offset = asked.limit, asked.offset
    rows = filtered(listing.rows, listing.table, asked, sight)
    first, starting = asked.whole("from_id", None, -(2**63)), asked.starting
    if first is not None:
        rows = rows.filter(pk__gte=first)
    if starting is not None:
        rows = rows.filter(**{f"{listing.since}__gte": starting})
    wanted = ordered(rows, listing.table, asked, sight)
    total = rows.order_by().count()
    there = offset < total and limit > 0
    by_keys = offset >= FAR or asked.last("sort") is not None
    found = listing.load(_cut(wanted, offset, limit, by_keys), sight) if there else []
    return {
        listing.table.plural: [show(listing.table, row, sight) for row in found],
        "Total_Count": total,
        "Limit": limit,
        "Offset": offset,
    }


def _cut(wanted: QuerySet[Any], offset: int, limit: int, by_keys: bool) -> QuerySet[Any]:
    """The rows of a page. By keys, rows that are skipped or sorted are not read as a whole."""
    end = offset + limit
    if not by_keys:
        return wanted[offset:end]
    keys = list(wanted.values_list("pk", flat=True)[offset:end])
    return wanted.filter(pk__in=keys)
