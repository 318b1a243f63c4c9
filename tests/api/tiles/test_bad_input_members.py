"""The catalogue of bad input against every route that needs a token, and every other new one.

The routes come from the declared operations, so that none is left out; each case is counted.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Organization
from rally.api.tiles import contract
from rally.api.tiles.operations import OPERATIONS
from tests import factories, tally
from tests.api.tiles.members import Program, program

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
FILE = "test_bad_input_members.py"
SLOWEST_SECONDS = 2.0
DEEP = b"[" * 100_000
BODIES: dict[str, tuple[bytes, set[int]]] = {
    "not JSON": (b"{", {400}), "duplicate keys": (b'{"a": 1, "a": 2}', {400}),
    "NaN": (b'{"a": NaN}', {400}), "Infinity": (b'{"a": Infinity}', {400}),
    "1e999": (b'{"a": 1e999}', {400}), "a scalar": (b"5", {400}), "a list": (b"[]", {400}),
    "null": (b"null", {400}), "deep": (DEEP, {400}), "10 MB": (b" " * 10_000_001, {400, 413}),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), {400}), "BOM": (b"\xef\xbb\xbf{}", {400}),
    "truncated": (b'{"title": "x', {400}), "NUL": (b'{"title": "a\\u0000b"}', {400}),
    "surrogate": (b'{"title": "\\ud800"}', {400}), "unknown field": (b'{"zzz": 1}', {400}),
    "a million letters": (b'{"zzz": "' + b"x" * 900_000 + b'"}', {400}),
}  # fmt: skip
TYPES = {
    "no type": ("", {400, 415}), "text": ("text/plain", {415}), "form": (
        "application/x-www-form-urlencoded", {415}), "utf-7": ("application/json; charset=utf-7",
                                                               {415}),
}  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, 1.0, "1", "１２", -1, 0, 2**31, 2**63, 10**400, "", " ", [], {}, [None], ["x"],
    "a\u202eb", "😀", "x" * 5_000, "0000-00-00", "2024-02-30T00:00:00Z", "sNaN", 0.001, 19.999999,
)  # fmt: skip
QUERIES = (
    "limit=0", "limit=-1", "limit=1000000000000000000", "limit=abc", "limit=", "limit=1.5",
    "after=-1", "after=abc", "after=%00x", "sort=zzz", "sort=pk", "sort=campaign__title",
    "sort=-", "sort=,", "zzz=1", "status=", "status=%ff", "status=active%00", "limit=1&limit=2",
)  # fmt: skip
PATHS = ("nothing", "%2e%2e", "%ff", "x" * 300, "1'--", "%F0%9F%98%80")
WRITES = [one for one in OPERATIONS if one.verb in {"POST", "PATCH"} and one.who == contract.MEMBER]
READS = [one for one in OPERATIONS if one.verb == "GET" and one.who == contract.MEMBER]
PLACED = [one for one in OPERATIONS if one.placeholders]
Record = Callable[[str, object], None]


@pytest.fixture
def organization() -> Organization:
    return factories.make_organization()


@pytest.fixture
def script(organization: Organization) -> Program:
    return program(organization)


def address(operation: contract.Operation, script: Program, organization: Organization) -> str:
    """The path with things that are there, so that the body is what is wrong."""
    path = operation.path
    if "{campaignId}" in path:
        path = path.replace("{campaignId}", factories.make_campaign(organization).public_id)
    if "{webhookId}" in path:
        body = {"url": "https://example.com/", "events": ["tile.sold"]}
        hook = script.post("/api/webhooks", body).json()["webhook"]["id"]
        path = path.replace("{webhookId}", hook)
    return path.replace("{", "").replace("}", "")


def check(
    name: str, script: Program, record: Record, allowed: set[int] | None, *call: Any, **more: Any
) -> Any:
    """No 5xx, no hang, the dialect's own envelope."""
    answer = script.call(*call, **more)
    record(tally.KEY, [FILE, name, answer.status_code, script.seconds])
    assert answer.status_code < 500, (name, answer.content[:300])
    assert allowed is None or answer.status_code in allowed, (name, answer.content[:300])
    assert script.busy < SLOWEST_SECONDS, name
    if answer.status_code >= 400 and answer.content:
        body = json.loads(answer.content)
        assert list(body) == ["ok", "error"] and body["error"]["code"], name
    return answer


@pytest.mark.parametrize("operation", WRITES, ids=lambda one: one.name)
def test_bodies(
    operation: contract.Operation, script: Program, organization: Organization,
    record_property: Record,
) -> None:  # fmt: skip
    path = address(operation, script, organization)
    for name, (body, allowed) in BODIES.items():
        # What isn't there is 404 before anybody looks at what was sent, where it was parsed.
        also = (
            {404} if {"requestId", "giftId", "deliveryId"} & set(operation.placeholders) else set()
        )
        check(f"{operation.name}: {name}", script, record_property, allowed | also,
              operation.verb, path, body)  # fmt: skip
    for name, (kind, allowed) in TYPES.items():
        check(f"{operation.name}: {name}", script, record_property, allowed | {404},
              operation.verb, path, b'{"zzz": 1}', content_type=kind)  # fmt: skip


def fields() -> Iterator[Any]:
    for operation in WRITES:
        for name in operation.body or {}:
            yield pytest.param(operation, name, id=f"{operation.name}-{name}")


@pytest.mark.parametrize(("operation", "field"), list(fields()))
def test_values(
    operation: contract.Operation, field: str, script: Program, organization: Organization,
    record_property: Record,
) -> None:  # fmt: skip
    path = address(operation, script, organization)
    for value in VALUES:
        body = dict(operation.body or {}) | {field: value}
        name = f"{operation.name}.{field} = {str(value)[:30]}"
        check(name, script, record_property, None, operation.verb, path, body)


@pytest.mark.parametrize("operation", READS, ids=lambda one: one.name)
def test_queries(
    operation: contract.Operation, script: Program, organization: Organization,
    record_property: Record,
) -> None:  # fmt: skip
    path = address(operation, script, organization)
    for query in QUERIES:
        allowed = {400} if operation.table else {200, 400}
        check(f"{operation.name}?{query}", script, record_property, allowed | {414},
              operation.verb, f"{path}?{query}")  # fmt: skip


@pytest.mark.parametrize("operation", PLACED, ids=lambda one: one.name)
def test_addresses(operation: contract.Operation, script: Program, record_property: Record) -> None:
    for odd in PATHS:
        path = operation.path
        for name in operation.placeholders:
            path = path.replace("{" + name + "}", odd)
        body = operation.body and {**operation.body, "ownerToken": "x"}
        check(f"{operation.name} at {odd[:20]}", script, record_property, {400, 404, 414},
              operation.verb, path, operation.body if operation.who == contract.MEMBER else body
              )  # fmt: skip


@pytest.mark.parametrize("operation", [*WRITES, *READS], ids=lambda one: one.name)
def test_keys(operation: contract.Operation, record_property: Record, script: Program) -> None:
    path = operation.path.replace("{", "").replace("}", "")
    for header in ("", "Bearer", "Basic Og==", "Bearer " + "x" * 5_000, "Bearer \u00e9", "rlp_x"):
        headers = {"Authorization": header}
        answer = check(f"{operation.name} with {header[:20]}", script, record_property, {401},
                       operation.verb, path, operation.body, headers=headers)  # fmt: skip
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
