"""A database that only reads: reads go on, writes are asked to come back."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from accounts.models import ApiCredential
from tests.api import kit
from tests.api.rallyup.world import Wire, World


@pytest.fixture
def read_only(world: World) -> Iterator[None]:
    # As after a long pause, so that reads would note the use if they could.
    ApiCredential.objects.update(last_used_at=None)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA query_only = ON")
            yield
            cursor.execute("PRAGMA query_only = OFF")
        else:
            # What waits to be checked at the end couldn't be checked any more.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET TRANSACTION READ ONLY")
            yield


READS = ("v1/api/organization", "v1/api/campaigns", "v3/api/transactions", "v3/api/webhooks")
WRITES = (
    ("POST", "v1/partnerapi/addcustomorg", {"Name": "A", "Country": "US"}),
    ("POST", "v1/partnerapi/generateorgcredentials", {"OrganizationID": "{school}"}),
    ("POST", "v3/api/webhooks", {"Event": "CampaignEnds", "Url": "https://example.com/"}),
    ("DELETE", "v3/api/webhooks/{hook}", {}),
)


@pytest.mark.usefixtures("read_only")
def test_reads_go_on(wire: Wire) -> None:
    for path in READS:
        wire.get(path)
    assert len(wire.items("v1/partnerapi/organizations", by="partner")) == 2


@pytest.mark.usefixtures("read_only")
@pytest.mark.parametrize(("verb", "path", "body"), WRITES)
def test_writes_are_asked_to_come_back(
    verb: str, path: str, body: dict[str, str], wire: Wire, world: World
) -> None:
    ids = {"school": world.school.pk, "hook": world.hook.pk}
    body = {name: value.format(**ids) for name, value in body.items()}
    by = "partner" if "partnerapi" in path else "school"
    answer = wire.refused(verb, path.format(**ids), 503, body, by=by)
    assert int(answer["Retry-After"]) > 0


@pytest.mark.usefixtures("read_only")
def test_so_are_token_calls(world: World) -> None:
    credential, secret = world.credentials["school"]
    fields = {"grant_type": "password", "username": credential.login, "password": secret}
    client = Client(raise_request_exception=False)
    client.handler = kit.HANDLER
    answer = client.generic("POST", "/v1/token", urlencode(fields))
    assert answer.status_code == 503 and int(answer["Retry-After"]) > 0
    assert list(json.loads(answer.content)) == ["error", "error_description"]
