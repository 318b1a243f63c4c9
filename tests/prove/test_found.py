"""What the random walk found, each as the shortest story that shows it."""

import json
import urllib.parse
import urllib.request
from typing import Any

import pytest
from django.conf import settings

from accounts.actors import SYSTEM
from boards import reserving
from boards.models import Claim, Hold
from boards.states import Phase
from campaigns.models import Donation
from payments import checkouts, events, refunds, repaying, sessions
from payments.audit import running
from payments.errors import PaymentsUnavailable, RefundExceeds
from payments.models import Attempt, Payment, Refund, StripeEvent
from tests.factories import make_board, make_hold
from tests.payments.outside import Order, Outside, deliver, order, start

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


def post(outside: Outside, path: str, **form: Any) -> Any:
    """Somebody else who has the account's keys."""
    request = urllib.request.Request(
        f"{outside.url}/v1/{path}", urllib.parse.urlencode(form).encode(),
        headers={"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)


def tell(outside: Outside, *kinds: str) -> None:
    """Everything of these kinds arrives; what Stripe said before is not said again."""
    for kind in kinds:
        for event in outside.events(kind):
            if not StripeEvent.objects.filter(event_id=event["id"]).exists():
                deliver(event)


def paid(outside: Outside, *numbers: int) -> tuple[Order, Donation]:
    made = order(make_board(), numbers)
    outside.pay(made)
    made.settle()
    return made, Donation.objects.get()


def unanswered(outside: Outside) -> Attempt:
    """A hold whose session was asked for and never made."""
    hold = make_hold(make_board(), [3, 4], "some-token-0a1b2c3d4e5f6g7")
    outside.fail("500_before", times=1000)
    with pytest.raises(PaymentsUnavailable):
        start(hold)
    outside.recover()
    return Attempt.objects.select_related("account", "checkout__hold__organization").get()


def assert_sound() -> None:
    report = running.run()
    assert report.ok, report.findings


def test_somebody_elses_session_with_our_reference_does_not_block_the_tiles(
    outside: Outside,
) -> None:
    attempt = unanswered(outside)
    session = post(
        outside, "checkout/sessions", mode="payment", client_reference_id=attempt.reference,
        success_url="http://127.0.0.1/",
        **{"line_items[0][quantity]": 1, "line_items[0][price_data][currency]": "usd",
           "line_items[0][price_data][unit_amount]": 60,
           "line_items[0][price_data][product_data][name]": "Tiles"},
    )  # fmt: skip
    outside.control(f"sessions/{session['id']}/complete", {"outcome": "paid"})
    sessions.resolve(attempt)
    attempt.refresh_from_db()
    assert attempt.status == Attempt.Status.DEAD
    assert Hold.objects.get().phase == Phase.BROWSING
    assert not Payment.objects.exists()


def test_leaving_works_when_the_session_can_not_be_made_any_more(outside: Outside) -> None:
    attempt = unanswered(outside)
    outside.pass_time(900)
    hold = checkouts.leave(hold=attempt.checkout.hold)
    assert hold.phase == Phase.BROWSING


def test_a_failed_refund_that_was_paid_by_hand_is_done(outside: Outside) -> None:
    made, gift = paid(outside, 3, 4)
    outside.control("refunds/next", {"status": "failed"})
    refunds.request(gift=gift, by=SYSTEM)
    repaying.pay_due()
    tell(outside, "refund.*", "charge.refunded")
    payment = Payment.objects.get()
    assert Refund.objects.get().status == Refund.Status.FAILED
    outside.dashboard_refund(payment.payment_intent, payment.amount_minor)
    tell(outside, "refund.*", "charge.refunded")
    payment.refresh_from_db()
    assert (payment.refunded_minor, payment.refunding_minor) == (payment.amount_minor, 0)
    assert not StripeEvent.objects.filter(processed_at=None).exists()
    assert_sound()
    assert made.phase() == Phase.RETURNED


def test_what_a_refund_by_hand_leaves_of_a_debt_is_still_owed(outside: Outside) -> None:
    _made, gift = paid(outside, 3, 4)
    refunds.request(gift=gift, by=SYSTEM)
    payment = Payment.objects.get()
    outside.dashboard_refund(payment.payment_intent, 100)
    tell(outside, "refund.*", "charge.refunded")
    payment.refresh_from_db()
    assert payment.refunding_minor == payment.amount_minor - 100
    repaying.pay_due()
    assert outside.ledger()["refunded_cents"] == payment.amount_minor
    assert_sound()


def test_a_refund_by_hand_that_fails_owes_nothing(outside: Outside) -> None:
    paid(outside, 3, 4)
    payment = Payment.objects.get()
    outside.control("refunds/next", {"status": "pending"})
    outside.dashboard_refund(payment.payment_intent, 100)
    tell(outside, "refund.created")
    outside.control(f"refunds/{Refund.objects.get().refund_id}/settle", {"outcome": "failed"})
    tell(outside, "refund.*")
    payment.refresh_from_db()
    assert (payment.refunded_minor, payment.refunding_minor) == (0, 0)
    assert Refund.objects.get().status == Refund.Status.CANCELED
    assert_sound()


def test_no_more_is_promised_than_a_refund_by_hand_has_left(outside: Outside) -> None:
    _made, gift = paid(outside, 3, 4)
    payment = Payment.objects.get()
    outside.dashboard_refund(payment.payment_intent, payment.amount_minor)
    tell(outside, "refund.*")
    with pytest.raises(RefundExceeds):
        refunds.request(gift=gift, by=SYSTEM, amount_minor=50)


def test_a_late_payment_leaves_what_another_order_can_still_pay(outside: Outside) -> None:
    board = make_board()
    made = order(board, [3])
    checkouts.leave(hold=made.hold)
    reserving.reserve(board_id=board.pk, numbers=[4], token=made.token)
    start(Hold.objects.select_related("organization").get(pk=made.hold.pk))
    outside.control(f"sessions/{made.session_id}/complete", {"outcome": "paid", "late": True})
    made.settle()
    other = Claim.objects.get(number=4, ended_at=None)
    assert (other.hold_id, other.hold.phase) == (made.hold.pk, Phase.PAYING)
    assert Claim.objects.get(number=3, ended_at=None).hold.phase == Phase.SOLD
    assert_sound()


def test_a_late_bank_payment_does_not_move_another_orders_hold(outside: Outside) -> None:
    made = order(make_board(), [3, 4])
    checkouts.leave(hold=made.hold)
    start(Hold.objects.select_related("organization").get(pk=made.hold.pk), cover=True)
    outside.control(f"sessions/{made.session_id}/complete", {"outcome": "processing", "late": True})
    made.settle()
    assert made.phase() == Phase.PAYING


def test_a_refund_is_followed_with_all_others_of_its_payment(outside: Outside) -> None:
    """The event of the second refund comes first; the first one, which failed, made room."""
    paid(outside, 3, 4)
    payment = Payment.objects.get()
    outside.control("refunds/next", {"status": "pending"})
    outside.dashboard_refund(payment.payment_intent, payment.amount_minor)
    tell(outside, "refund.created")
    first = Refund.objects.get()
    outside.control(f"refunds/{first.refund_id}/settle", {"outcome": "failed"})
    outside.dashboard_refund(payment.payment_intent, payment.amount_minor)
    newest = outside.events("refund.created")[-1]
    kept = deliver(newest)
    assert kept.processed_at is not None, kept.error
    assert events.waiting(10) == []
    payment.refresh_from_db()
    assert payment.refunded_minor == payment.amount_minor
    assert_sound()
