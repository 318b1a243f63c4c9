"""Retries over three days, 410, rotation, replay, and where nothing is ever sent."""

import datetime as dt
import socket
import threading
import time
from collections import Counter

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from pytest_django import Settings
from standardwebhooks.webhooks import Webhook

from accounts import webhook_sending, webhook_wire, webhooks
from accounts.actors import Actor
from accounts.models import (
    ApiClient,
    ApiConsent,
    Organization,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from rally.dispatch import outbox
from rally.kit import clock
from rally.kit.errors import InvalidInput
from tests import factories
from tests.api.tiles.members import member
from tests.outgoing.receiver import Receiver, receiving
from tests.payments.outside import dies

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


@pytest.fixture
def waiting(endpoint: WebhookEndpoint, organization: Organization) -> WebhookDelivery:
    """One message on its way."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(events=["tile.sold"])
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    factories.make_sale(board, [7])
    outbox.drain()
    return WebhookDelivery.objects.get()


def after(seconds: float) -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=seconds)


def test_a_receiver_that_is_down_for_days_gets_it_with_the_same_id(
    receiver: Receiver, waiting: WebhookDelivery
) -> None:
    receiver.status = 500
    passed = 0.0
    for pause in webhook_sending.PAUSES:
        assert webhook_sending.deliver_due(after(passed)) == 1
        assert webhook_sending.deliver_due(after(passed + pause - 2)) == 0
        passed += pause
    assert passed == 3 * 86_400 + 0 or 71 * 3600 < passed <= 75 * 3600
    receiver.status = 200
    assert webhook_sending.deliver_due(after(passed + 1)) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts, waiting.answered_status) == ("delivered", 11, 200)
    assert len(receiver.ids) == 11 and len(set(receiver.ids)) == 1
    assert webhook_sending.deliver_due(after(10**6)) == 0


def test_after_three_days_it_is_given_up_and_can_be_replayed(
    receiver: Receiver, waiting: WebhookDelivery, owner: User
) -> None:
    receiver.status = 503
    passed = 0.0
    for pause in (*webhook_sending.PAUSES, 0):
        webhook_sending.deliver_due(after(passed))
        passed += pause
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    receiver.status = 204
    webhooks.replay(waiting, Actor(owner, "page"))
    assert webhook_sending.deliver_due() == 1
    waiting.refresh_from_db()
    assert waiting.state == "delivered" and len(set(receiver.ids)) == 1


def test_410_turns_it_off(receiver: Receiver, waiting: WebhookDelivery) -> None:
    receiver.status = 410
    webhook_sending.deliver_due()
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.disabled_at is not None and "410" in endpoint.disabled_why
    assert WebhookDelivery.objects.get().state == "failed"
    assert webhooks.listeners(endpoint.organization_id) == []


def test_redirects_are_not_followed(receiver: Receiver, waiting: WebhookDelivery) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.location = 302, elsewhere.url
        webhook_sending.deliver_due()
        waiting.refresh_from_db()
        assert not elsewhere.got
        assert (waiting.state, waiting.answered_status) == ("waiting", 302)


def test_both_keys_sign_for_a_day(
    receiver: Receiver, waiting: WebhookDelivery, owner: User
) -> None:
    old = waiting.endpoint.secret
    new = webhooks.rotate(waiting.endpoint, Actor(owner, "page")).secret
    assert new != old
    webhook_sending.deliver_due()
    headers, body = receiver.got[0]
    for secret in (old, new):
        Webhook(secret).verify(body, headers)
    WebhookDelivery.objects.update(state="waiting")
    webhook_sending.deliver_due(after(86_500))
    headers, body = receiver.got[1]
    Webhook(new).verify(body, headers)
    with pytest.raises(Exception, match="signature"):
        Webhook(old).verify(body, headers)


def test_a_silent_server_costs_five_seconds(
    waiting: WebhookDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_wire, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        WebhookEndpoint.objects.update(url=f"http://127.0.0.1:{port}/")
        webhook_sending.deliver_due()
    waiting.refresh_from_db()
    assert waiting.state == "waiting" and waiting.error


PRIVATE = (
    "http://example.com/",
    "ftp://example.com/",
    "https://127.0.0.1/",
    "https://10.0.0.1/x",
    "https://169.254.169.254/latest",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1]/",
    "https://0.0.0.0/",
    "https://user@example.com/",
    "https://user:pw@example.com/",
    "https://example.com:22/",
    "https:///x",
    "https://",
    "x",
    "",
    "https://example.com:99999/",
    "https://exa mple.com/",
    "https://example.com/\u00e9",
    "https://example.com/" + "a" * 500,
    "https://[2002:7f00:1::]/",
    "https://224.0.0.1/",
    "https://100.64.0.1/",
)


@pytest.mark.parametrize("url", PRIVATE)
def test_addresses_that_are_refused(
    url: str, organization: Organization, owner: User, settings: Settings
) -> None:
    settings.RALLY_ALLOW_LOCAL_WEBHOOKS = False
    with pytest.raises(InvalidInput) as why:
        webhooks.add(organization, Actor(owner, "page"), url=url, events=["tile.sold"])
    assert why.value.facts["field"] == "url"
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"]
)
def test_a_name_that_leads_inside_is_not_called(
    address: str, receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RALLY_ALLOW_LOCAL_WEBHOOKS = False
    both = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
    with pytest.raises(webhook_wire.Unreachable, match="not open"):
        webhook_wire.post("https://hooks.example.com/", b"{}", {})
    assert not receiver.got


def test_killed_between_commit_and_send_nothing_is_lost(
    receiver: Receiver, waiting: WebhookDelivery
) -> None:
    """Killed once it had leased the message: the next worker sends it after the lease."""
    dies("webhook_taken", webhook_sending.deliver_due)
    assert not receiver.got
    assert webhook_sending.deliver_due() == 0
    assert webhook_sending.deliver_due(after(61)) == 1
    assert receiver.ids == [waiting.message_id]


def test_killed_after_the_send_it_comes_twice_with_one_id(
    receiver: Receiver, waiting: WebhookDelivery
) -> None:
    dies("webhook_sent", webhook_sending.deliver_due)
    assert webhook_sending.deliver_due(after(61)) == 1
    assert receiver.ids == [waiting.message_id] * 2


def test_killed_while_the_outbox_is_worked_off_no_message_is_lost(
    receiver: Receiver, endpoint: WebhookEndpoint, organization: Organization
) -> None:
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    factories.make_sale(board, [7])
    dies("outbox_taken", outbox.drain)
    outbox.drain()
    webhook_sending.deliver_due()
    kinds = {one["type"] for one in receiver.messages(endpoint.secret)}
    assert kinds == {"tile.sold", "donation.created"}


# Trouble is told, and stays where it is ------------------------------------------------------
def mails_about(word: str) -> list[EmailMultiAlternatives]:
    outbox.drain()
    return [one for one in mail.outbox if word in one.subject]


def test_who_runs_the_organization_is_told_when_a_message_is_given_up(
    receiver: Receiver, waiting: WebhookDelivery, owner: User, organization: Organization
) -> None:
    admin = member(organization, "admin")
    member(organization, "team_admin")
    receiver.status = 503
    passed = 0.0
    for pause in (*webhook_sending.PAUSES, 0):
        assert not mails_about("doesn't answer")
        webhook_sending.deliver_due(after(passed))
        passed += pause
    found = mails_about("doesn't answer")
    assert {one.to[0] for one in found} == {owner.email, admin.email}
    assert waiting.endpoint.url in found[0].body
    assert f"/developers/webhooks/{waiting.endpoint.public_id}/" in found[0].body
    WebhookDelivery.objects.update(state="waiting", next_at=after(passed))
    webhook_sending.deliver_due(after(passed))
    assert len(mails_about("doesn't answer")) == 2, "one a day"


def test_who_runs_the_organization_is_told_of_a_410_once(
    receiver: Receiver, endpoint: WebhookEndpoint, organization: Organization, owner: User
) -> None:
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    for number in (1, 2, 3):
        factories.make_sale(board, [number])
    receiver.status = 410
    outbox.drain()
    webhook_sending.deliver_due()
    (found,) = mails_about("turned off")
    assert found.to == [owner.email]
    assert not WebhookDelivery.objects.filter(state="waiting").exists()


def test_an_app_s_maker_is_told(organization: Organization, owner: User) -> None:
    maker = factories.make_user()
    app = ApiClient.objects.create(
        name="App", user=maker, client_type="confidential",
        authorization_grant_type="authorization-code",
    )  # fmt: skip
    ApiConsent.objects.create(client=app, organization=organization, user=owner)
    with receiving(410) as gone:
        webhooks.add(app, Actor(maker, "page"), url=gone.url, events=["tile.sold"])
        board = factories.make_board(20, campaign=factories.make_campaign(organization))
        factories.make_sale(board, [7])
        outbox.drain()
        webhook_sending.deliver_due()
    assert [one.to for one in mails_about("turned off")] == [[maker.email]]


def test_slow_receivers_delay_only_themselves(organization: Organization, owner: User) -> None:
    """Three that take a second and fail, with twenty messages each; one that answers at once."""
    by = Actor(owner, "page")
    board = factories.make_board(50, campaign=factories.make_campaign(organization))
    with receiving(500) as one, receiving(500) as two, receiving(500) as three, receiving() as good:
        for slow in (one, two, three):
            slow.slow = 1.0
            webhooks.add(organization, by, url=slow.url, events=["tile.sold"])
        webhooks.add(organization, by, url=good.url, events=["tile.sold"])
        for number in range(1, 21):
            factories.make_sale(board, [number])
        outbox.drain()
        began = time.monotonic()
        webhook_sending.deliver_due()
        took = time.monotonic() - began
        assert len(good.got) == 20
        for slow in (one, two, three):
            assert 1 <= len(slow.got) <= 2 * webhook_sending.EACH
    assert took < 10, "one after the other they would have taken a minute"


def test_no_more_than_a_few_are_under_way(
    organization: Organization, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    flying, most = Counter(), Counter()
    lock = threading.Lock()

    def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        with lock:
            for name in (url, "all"):
                flying[name] += 1
                most[name] = max(most[name], flying[name])
        time.sleep(0.02)
        with lock:
            flying[url] -= 1
            flying["all"] -= 1
        return 200

    monkeypatch.setattr(webhook_wire, "post", post)
    board = factories.make_board(50, campaign=factories.make_campaign(organization))
    for name in "abcdefgh":
        url = f"https://{name}.example.com/"
        webhooks.add(organization, Actor(owner, "page"), url=url, events=["tile.sold"])
    for number in range(1, 6):
        factories.make_sale(board, [number])
    outbox.drain()
    assert webhook_sending.deliver_due() == 40
    assert 1 < most.pop("all") <= webhook_sending.AT_ONCE
    assert max(most.values()) <= webhook_sending.EACH
    assert not WebhookDelivery.objects.filter(state="waiting").exists()


def test_what_is_queued_while_others_send_is_not_left_behind(waiting: WebhookDelivery) -> None:
    """A second call while one runs comes back at once, and the first looks again."""
    with webhook_sending._turn:
        assert webhook_sending.deliver_due() == 0
        assert webhook_sending._asked.is_set()
    assert webhook_sending.deliver_due() == 1


def test_the_keys_are_not_in_the_database(endpoint: WebhookEndpoint, owner: User) -> None:
    old = endpoint.secret
    new = webhooks.rotate(endpoint, Actor(owner, "page")).secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, old_secret FROM accounts_webhookendpoint")
        stored = cursor.fetchone()
    for key, sealed in zip((new, old), stored, strict=True):
        assert key.startswith("whsec_") and key not in sealed and "whsec_" not in sealed
    found = WebhookEndpoint.objects.get()
    assert (found.secret, found.old_secret) == (new, old)


def test_with_another_installation_key_nothing_is_sent_unsigned(
    receiver: Receiver, waiting: WebhookDelivery, settings: Settings
) -> None:
    settings.SECRET_KEY = "another" * 10
    webhook_sending.deliver_due()
    waiting.refresh_from_db()
    assert not receiver.got and waiting.state == "waiting" and "rotate" in waiting.error
