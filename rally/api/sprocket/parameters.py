"""What can be sent with a call: in its address, its query string and its body.

Documents and OpenAPI are made of this, out of the tables that answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rally.api.sprocket import asking
from rally.api.sprocket.calls import Endpoint
from rally.api.sprocket.fields import Kind, Table

PATH, QUERY, BODY = "path", "query", "body"
NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One key. `type_name` is what documents call its type; `bounds` are OpenAPI's words."""

    key: str
    place: str
    kind: Kind
    about: str = ""
    required: bool = False
    default: str = ""
    bounds: dict[str, Any] = field(default_factory=dict)
    type_name: str = ""

    @property
    def type(self) -> str:
        """The type for people."""
        return self.type_name or str(self.kind)


def of(endpoint: Endpoint) -> list[Parameter]:
    """What the address takes: ids, and the query string."""
    ids = [
        Parameter(name, PATH, Kind.INT, f"Id of the {name}.", required=True)
        for name in NAME.findall(endpoint.path)
    ]
    return [*ids, *_looks(endpoint), *(_list(endpoint.table) if endpoint.lists else ())]


def _looks(endpoint: Endpoint) -> Iterator[Parameter]:
    yield Parameter("pretty", QUERY, Kind.BOOLEAN, "More white space.", default="false",
                    bounds={"default": False})  # fmt: skip
    if endpoint.leaders:
        about = f"How long leader lists are; above {asking.MOST_LEADERS} is {asking.MOST_LEADERS}."
        yield Parameter("leader_count", QUERY, Kind.INT, about, default="0",
                        bounds={"minimum": 0, "default": 0})  # fmt: skip


def _list(table: Table) -> Iterator[Parameter]:
    most, usual = asking.LONGEST_PAGE, asking.USUAL_PAGE
    page = {"minimum": 0, "maximum": most, "default": usual}
    yield Parameter("limit", QUERY, Kind.INT, f"How many rows, from 0 to {most}.",
                    default=str(usual), bounds=page)  # fmt: skip
    yield Parameter("offset", QUERY, Kind.INT, "How many rows to skip.", default="0",
                    bounds={"minimum": 0, "default": 0})  # fmt: skip
    yield Parameter("from_id", QUERY, Kind.INT, "The first id: rows with a lower one are left out.")
    yield Parameter("starting", QUERY, Kind.LONG, _starting(table))
    names = [f"{table.prefix}.{query.path}" for query in table.queries if query.sorts]
    if names:
        about = "Any of " + ", ".join(names) + "; with a minus downwards."
        yield Parameter("sort", QUERY, Kind.STRING, about, default=f"{table.prefix}.id")
    for query in table.queries:
        if query.filters:
            yield Parameter(f"{table.prefix}.{query.path}", QUERY, Kind.STRING,
                            f"Filter ({query.kind}).", type_name=str(query.kind))  # fmt: skip


def _starting(table: Table) -> str:
    return "Unix seconds: rows from before are left out; under /modified, by Last_Modified_On."


def sent(endpoint: Endpoint) -> list[Parameter]:
    """What the body takes, those within others by their path: Donation.Payment.Paid_At."""
    new = endpoint.verb == "POST"
    if not endpoint.takes:
        return []
    return list(_fields(endpoint.table, endpoint.table.name, new, {endpoint.table.name}))


def _fields(table: Table, path: str, new: bool, around: set[str]) -> Iterator[Parameter]:
    """The writable fields of an object; objects that hold themselves are told once."""
    for one in table.fields:
        if not one.writable:
            continue
        key = f"{path}.{one.name}"
        default = one.default if new else ""
        yield Parameter(key, BODY, one.kind, one.about, required=new and one.required,
                        default=default, type_name=one.type_name)  # fmt: skip
        if one.of is not None and one.of.name not in around and one.name != "Captains":
            yield from _fields(one.of, key, False, around | {one.of.name})
