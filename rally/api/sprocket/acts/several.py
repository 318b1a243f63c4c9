"""Making and changing records of one kind, alone or as a batch: the same for all kinds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rally.api.sprocket import batch, changes, reach
from rally.api.sprocket.answers import Answer
from rally.api.sprocket.bodies import Values
from rally.api.sprocket.calls import Call
from rally.api.sprocket.fields import Table
from rally.api.sprocket.reach import Place


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record, in a campaign that the caller runs.

    `add` takes the values and what makes two tries the same; `edit` the record's id and the
    values; `shown` the record as the caller reads it. Each may raise what refuses one record.
    """

    table: Table
    add: Callable[[Place, Values, str], Any]
    edit: Callable[[Place, int, Values], Any]
    shown: Callable[[Place, Any], dict[str, Any]]


def added(call: Call, campaign: int, kind: Kind) -> Answer:
    """One new record, or a batch of them."""
    place, table = reach.administered(call.caller, campaign), kind.table
    several = batch.within(call.body, table)
    if several is None:
        made = kind.add(place, call.values(table), call.request_key())
        return _one(place, made, kind)

    def work(record: Any, index: int) -> tuple[int, Callable[[], dict[str, Any]]]:
        found = kind.add(place, changes.record(table, record), call.request_key(index))
        return found.pk, lambda: kind.shown(place, found)

    return batch.run(several, table, call.count, work)


def edited(call: Call, campaign: int, kind: Kind) -> Answer:
    """A batch of records, each named by its Id."""
    place, table = reach.administered(call.caller, campaign), kind.table

    def work(record: Any, index: int) -> tuple[int, Callable[[], dict[str, Any]]]:
        key = changes.named(table, record)
        found = kind.edit(place, key, changes.record(table, record))
        return found.pk, lambda: kind.shown(place, found)

    return batch.run(changes.several(call.body, table), table, call.count, work)


def edited_one(call: Call, place: Place, key: int, kind: Kind) -> Answer:
    """One record, by whoever reached the place."""
    return _one(place, kind.edit(place, key, call.values(kind.table)), kind)


def _one(place: Place, row: Any, kind: Kind) -> Answer:
    return Answer({kind.table.name: kind.shown(place, row)}, kind.table.name)
