"""What a signed event does to the order it is about, and what it never does."""

from typing import Any

import pytest

from boards.models import Board
from payments import events, gateway
from payments.handlers import HANDLERS
from payments.models import Attempt, Checkout, Dispute, Payment, StaffTask, StripeEvent
from tests.api import kit as api_kit
from tests.api.conftest import Stripe, session_of
from tests.api.kit import Api
from tests.webhook.kit import event, send

pytestmark = pytest.mark.django_db(transaction=True)
PAID = "checkout.session.completed"


def deliver(api: Api, type: str, found: dict[str, Any], **more: Any) -> StripeEvent:
    """Send an event, let it be processed as the worker would, and give its row."""
    sent = event(type, found, **more)
    assert send(api, sent).json() == {"received": True}
    kept = StripeEvent.objects.get(event_id=sent["id"])
    assert events.process(kept.pk)
    kept.refresh_from_db()
    return kept


@pytest.fixture
def url(api: Api, board: Board, stripe: Stripe) -> str:
    """The pay page of an open order for tiles 1, 25 and 50."""
    found: str = api.checkout(board, [1, 25, 50], api_kit.token()).json()["url"]
    return found


def sold(api: Api, board: Board) -> list[int]:
    return [number for number, status in api.statuses(board).items() if status == "sold"]


def test_a_paid_session_sells_its_tiles_under_the_chosen_name(
    api: Api, board: Board, stripe: Stripe, url: str
) -> None:
    session = stripe.complete(url)
    kept = deliver(api, PAID, session)
    assert kept.parked == ""
    slots = {slot["number"]: slot for slot in api.read(board).json()["board"]["slots"]}
    for number in (1, 25, 50):
        assert slots[number] == {
            "id": f"slot{number}", "number": number, "status": "sold",
            "supporterName": "Sample Supporter", "amountCents": number * 100,
        }  # fmt: skip
    assert Payment.objects.get().amount_minor == 7600


def test_the_event_is_a_hint_its_body_is_never_believed(
    api: Api, board: Board, stripe: Stripe, url: str
) -> None:
    """Unpaid, it says paid; of other tiles; for another amount: Stripe's own state decides."""
    lie = {
        "id": session_of(url), "object": "checkout.session", "status": "complete",
        "payment_status": "paid", "amount_total": 1,
        "metadata": {"boardId": board.public_id, "slotNumbersCSV": "99", "ownerToken": "x"},
    }  # fmt: skip
    deliver(api, PAID, lie)
    assert sold(api, board) == []
    stripe.complete(url)
    deliver(api, PAID, lie)
    assert sold(api, board) == [1, 25, 50]
    assert Payment.objects.get().amount_minor == 7600


@pytest.mark.parametrize("times", [1, 3])
def test_repeats_and_any_order_change_nothing(
    times: int, api: Api, board: Board, stripe: Stripe, url: str
) -> None:
    session = stripe.complete(url)
    for _ in range(times):
        deliver(api, "checkout.session.expired", session)
        deliver(api, PAID, session)
    assert sold(api, board) == [1, 25, 50]
    assert Payment.objects.count() == 1
    assert not StaffTask.objects.exists()


def test_an_expired_session_frees_its_tiles(
    api: Api, board: Board, stripe: Stripe, url: str
) -> None:
    """Nothing of ours expired it: somebody did at Stripe."""
    attempt = Attempt.objects.get()
    gateway.expire_session(attempt.account, attempt.session_id)
    found = {"id": attempt.session_id, "metadata": None}
    deliver(api, "checkout.session.expired", found)
    assert set(api.statuses(board).values()) == {"available"}
    assert Checkout.objects.get().status == Checkout.Status.CLOSED


def test_a_processing_payment_keeps_the_tiles_held(
    api: Api, board: Board, stripe: Stripe, url: str
) -> None:
    deliver(api, PAID, stripe.complete(url, "processing"))
    assert api.statuses(board)[1] == "held"
    assert sold(api, board) == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"livemode": True}, "wrong account or mode"),
        ({"account": "acct_x"}, "wrong account or mode"),
    ],
)
def test_another_mode_or_account_is_parked(
    more: dict[str, Any], reason: str, api: Api, board: Board, stripe: Stripe, url: str
) -> None:
    session = stripe.complete(url)
    before = api_kit.counts()
    kept = deliver(api, PAID, session, **more)
    assert kept.parked == reason
    after = api_kit.counts()
    assert {name for name in after if after[name] != before[name]} == {"StripeEvent", "StaffTask"}
    assert StaffTask.objects.get().kind == StaffTask.Kind.MISMATCH
    assert sold(api, board) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"net_minor": 7700, "total_minor": 7700}, "amount"), ({"currency": "EUR"}, "currency")],
)
def test_another_amount_or_currency_is_parked(
    change: dict[str, Any], reason: str, api: Api, board: Board, stripe: Stripe, url: str
) -> None:
    Checkout.objects.update(**change)
    kept = deliver(api, PAID, stripe.complete(url))
    assert kept.parked == reason
    assert StaffTask.objects.get().kind == StaffTask.Kind.MISMATCH
    assert sold(api, board) == []
    assert not Payment.objects.exists()


@pytest.mark.parametrize("type", [PAID, "checkout.session.expired", "charge.dispute.created"])
def test_what_is_not_ours_is_parked_for_staff(type: str, api: Api, db: None) -> None:
    kept = deliver(
        api, type, {"id": "cs_test_elsewhere", "charge": "ch_x", "metadata": {"boardId": "x"}}
    )
    assert kept.parked == "unmatched"
    assert StaffTask.objects.get().kind == StaffTask.Kind.UNMATCHED


def test_a_dispute_is_recorded_and_the_tiles_stay_sold(
    api: Api, board: Board, stripe: Stripe, url: str
) -> None:
    deliver(api, PAID, stripe.complete(url))
    charge = Payment.objects.get().charge
    made = stripe.act(f"charges/{charge}/dispute")["dispute"]
    deliver(api, "charge.dispute.created", made)
    assert Dispute.objects.get().is_open
    assert StaffTask.objects.get().kind == StaffTask.Kind.DISPUTE
    assert sold(api, board) == [1, 25, 50]


def test_the_documented_sample_of_a_dispute_is_enough_for_staff(
    api: Api, board: Board, stripe: Stripe, url: str
) -> None:
    deliver(api, PAID, stripe.complete(url))
    found = {"charge": Payment.objects.get().charge, "reason": "fraudulent"}
    deliver(api, "charge.dispute.created", found)
    assert StaffTask.objects.filter(kind=StaffTask.Kind.DISPUTE).count() == 1
    assert sold(api, board) == [1, 25, 50]


@pytest.mark.parametrize("type", ["product.created", "invoice.paid", "v1.unheard.of"])
def test_unknown_types_are_kept_and_done(type: str, api: Api, db: None) -> None:
    kept = deliver(api, type, {"id": "x"})
    assert kept.processed_at is not None
    assert not StaffTask.objects.exists()


@pytest.mark.parametrize("status", ["something_new", None, 5])
def test_an_event_about_nothing_usable_never_fails(status: object, api: Api, db: None) -> None:
    for type in sorted(HANDLERS):
        if type.startswith("test_helpers"):
            continue
        deliver(api, type, {"status": status, "metadata": None, "charge": status, "amount": "x"})
