"""The dialect as OpenAPI 3.1, out of the tables that answer it."""

import re
from typing import Any

from rally.api.sprocket import errors, parameters
from rally.api.sprocket.batch import MOST
from rally.api.sprocket.calls import Auth, Endpoint, Takes
from rally.api.sprocket.endpoints import BASE, ENDPOINTS, VERSION
from rally.api.sprocket.fields import Field, Kind, Table
from rally.api.sprocket.parameters import Parameter

TYPES: dict[Kind, dict[str, Any]] = {
    Kind.INT: {"type": "integer", "format": "int64"},
    Kind.LONG: {"type": "integer", "format": "int64", "description": "Unix seconds, UTC."},
    Kind.STRING: {"type": "string"},
    Kind.DECIMAL: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean"},
}
SECURITY: dict[Auth, list[dict[str, list[str]]]] = {
    Auth.CLIENT: [{"ClientSecret": []}, {"AccessToken": []}]
}


def document(base_url: str) -> dict[str, Any]:
    """The whole description; `base_url` is the installation's own address."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(f"/{endpoint.path}", {})[endpoint.verb.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sprocket", "version": VERSION},
        "servers": [{"url": f"{base_url}/{BASE}"}],
        "paths": paths,
        "components": {"schemas": _schemas(), "securitySchemes": _security(base_url)},
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
        add(endpoint.table)
    return found


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    told: dict[str, Any] = {
        "summary": endpoint.about.partition("\n")[0],
        "operationId": f"{endpoint.verb.lower()}_{re.sub(r'[^a-z]+', '_', endpoint.path)}",
        "security": _who(endpoint),
        "parameters": [_parameter(one) for one in parameters.of(endpoint)],
        "responses": {
            "200": _content("The answer.", _answer(endpoint)),
            "default": _content("A refusal.", {"$ref": "#/components/schemas/Error"}),
        },
    }
    if endpoint.takes:
        told["requestBody"] = {"required": True} | _content("", _body(endpoint))
    return told


def _who(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    scopes = [endpoint.scope] if endpoint.scope else []
    return SECURITY.get(endpoint.auth) or [{"AccessToken": scopes}]


def _content(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    forms = {kind: {"schema": schema} for kind in ("application/json", "application/xml")}
    return ({"description": description} if description else {}) | {"content": forms}


def _ref(table: Table) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{table.name}"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    table, whole = endpoint.table, TYPES[Kind.INT]
    if endpoint.deletes:
        return _object(Id=whole)
    if endpoint.lists:
        counts = {"Total_Count": whole, "Limit": whole, "Offset": whole}
        return _object(**{table.plural: {"type": "array", "items": _ref(table)}} | counts)
    one = _object(**{table.name: _ref(table)})
    if endpoint.takes == Takes.MANY:
        return {"anyOf": [one, {"$ref": "#/components/schemas/Batch_Answer"}]}
    return one


def _body(endpoint: Endpoint) -> dict[str, Any]:
    table = endpoint.table
    one = _object(**{table.name: _ref(table)})
    if endpoint.takes != Takes.MANY:
        return one
    many = {"type": "array", "items": _ref(table), "minItems": 1, "maxItems": MOST}
    setting = _object(batch_respond_with_complete_objects={"type": "boolean", "default": False})
    return {"anyOf": [one, _object(**{table.plural: many, "setting": setting})]}


def _parameter(one: Parameter) -> dict[str, Any]:
    schema = TYPES[one.kind] | one.bounds
    if one.place == parameters.PATH:
        return {"name": one.key, "in": "path", "required": True, "schema": schema}
    return {"name": one.key, "in": "query", "schema": schema, "description": one.about}


def _schemas() -> dict[str, Any]:
    whole, text = TYPES[Kind.INT], {"type": "string"}
    found = {name: _schema(table) for name, table in tables().items()}
    problem = _object(field=text, message=text)
    found["Error"] = _object(
        errorCode={"type": "integer", "enum": list(errors.MEANING)}, errorMessage=text,
        httpStatus=whole, errors={"type": "array", "items": problem},
    )  # fmt: skip
    result = _object(Status_Code=whole, Id=whole, Error={"$ref": "#/components/schemas/Error"})
    results = {"type": "array", "items": result}
    found["Batch_Answer"] = _object(Success_Count=whole, Error_Count=whole, Results=results)
    return found


def _schema(table: Table) -> dict[str, Any]:
    properties = {one.name: _property(one) for one in table.fields}
    return {"type": "object", "description": table.about, "properties": properties}


def _property(one: Field) -> dict[str, Any]:
    told = dict(_ref(one.of) if one.of is not None else TYPES[one.kind])
    if one.many:
        told = {"type": "array", "items": told}
    elif one.of is None:
        told["type"] = [told["type"], "null"]
    if one.about:
        told["description"] = one.about
    if one.longest:
        told["maxLength"] = one.longest
    return told if one.writable or one.of is not None else told | {"readOnly": True}


def _security(base_url: str) -> dict[str, Any]:
    scopes = {one.scope: one.scope for one in ENDPOINTS if one.scope}
    oauth = f"{base_url}/sprocket/auth/oauth2"
    flow = {"authorizationUrl": f"{oauth}/authorize", "tokenUrl": f"{oauth}/token",
            "refreshUrl": f"{oauth}/refresh", "scopes": scopes}  # fmt: skip
    return {
        "ClientSecret": {"type": "http", "scheme": "basic"},
        "AccessToken": {"type": "oauth2", "flows": {"authorizationCode": flow}},
    }
