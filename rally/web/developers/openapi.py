"""The published schema (OpenAPI 3.1), made of the declared operations and tables.

Source: the OpenAPI Specification 3.1.0; JSON Schema 2020-12.
"""

from typing import Any

from django.conf import settings

from rally import __version__
from rally.api.tiles import contract, tables
from rally.api.tiles.contract import Maybe, Operation
from rally.api.tiles.operations import OPERATIONS, SECTIONS
from rally.api.tiles.tables import Column, Table
from rally.web.developers import snippets

ERROR = {
    "type": "object",
    "required": ["ok", "error"],
    "properties": {
        "ok": {"const": False},
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {"type": "object"},
            },
        },
    },
}
SECURITY: dict[str, list[dict[str, list[str]]]] = {
    contract.ANYBODY: [],
    contract.HOLDER: [{"ownerToken": []}, {}],
    contract.MEMBER: [{"bearer": []}, {"cookie": []}],
    contract.STRIPE: [{"stripe": []}],
}


def document() -> dict[str, Any]:
    """The schema of the Tiles dialect."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.verb.lower()] = described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Rally Tiles API", "version": __version__,
                 "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}},
        "servers": [{"url": settings.RALLY_BASE_URL}],
        "tags": [{"name": str(words)} for words in SECTIONS.values()],
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
                "ownerToken": {"type": "apiKey", "in": "header", "name": "X-Owner-Token"},
                "stripe": {"type": "apiKey", "in": "header", "name": "Stripe-Signature"},
            },
        },
    }  # fmt: skip


def described(operation: Operation) -> dict[str, Any]:
    """One operation."""
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [str(SECTIONS[operation.section])],
        "summary": str(operation.words),
        "security": SECURITY[operation.who],
        "parameters": parameters(operation),
        "responses": responses(operation),
        "x-codeSamples": [
            {"lang": one.label, "source": one.code} for one in snippets.of(operation)
        ],
    }
    if operation.note:
        found["description"] = str(operation.note)
    if operation.body is not None:
        schema = schema_of(operation.body, optional=operation.optional)
        content = {"schema": schema, "example": plain(operation.body)}
        found["requestBody"] = {"required": bool(operation.body),
                                "content": {"application/json": content}}  # fmt: skip
    return found


def parameters(operation: Operation) -> list[dict[str, Any]]:
    """What stands in the path and in the query string."""
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in operation.placeholders
    ]
    for name, (words, example) in operation.query.items():
        kind = "integer" if isinstance(example, int) else "string"
        found.append({"name": name, "in": "query", "description": str(words),
                      "schema": {"type": kind}, "example": example})  # fmt: skip
    if operation.table is not None:
        found += listing_parameters(operation.table)
    return found


def listing_parameters(table: Table) -> list[dict[str, Any]]:
    """The filters of a list, its sorts and its pages."""
    found = [
        {"name": column.name, "in": "query", "description": str(column.words),
         "schema": column_schema(column)}
        for column in table.filterable
    ]  # fmt: skip
    limit = {"type": "integer", "minimum": 1, "maximum": table.most, "default": table.default}
    names = ", ".join(table.sortable)
    return [
        *found,
        {"name": "sort", "in": "query", "schema": {"type": "string"},
         "description": f"{names}; - before a name turns it around; parted by commas"},
        {"name": "limit", "in": "query", "schema": limit},
        {"name": "after", "in": "query", "schema": {"type": "string"},
         "description": "the next of the page before"},
    ]  # fmt: skip


def column_schema(column: Column) -> dict[str, Any]:
    """What a filter's value looks like."""
    if column.kind == tables.CHOICE:
        words = "|".join(column.choices)
        return {"type": "string", "pattern": f"^({words})(,({words}))*$"}
    if column.kind == tables.AMOUNT:
        return {"type": "string", "pattern": "^(>=|<=|>|<)?-?[0-9]{1,15}$"}
    if column.kind == tables.ID:
        return {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
    return {"type": "string", "minLength": 1, "maxLength": 200}


def responses(operation: Operation) -> dict[str, Any]:
    """The good answer and every bad one."""
    good = {"schema": schema_of(operation.answer), "example": plain(operation.answer)}
    found: dict[str, Any] = {
        str(operation.status): {
            "description": str(operation.words), "content": {"application/json": good},
        },
    }  # fmt: skip
    if operation.verb == "GET" and operation.name != "health":
        found["304"] = {"description": "What you have is still true (If-None-Match)."}
    for failure in operation.fails:
        one = found.setdefault(str(failure.status), {"description": ""})
        words = f"{failure.code}: {failure.words}" if failure.code else str(failure.words)
        one["description"] = " ".join(filter(None, [one["description"], words]))
        reference = {"schema": {"$ref": "#/components/schemas/Error"}}
        one.setdefault("content", {"application/json": reference if failure.code else {}})
    return dict(sorted(found.items()))


def schema_of(example: Any, *, optional: Any = ()) -> dict[str, Any]:
    """The JSON Schema that an example value stands for."""
    if isinstance(example, Maybe):
        inner = schema_of(example.example)
        return {**inner, "type": [inner["type"], "null"]}
    if isinstance(example, bool):
        return {"type": "boolean"}
    if isinstance(example, int):
        return {"type": "integer"}
    if isinstance(example, str):
        return {"type": "string"}
    if isinstance(example, list | tuple):
        return {"type": "array", "items": schema_of(example[0])}
    properties = {name: schema_of(value) for name, value in example.items()}
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def plain(example: Any) -> Any:
    """An example as JSON shows it."""
    if isinstance(example, Maybe):
        return plain(example.example)
    if isinstance(example, dict):
        return {name: plain(value) for name, value in example.items()}
    if isinstance(example, list | tuple):
        return [plain(value) for value in example]
    return example
