"""What a site answers while its cache and broker, and then its database, are really down."""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rally import keys
from tests import services
from tests import site as sites
from tests.webhook import kit as events

# With the tests of the shared site: two sites starting at once are slow on small machines.
pytestmark = [pytest.mark.postgresql, pytest.mark.xdist_group("site")]


@dataclass
class Fragile:
    """A site whose servers are its own."""

    site: sites.Site
    postgres: services.Server
    valkey: services.Server

    def call(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, Any]:
        call = urllib.request.Request(
            self.site.base_url + path, body, {"Content-Type": "application/json", **headers}
        )
        try:
            with urllib.request.urlopen(call, timeout=30) as reply:
                return reply.status, json.load(reply), reply.headers
        except urllib.error.HTTPError as problem:
            return problem.code, json.load(problem), problem.headers

    def reserve(self, number: int) -> tuple[int, Any, Any]:
        body = json.dumps({"slotIds": [number], "ownerToken": str(uuid.uuid4())}).encode()
        return self.call("/api/boards/board123/reserve", body)

    def event(self) -> tuple[int, Any, Any]:
        key = (self.site.var / "secret.key").read_text().strip()
        body = events.as_bytes(events.event())
        secret = "whsec_" + keys.derive(key, "stripe webhook")
        return self.call(events.PATH, body, **{"Stripe-Signature": events.sign(body, secret)})


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[Fragile]:
    started: list[services.Server] = []
    try:
        folder = services.folder()
        started.append(services.postgres(folder))
        started.append(services.valkey(folder))
        site = sites.start_site(
            tmp_path / "var", DATABASE_URL=started[0].url, REDIS_URL=started[1].url
        )
        yield Fragile(site, *started)
        site.stop()
    finally:
        for server in started:
            server.stop()


def test_each_answer_says_what_can_be_done_without(fragile: Fragile) -> None:
    assert fragile.event()[:2] == (200, {"received": True})
    assert fragile.reserve(1)[0] == 200

    fragile.valkey.stop()
    status, body, _ = fragile.call("/api/healthz")
    assert (status, body["ok"], body["db"], body["redis"]) == (503, False, True, False)
    assert fragile.call("/api/boards/board123")[0] == 200
    assert fragile.reserve(7)[0] == 200, "no counters, no limit"
    assert fragile.event()[:2] == (200, {"received": True})

    fragile.postgres.stop()
    status, body, _ = fragile.call("/api/healthz")
    assert (status, body["ok"], body["db"], body["redis"]) == (503, False, False, False)
    for answer in (fragile.call("/api/boards/board123"), fragile.reserve(19), fragile.event()):
        status, body, headers = answer
        assert (status, body["error"]["code"]) == (503, "unavailable")
        assert int(headers["Retry-After"]) > 0
