"""The reference in Markdown, out of the tables that answer: calls, parameters, objects.

A test compares `docs/api/rallyup.md` with this, and writes it anew when told to.
"""

from collections.abc import Iterator

from rally.api.rallyup import openapi
from rally.api.rallyup.calls import Endpoint
from rally.api.rallyup.endpoints import ENDPOINTS
from rally.api.rallyup.fields import Field

BEGIN = "<!-- From here on it's generated: tests/api/rallyup/test_reference.py says how. -->"


def text() -> str:
    """Everything below the mark in docs/api/rallyup.md."""
    return "\n".join([BEGIN, "", *_calls(), *_objects()])


def _calls() -> Iterator[str]:
    yield "## Calls"
    yield ""
    yield "What stands under `/v1/api` stands under `/v3/api`, too; there lists are arrays."
    yield ""
    yield "| Call | Parameters | Object | What it does |"
    yield "| --- | --- | --- | --- |"
    for one in ENDPOINTS:
        if not one.path.startswith("v3/"):
            about = one.about.partition("\n")[0]
            yield f"| `{one.verb} /{one.path}` | {_sent(one)} | {_told(one)} | {about} |"
    yield ""


def _sent(endpoint: Endpoint) -> str:
    return ", ".join(
        f"**`{one.name}`**" if one.needed else f"`{one.name}`"
        for one in endpoint.parameters
        if one.name not in {"pageIndex", "pageSize"}
    )


def _told(endpoint: Endpoint) -> str:
    name = endpoint.table.name if endpoint.table is not None else ""
    if endpoint.table is not None and not endpoint.table.fields:
        return "empty page"
    return f"page of {name}" if endpoint.lists else name


def _objects() -> Iterator[str]:
    yield "## Objects"
    yield ""
    for table in openapi.tables().values():
        if table.fields:
            keys = ", ".join(_key(one) for one in table.fields)
            about = f" {table.about}" if table.about else ""
            yield f"**{table.name}**:{about} {keys}"
            yield ""


def _key(one: Field) -> str:
    kind = one.of.name if one.of is not None else str(one.kind)
    many, null = "[]" if one.many else "", "?" if one.null else ""
    return f"`{one.name}` {kind}{many}{null}"
