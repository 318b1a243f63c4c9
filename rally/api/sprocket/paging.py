"""A page of a list: filtered, sorted, cut, counted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from rally.api.sprocket.asking import Asked
from rally.api.sprocket.fields import Sight, Table, show
from rally.api.sprocket.filters import filtered
from rally.api.sprocket.sorting import keys_of, parts

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

    The same number of statements for one row and for a hundred, but for a sorted page that
    ends among rows without a value, which takes up to two more. Past the end the list is empty
    and the count is right.
    """
    limit, offset = asked.limit, asked.offset
    rows = filtered(listing.rows, listing.table, asked, sight)
    first, starting = asked.whole("from_id", None, -(2**63)), asked.starting
    if first is not None:
        rows = rows.filter(pk__gte=first)
    if starting is not None:
        rows = rows.filter(**{f"{listing.since}__gte": starting})
    wanted = parts(rows, listing.table, asked, sight)
    total = rows.order_by().count()
    found: list[Any] = []
    if offset < total and limit > 0:
        by_keys = offset >= FAR or asked.last("sort") is not None
        found = _cut(listing, wanted, slice(offset, offset + limit), by_keys, sight)
    return {
        listing.table.plural: [show(listing.table, row, sight) for row in found],
        "Total_Count": total,
        "Limit": limit,
        "Offset": offset,
    }


def _cut(
    listing: Listing, wanted: list[QuerySet[Any]], cut: slice, by_keys: bool, sight: Sight
) -> list[Any]:
    """The rows of a page. By keys, rows that are skipped or sorted are not read as a whole."""
    if not by_keys:
        [whole] = wanted
        return listing.load(whole[cut], sight)
    keys = keys_of(wanted, cut.start, cut.stop - cut.start)
    place = {key: number for number, key in enumerate(keys)}
    found = listing.load(listing.rows.filter(pk__in=keys), sight)
    return sorted(found, key=lambda row: place[row.pk])
