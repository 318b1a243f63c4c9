"""The reference in Markdown, out of the tables that answer: objects, endpoints, errors.

A test compares `docs/api/sprocket.md` with this, and writes it anew when told to. Each endpoint's
row has an anchor of the endpoint's name, which the golden answers lead to.
"""

from collections.abc import Iterator

from rally.api.sprocket import errors, openapi
from rally.api.sprocket.endpoints import BASE, ENDPOINTS, VERSION
from rally.api.sprocket.fields import Field, Table

BEGIN = "<!-- From here on it's generated: tests/api/sprocket/test_reference.py says how. -->"


def text() -> str:
    """Everything below the mark in docs/api/sprocket.md."""
    return "\n".join([BEGIN, "", *_endpoints(), *_objects(), *_errors()])


def _endpoints() -> Iterator[str]:
    yield f"## Endpoints (version {VERSION})"
    yield ""
    yield "| Call | Authorization | Scope | Body | What it does |"
    yield "| --- | --- | --- | --- | --- |"
    for one in ENDPOINTS:
        body = str(one.takes).replace("one object, or several", "one, or a batch")
        scope = f"`{one.scope}`" if one.scope else ""
        about = one.about.partition("\n")[0]
        call = f'<a id="{one.name}"></a>`{one.verb} /{BASE}/{one.path}`'
        yield f"| {call} | {one.auth} | {scope} | {body} | {about} |"
    yield ""


def _objects() -> Iterator[str]:
    yield "## Objects"
    yield ""
    for table in openapi.tables().values():
        yield f"### {table.name}"
        yield ""
        yield from [table.about, ""] if table.about else []
        yield "| Field | Type | May be sent | Read by | |"
        yield "| --- | --- | --- | --- | --- |"
        for one in table.fields:
            sent = "yes" if one.writable else ""
            yield f"| `{one.name}` | {one.type_name} | {sent} | {one.level} | {_about(one)} |"
        yield ""
        yield from _queries(table)


def _about(one: Field) -> str:
    notes = ["Required for a new one."] if one.required else []
    notes += [f"Default: {one.default}."] if one.default else []
    return " ".join([one.about, *notes] if one.about else notes)


def _queries(table: Table) -> Iterator[str]:
    if not table.queries:
        return
    yield "| Filter, sort | Type | Filter | Sort | Open to |"
    yield "| --- | --- | --- | --- | --- |"
    for query in table.queries:
        names = ", ".join(f"`{table.prefix}.{path}`" for path in (query.path, *query.aliases))
        does = ("yes" if query.filters else "", "yes" if query.sorts else "")
        yield f"| {names} | {query.kind} | {does[0]} | {does[1]} | {query.level} |"
    yield ""


def _errors() -> Iterator[str]:
    yield "## Errors"
    yield ""
    yield "| errorCode | HTTP | Meaning |"
    yield "| --- | --- | --- |"
    for number, (status, sentence) in errors.MEANING.items():
        yield f"| {number} | {status} | {sentence} |"
    yield ""
