"""A page of a list, by the same number of statements however long it is and wherever one is.

The keys of the page are looked up first, in an index; only then are its rows loaded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from rally.api.rallyup.answers import Answer
from rally.api.rallyup.asking import LARGEST_PAGE
from rally.api.rallyup.calls import Call
from rally.api.rallyup.fields import Table, show

LAST_PAGE = 10**9
Load = Callable[[Sequence[int]], list[Any]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that can be asked for. `load` turns keys into rows with all that stands in them;
    `metadata` says what there is to tell beside them."""

    table: Table
    rows: QuerySet[Any]
    load: Load
    order: tuple[Any, ...] = ("-pk",)
    metadata: Callable[[list[Any]], dict[str, Any]] = lambda rows: {}


def listed(call: Call, listing: Listing) -> Answer:
    """The page that was asked for: with page data, or plainly (v3). Raises InvalidInput."""
    size = call.asked.whole("pageSize", LARGEST_PAGE, 1, LARGEST_PAGE)
    index = call.asked.whole("pageIndex", 1, 1, LAST_PAGE)
    start = (index - 1) * size
    total = 0 if call.plain else listing.rows.order_by().count()
    keys: list[int] = []
    if call.plain or start < total:
        found = listing.rows.order_by(*listing.order).values_list("pk", flat=True)
        keys = list(found[start : start + size])
    rows = ordered(listing.load(keys), keys) if keys else []
    items = [show(listing.table, row) for row in rows]
    metadata = listing.metadata(rows) if rows else {}
    if call.plain:
        return Answer(items, metadata, empty=not items)
    return Answer(_page(items, index, size, total), metadata)


def _page(items: list[Any], index: int, size: int, total: int) -> dict[str, Any]:
    pages = -(-total // size)
    return {
        "Items": items,
        "Count": len(items),
        "PageIndex": index,
        "PageSize": size,
        "TotalCount": total,
        "TotalPages": pages,
        "HasPreviousPage": index > 1,
        "HasNextPage": index < pages,
    }


def ordered(rows: Sequence[Any], keys: Sequence[int]) -> list[Any]:
    """The rows in the order of their keys; one that is gone meanwhile is left out."""
    by_key = {row.pk: row for row in rows}
    return [by_key[key] for key in keys if key in by_key]


def none(table: Table, model: type[Model]) -> Listing:
    """A list of things that there are none of here."""
    return Listing(table, model._default_manager.none(), lambda keys: [])
