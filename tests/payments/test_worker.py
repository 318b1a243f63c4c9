"""A real worker process does the work on the run's broker, with no page opened.

On PostgreSQL the broker is Valkey; the SQLite lane has the embedded one.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import OutboxEvent
from boards.models import Hold
from payments.models import Reconciliation, StripeEvent
from rally.kit import clock
from tests.factories import make_board, make_hold
from tests.payments.outside import Outside, order, signed
from tests.payments.world import assert_sound
from tests.site import end, until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


@pytest.fixture
def start(worker: Callable[..., Any], outside: Outside) -> Callable[[], Any]:
    """Starts a worker that talks to the simulator."""
    return lambda: worker(RALLY_SIMULATOR_URL=outside.url)


@pytest.fixture
def mails() -> Callable[[], list[str]]:
    """The receipts that were written since the test began."""
    folder = Path(settings.VAR, "mail")
    for old in folder.iterdir():
        old.unlink()
    texts = lambda: [path.read_text() for path in folder.iterdir()]  # noqa: E731  # short
    return lambda: [text for text in texts() if "Message-ID: <receipt-" in text]


def tell(event: dict[str, Any], client: Client) -> None:
    """Stripe's delivery, at the web's door."""
    body = json.dumps(event).encode()
    answer = client.post(
        "/api/stripe/webhook", body, content_type="application/json",
        headers={"Stripe-Signature": signed(body)},
    )  # fmt: skip
    assert answer.json() == {"received": True}


def phase(hold: Hold) -> str:
    return Hold.objects.values_list("phase", flat=True).get(pk=hold.pk)


def test_a_worker_that_starts_compares_with_stripe_at_once(
    start: Callable[[], Any], client: Client
) -> None:
    start()
    until(Reconciliation.objects.exists, 20, "a comparison with Stripe")
    assert client.get("/api/healthz").json()["checks"]["ledger_drift"] == 0


def test_a_lapsed_hold_s_row_says_so(start: Callable[[], Any]) -> None:
    hold, fresh = make_hold(board := make_board(), [1]), make_hold(board, [2])
    Hold.objects.filter(pk=hold.pk).update(expires_at=clock.now())
    start()
    until(lambda: phase(hold) == "expired", 20, "the sweep")
    assert phase(fresh) == "browsing"


def test_a_paid_session_is_settled_at_once_and_its_receipt_written_once(
    start: Callable[[], Any], outside: Outside, client: Client, mails: Callable[[], list[str]]
) -> None:
    start()
    made = order(make_board(), [1, 2])
    outside.pay(made)
    told = outside.events("checkout.session.completed")[-1]
    tell(told, client)
    until(lambda: phase(made.hold) == "sold", 5, "the settlement")
    until(mails, 10, "the receipt")
    tell(told, client)
    tell(told | {"id": "evt_again"}, client)
    until(lambda: not StripeEvent.objects.filter(processed_at=None).exists(), 5, "the repeats")
    until(lambda: not OutboxEvent.objects.filter(done_at=None).exists(), 5, "the outbox")
    assert len(mails()) == 1
    assert "To: ada@example.org" in mails()[0]
    assert_sound()


def test_events_wait_while_no_worker_runs(
    start: Callable[[], Any], outside: Outside, client: Client
) -> None:
    board = make_board()
    one, two = order(board, [1]), order(board, [2], email="b@example.org")
    for made in (one, two):
        outside.pay(made)
    first, second = outside.events("checkout.session.completed")
    tell(first, client)
    assert StripeEvent.objects.get().processed_at is None
    process = start()
    until(lambda: phase(one.hold) == "sold", 10, "what had waited")
    end(process)
    tell(second, client)
    assert phase(two.hold) == "paying"
    start()
    until(lambda: phase(two.hold) == "sold", 10, "what came while nobody worked")
    assert_sound()
