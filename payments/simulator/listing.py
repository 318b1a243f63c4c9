"""Lists as Stripe pages them: newest first, cursors, 1 to 100 at a time.

Stripe documentation: "Pagination".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.simulator.cause import Cause
from payments.simulator.store import Record, Sql
from payments.simulator.wire import Json, StripeError

if TYPE_CHECKING:
    from payments.simulator.simulator import Simulator

_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True)
class Call:
    """One API call as an endpoint sees it: checked parameters, account, path ids."""

    sim: Simulator
    account: str
    path: str
    ids: tuple[str, ...]
    params: Json
    cause: Cause


def no_such(kind: str, id: str, *, param: str = "id", status: int = 404) -> StripeError:
    return StripeError(
        f"No such {kind}: '{id}'", status=status, code="resource_missing", param=param
    )


def found(call: Call, kind: str, *, param: str = "id") -> Record:
    """The object the path names, of this account only."""
    record = call.sim.store.get(kind, call.ids[0], call.account)
    if record is None:
        raise no_such(kind, call.ids[0], param=param)
    return record


def limit_of(call: Call) -> int:
    limit = int(call.params.get("limit", 10))
    if not 1 <= limit <= 100:
        bound = "greater than or equal to 1" if limit < 1 else "less than or equal to 100"
        raise StripeError(
            f"Invalid integer: this value must be {bound}.",
            code="parameter_invalid_integer",
            param="limit",
        )
    return limit


def created_filter(call: Call) -> list[tuple[str, Sql]]:
    created = call.params.get("created")
    if isinstance(created, int):
        return [("created = ?", created)]
    return [(f"created {_COMPARE[key]} ?", value) for key, value in (created or {}).items()]


def body_filters(call: Call, *names: str) -> list[tuple[str, Sql]]:
    """Filters on fields of the object itself; the field names are ours, never the caller's."""
    return [
        (f"json_extract(body, '$.{name}') = ?", call.params[name])
        for name in names
        if name in call.params
    ]


def listed(
    call: Call,
    kind: str,
    filters: list[tuple[str, Sql]],
    shown: Callable[[Record], Json] = lambda record: record.body,
) -> Json:
    limit = limit_of(call)
    where = ["kind = ?", "account = ?"]
    values: list[Sql] = [kind, call.account]
    for clause, value in [*filters, *created_filter(call)]:
        where.append(clause)
        if value is not None:
            values.append(value)
    order = "seq DESC"
    for name, sign, direction in (("ending_before", ">", "ASC"), ("starting_after", "<", "DESC")):
        if name in call.params:
            cursor = call.sim.store.get(kind, call.params[name], call.account)
            if cursor is None:
                raise no_such(kind, call.params[name], param=name, status=400)
            where.append(f"seq {sign} ?")
            values.append(cursor.seq)
            order = f"seq {direction}"
    records = call.sim.store.select(" AND ".join(where), values, order, limit + 1)
    page = records[:limit]
    if order == "seq ASC":
        page.reverse()
    return envelope([shown(record) for record in page], call.path, len(records) > limit)


def envelope(data: list[Json], url: str, has_more: bool = False) -> Json:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
