"""The reference and OpenAPI say what the tables say. `WRITE_GOLDEN=write` writes them anew."""

import os
import re
from collections.abc import Iterator
from typing import Any

from django.test import Client

from rally.api.sprocket import openapi, reference
from rally.api.sprocket.endpoints import ENDPOINTS
from tests.services import BASE

PAGE = BASE / "docs/api/sprocket.md"


def test_the_page_says_what_the_tables_say() -> None:
    by_hand = PAGE.read_text().partition(reference.BEGIN)[0]
    if os.environ.get("WRITE_GOLDEN") == "write":
        PAGE.write_text(by_hand + reference.text())
    assert PAGE.read_text() == by_hand + reference.text()
    for endpoint in ENDPOINTS:
        assert endpoint.about, endpoint.path


def references(value: Any) -> Iterator[str]:
    """Every $ref within."""
    if isinstance(value, dict):
        yield from [value["$ref"]] if "$ref" in value else []
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_openapi_has_every_endpoint_and_every_object_it_speaks_of() -> None:
    told = openapi.document("https://rally.example.com")
    schemas = told["components"]["schemas"]
    used = {ref.removeprefix("#/components/schemas/") for ref in references(told)}
    assert used == schemas.keys()
    for endpoint, named in ((one, set(re.findall(r"{(\w+)}", one.path))) for one in ENDPOINTS):
        operation = told["paths"][f"/{endpoint.path}"][endpoint.verb.lower()]
        given = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert given == named
        assert ("requestBody" in operation) == bool(endpoint.takes)
    listed = {(verb.upper(), path[1:]) for path, verbs in told["paths"].items() for verb in verbs}
    assert listed == {(one.verb, one.path) for one in ENDPOINTS}
    names = [one["operationId"] for verbs in told["paths"].values() for one in verbs.values()]
    assert len(set(names)) == len(names)


def test_openapi_is_there_for_everybody(db: None) -> None:
    answer = Client().get("/sprocket/v2/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.0"
