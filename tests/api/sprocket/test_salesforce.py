"""The published sample client of a CRM, call by call: only the host was changed.

It sends no Content-Type, refreshes before each call, and on errorCode 10001 refreshes once and
tries again. Bytes go over a real socket, because a test client would add headers.
"""

import base64
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts import grants
from campaigns.models import Donation, Goal
from tests.api.sprocket import calls
from tests.api.sprocket import world as worlds
from tests.api.sprocket.world import World

EXPIRED = 10001


class CalloutFailed(Exception):
    """What the sample client throws: status and body."""

    def __init__(self, status: int, body: str) -> None:
        self.status, self.body = status, body
        super().__init__(f"{status} {body}")


@dataclass
class Sample:
    """The client's way of calling, with nothing that it doesn't send."""

    host: str
    basic: str
    refresh_token: str = ""
    access_token: str = ""
    refreshed: int = 0

    def send(self, verb: str, action: str, body: str = "", header: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.putrequest(verb, f"/sprocket/{action}", skip_accept_encoding=True)
        connection.putheader("Authorization", header)
        if body:
            connection.putheader("Content-Length", str(len(body.encode())))
        connection.endheaders(body.encode() or None)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def refresh(self) -> None:
        body = f"grant_type=refresh_token&refresh_token={self.refresh_token}"
        status, text = self.send("POST", "auth/oauth2/refresh", body, self.basic)
        if status > 299:
            raise CalloutFailed(status, text)
        self.access_token = json.loads(text)["access_token"]
        self.refreshed += 1

    def call(self, verb: str, action: str, body: str = "") -> Any:
        """One call, with one refresh and one retry when the token has expired."""
        for attempt in (1, 2):
            header = f"Bearer {self.access_token}" if self.refresh_token else self.basic
            status, text = self.send(verb, action, body, header)
            if status <= 299:
                return json.loads(text)
            code = json.loads(text)["errorCode"]
            assert type(code) is int
            if code != EXPIRED or attempt == 2:
                raise CalloutFailed(status, text)
            self.refresh()
        raise AssertionError("unreachable")


@pytest.fixture
def committed(transactional_db: None) -> World:
    return worlds.build()


@pytest.fixture
def sample(committed: World, live_server: LiveServer) -> Iterator[Sample]:
    world = committed
    pair = f"{world.client.client_id}:{world.secret}"
    basic = "Basic " + base64.b64encode(pair.encode()).decode()
    yield Sample(urlsplit(live_server.url).netloc, basic)


@pytest.mark.django_db(transaction=True)
def test_the_sample_client_s_calls_in_their_order(committed: World, sample: Sample) -> None:
    world = committed
    gifts = f"v2/admin/campaigns/{world.campaign.pk}/donations"
    # Without a refresh token it has only its Basic header: open data answers.
    campaign = sample.call("GET", f"v2/campaigns/{world.campaign.pk}")["Campaign"]
    assert campaign["Name"] == "New boats"
    with pytest.raises(CalloutFailed) as refused:
        sample.call("POST", gifts, json.dumps({"Donation": calls.GIFT}))
    assert (refused.value.status, json.loads(refused.value.body)["errorCode"]) == (401, 10000)

    # With one: an expired access token leads to one refresh and one retry.
    expired = grants.issue(
        world.client, world.users["admin"], world.organization, worlds.ALL, lifetime=-1
    )
    sample.refresh_token, sample.access_token = expired.refresh_token, expired.access_token
    before = Goal.objects.get(campaign=world.campaign).raised_minor
    made = sample.call("POST", gifts, json.dumps({"Donation": calls.GIFT}))["Donation"]
    assert sample.refreshed == 1
    gift = Donation.objects.get(pk=made["Id"])
    assert (gift.status, gift.amount_minor, gift.do_not_sync) == ("confirmed", 10_000, True)
    assert Goal.objects.get(campaign=world.campaign).raised_minor == before + 10_000

    # It refreshes before each call; the refresh token stays the same, and old tokens live on.
    first = sample.access_token
    for _ in range(3):
        sample.refresh()
        sample.call("POST", gifts, json.dumps({"Donation": calls.GIFT}))
    sample.access_token = first
    assert sample.call("GET", "v2/test/me")["User"]["Email"] == "admin@example.org"
    assert sample.call("POST", "v2/test/me")["User"]["Email"] == "admin@example.org"

    # Anything else is an exception that holds status and body.
    with pytest.raises(CalloutFailed) as refused:
        sample.call("POST", gifts, json.dumps({"Donation": calls.GIFT | {"Amount": None}}))
    body = json.loads(refused.value.body)
    assert (refused.value.status, body["errorCode"]) == (400, 20001)
    assert body["errorMessage"] == "Donation.Amount is required."
