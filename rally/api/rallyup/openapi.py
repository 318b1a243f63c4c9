"""The dialect as OpenAPI 3.1, out of the tables that answer it."""

import re
from typing import Any

from accounts import machines
from rally.api.rallyup.calls import Endpoint, Parameter, Who
from rally.api.rallyup.endpoints import ENDPOINTS, VERSION
from rally.api.rallyup.errors import STATUSES
from rally.api.rallyup.fields import Field, Kind, Table

NAME = re.compile(r"\{(\w+)\}")
TYPES: dict[str, dict[str, Any]] = {
    Kind.INT: {"type": "integer", "format": "int64"},
    Kind.NUMBER: {"type": "number"},
    Kind.STRING: {"type": "string"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.OBJECT: {"type": "object"},
}
WHOLE, TEXT, FLAG = TYPES[Kind.INT], TYPES[Kind.STRING], TYPES[Kind.BOOLEAN]
FORM = "application/x-www-form-urlencoded"
PAGE = {
    "Count": WHOLE, "PageIndex": WHOLE, "PageSize": WHOLE, "TotalCount": WHOLE,
    "TotalPages": WHOLE, "HasPreviousPage": FLAG, "HasNextPage": FLAG,
}  # fmt: skip
NO_DATA = "There is no data to return."
REFUSALS = [str(status) for status in STATUSES if status >= 400]


def document(base_url: str) -> dict[str, Any]:
    """The whole description; `base_url` is the installation's own address."""
    paths: dict[str, dict[str, Any]] = {
        f"/v1/{name}": {"post": _token(who)}
        for name, who in (("token", Who.ORGANIZATION), ("partnertoken", Who.PARTNER))
    }
    for endpoint in ENDPOINTS:
        paths.setdefault(f"/{endpoint.path}", {})[endpoint.verb.lower()] = _operation(endpoint)
    bearer = {"type": "http", "scheme": "bearer", "description": "From a token call; seven days."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "RallyUp", "version": VERSION},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {"schemas": _schemas(), "securitySchemes": {"Bearer": bearer}},
    }


def tables() -> dict[str, Table]:
    """Every object, and those within it, by name."""
    found: dict[str, Table] = {}

    def add(table: Table) -> None:
        if table.name not in found:
            found[table.name] = table
            for one in table.fields:
                if one.of is not None:
                    add(one.of)

    for endpoint in ENDPOINTS:
        if endpoint.table is not None:
            add(endpoint.table)
    return found


def _token(who: Who) -> dict[str, Any]:
    fields = {"grant_type": {"const": "password"}, "username": TEXT, "password": TEXT}
    told = {
        "access_token": TEXT, "token_type": {"const": "bearer"},
        "expires_in": {"const": machines.SECONDS}, "UserName": TEXT,
        ".issued": TEXT, ".expires": TEXT,
    }  # fmt: skip
    error = _object(error=TEXT, error_description=TEXT)
    return {
        "summary": f"A bearer for seven days: {who}.",
        "operationId": "post_token" if who == Who.ORGANIZATION else "post_partnertoken",
        "security": [],
        "requestBody": {
            "required": True,
            "content": {FORM: {"schema": _object(**fields) | {"required": list(fields)}}},
        },
        "responses": {
            "200": _content("The bearer.", _object(**told)),
            **{code: _content("A refusal (RFC 6749, 5.2).", error)
               for code in ("400", "405", "429", "503")},
        },
    }  # fmt: skip


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    error = {"$ref": "#/components/schemas/Refusal"}
    told: dict[str, Any] = {
        "summary": endpoint.about.partition("\n")[0],
        "operationId": f"{endpoint.verb.lower()}_{re.sub(r'[^a-z0-9]+', '_', endpoint.path)}",
        "security": [{"Bearer": []}],
        "parameters": [*_in_path(endpoint), *_in_query(endpoint)],
        "responses": {
            "200": _content("The answer.", _answer(endpoint)),
            **({"204": {"description": NO_DATA}} if endpoint.plain else {}),
            **{code: _content("A refusal.", error) for code in REFUSALS},
        },
    }
    if endpoint.verb != "GET" and endpoint.parameters:
        fields = {one.name: _schema_of(one) for one in endpoint.parameters}
        needed = [one.name for one in endpoint.parameters if one.needed]
        schema = _object(**fields) | {"required": needed}
        told["requestBody"] = {"required": bool(needed), "content": {FORM: {"schema": schema}}}
    return told


def _schema_of(one: Parameter) -> dict[str, Any]:
    kind = {"int": WHOLE, "bool": FLAG}.get(one.kind, TEXT)
    return kind | {"description": one.about}


def _in_path(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": WHOLE}
        for name in NAME.findall(endpoint.path)
    ]


def _in_query(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.verb != "GET":
        return []
    return [
        {"name": one.name, "in": "query", "required": one.needed, "schema": _schema_of(one)}
        for one in endpoint.parameters
    ]


def _content(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    assert endpoint.table is not None
    result: dict[str, Any] = {"$ref": f"#/components/schemas/{endpoint.table.name}"}
    if endpoint.lists:
        items = {"type": "array", "items": result}
        result = items if endpoint.plain else _object(Items=items, **PAGE)
    metadata = {"type": ["object", "null"]}
    return _object(Result=result, Ok=FLAG, Error={"type": "null"}, Metadata=metadata)


def _schemas() -> dict[str, Any]:
    found = {name: _schema(table) for name, table in tables().items()}
    nothing = {"type": "null"}
    found["Refusal"] = _object(Message=TEXT, Ok={"const": False}, Error=TEXT, Result=nothing,
                               Metadata=nothing)  # fmt: skip
    return found


def _schema(table: Table) -> dict[str, Any]:
    properties = {one.name: _property(one) for one in table.fields}
    names = list(properties)
    return {"type": "object", "description": table.about, "properties": properties,
            "required": names}  # fmt: skip


def _property(one: Field) -> dict[str, Any]:
    if one.of is None:
        told = dict(TYPES[one.kind])
        if one.null:
            told["type"] = [told["type"], "null"]
    else:
        told = {"$ref": f"#/components/schemas/{one.of.name}"}
        if one.many:
            told = {"type": "array", "items": told}
        elif one.null:
            told = {"anyOf": [told, {"type": "null"}]}
    return told | ({"description": one.about} if one.about else {})
