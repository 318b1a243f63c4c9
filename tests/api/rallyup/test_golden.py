"""What goes over the wire, byte by byte: an answer of each endpoint.

`WRITE_GOLDEN=write` writes the files anew. Ids, codes, times and secrets are made even, because
they differ from run to run.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from payments import gateway
from rally.api.rallyup import openapi
from rally.api.rallyup.calls import Endpoint
from rally.api.rallyup.endpoints import ENDPOINTS
from tests.api.rallyup import shapes
from tests.api.rallyup.world import Wire, World

FOLDER = Path(__file__).parent / "golden"
WRITE = os.environ.get("WRITE_GOLDEN") == "write"
IDS = r'"((?:\w*Id|UserID|OrganizationID))":\d+'


def name(endpoint: Endpoint) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{endpoint.verb} {endpoint.path}".lower()).strip("-")


def even(wire: bytes) -> str:
    """The same for every run."""
    text = re.sub(IDS, r'"\1":1', wire.decode())
    text = re.sub(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", "2026/01/01 00:00:00", text)
    text = re.sub(r'"TimeRemainingMinutes":\d+', '"TimeRemainingMinutes":28799', text)
    text = re.sub(r"https?://127\.0\.0\.1:\d+", "https://rally.example.com", text)
    text = re.sub(r"/(home/)?[0-9a-f]{6}\b", r"/\g<1>abc123", text)
    text = re.sub(r"/c/[a-z0-9-]+/", "/c/new-boats/", text)
    text = re.sub(r"/static/img/favicon[.0-9a-f]*\.svg", "/static/img/favicon.svg", text)
    text = re.sub(r"(person|user)\d+@", r"\g<1>1@", text)
    text = re.sub(r'"(Secret|ApiLogin|ApiSecret)":"[^"]+"', r'"\1":"…"', text)
    return re.sub(r"rganization-\d+", "rganization-1", text) + "\n"


def sent(endpoint: Endpoint, world: World, custom: int) -> tuple[str, dict[str, Any]]:
    """A good call: ids of the world, the examples of the documents elsewhere."""
    kind = endpoint.path.rpartition("/{")[0].rpartition("/")[2]
    ids = {"campaigns": world.campaign.pk, "transactions": world.gift.pk,
           "organizations": world.school.pk, "webhooks": world.hook.pk}  # fmt: skip
    own = custom if endpoint.custom else world.school.pk
    values: dict[str, Any] = {
        "organizationid": own,
        "campaignid": world.campaign.pk,
        "startdate": "2020-01-01",
        "stripeonbehalfaccountid": "acct_demo1",
    }
    fields = {
        one.name: values.get(one.name.lower(), one.example)
        for one in endpoint.parameters
        if one.example or one.name.lower() in values
    }
    return endpoint.path.replace("{id}", str(ids.get(kind, ""))), fields


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe itself is asked in `test_on_behalf`; inside a transaction it must not be."""
    monkeypatch.setattr(gateway, "is_connected", lambda account_id: True)


@pytest.mark.usefixtures("connected")
def test_an_answer_of_each_endpoint(wire: Wire, world: World, record_property: Any) -> None:
    if WRITE:
        FOLDER.mkdir(exist_ok=True)
    compared = 0
    new = {"Name": "Golden Band", "Country": "US"}
    for endpoint in sorted(ENDPOINTS, key=lambda one: one.verb == "DELETE"):
        by = "partner" if "partnerapi" in endpoint.path else "school"
        custom = 0
        if endpoint.custom:
            custom = wire.good("POST", "v1/partnerapi/addcustomorg", new, by=by)["Id"]
            person = {"OrganizationID": custom, "Email": "helper@example.com"}
            wire.good("POST", "v1/partnerapi/addorguser", person, by=by)
        path, fields = sent(endpoint, world, custom)
        if path.endswith(f"webhooks/{world.hook.pk}") and "v3" in path:
            made = {"Event": "CampaignEnds", "Url": "https://example.com/hook"}
            path = f"v3/api/webhooks/{wire.good('POST', 'v3/api/webhooks', made)['Id']}"
        where = {"query": fields} if endpoint.verb == "GET" else {"body": fields}
        answer = wire.call(endpoint.verb, path, by=by, **where)
        assert answer.status_code in {200, 204}, (endpoint, answer.content)
        file = FOLDER / f"{name(endpoint)}.json"
        told = even(answer.content) if answer.status_code == 200 else "204\n"
        if WRITE:
            file.write_text(told)
        assert told == file.read_text(), endpoint.path
        compared += looked_at(endpoint, answer.content) if answer.status_code == 200 else 0
    record_property("figure", f"rallyup golden: {len(ENDPOINTS)} answers, {compared} values")


def looked_at(endpoint: Endpoint, wire: bytes) -> int:
    """Keys and types against what was typed by hand."""
    result, seen = json.loads(wire)["Result"], 0
    assert endpoint.table is not None
    shape = shapes.OBJECTS.get(endpoint.table.name)
    rows = [result]
    if endpoint.lists:
        rows = result if endpoint.plain else result["Items"]
        assert endpoint.plain or list(result) == shapes.PAGE
    for row in rows:
        seen += shapes.check(row, shape, endpoint.table.name) if shape else 0
    return seen


def test_there_is_a_file_for_each_endpoint_and_no_other() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {name(one) for one in ENDPOINTS}


def test_the_tables_have_the_keys_that_were_typed_by_hand() -> None:
    tables = openapi.tables()
    for one, shape in shapes.OBJECTS.items():
        assert [field.name for field in tables[one].fields] == list(shape), one
    counted = {one: len(shape) for one, shape in shapes.OBJECTS.items()}
    # The documented keys, and the additive Status and FundraisingActivityType.
    assert counted["Campaign"] == 25 + 1 and counted["CampaignItem"] == 19
    assert counted["Organization"] == 13 + 1 and len(shapes.ADDRESS) == 7
    assert (counted["OrgUser"], counted["AddedUser"], len(shapes.PAGE)) == (7, 5, 8)


def test_the_description_names_every_call_and_resolves(wire: Wire) -> None:
    document = openapi.document("https://rally.example.com")
    calls = {(verb.upper(), path) for path, verbs in document["paths"].items() for verb in verbs}
    assert calls == {(one.verb, f"/{one.path}") for one in ENDPOINTS} | {
        ("POST", "/v1/token"), ("POST", "/v1/partnertoken"),
    }  # fmt: skip
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) <= schemas.keys()
    ids = [one["operationId"] for verbs in document["paths"].values() for one in verbs.values()]
    assert len(ids) == len(set(ids))
    assert wire.call("GET", "v1/openapi.json", by="").status_code == 200
