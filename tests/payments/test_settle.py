"""Settling: our rows follow what Stripe has, once, in whatever order and however often."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import OutboxEvent
from boards.models import Claim, Hold
from campaigns.models import Donation, Goal, Member
from payments import tasks
from payments.models import Attempt, Checkout, Payment, StripeAccount, StripeEvent
from payments.sessions import parameters
from payments.settlement import settle
from payments.snapshots import snapshot
from tests.factories import make_board, make_hold
from tests.payments.outside import Outside, order, start
from tests.payments.world import assert_sound, ledger, rows

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STATEMENTS = 15


def test_paid_tiles_are_sold_counted_and_booked(outside: Outside) -> None:
    board = make_board(50)
    made = order(board, [7, 19, 50], cover=True)
    outside.pay(made)
    assert made.settle() == ""
    assert made.phase() == "sold"
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_minor) == ("paid", 7_858)
    assert payment.fee_minor == 258
    assert Checkout.objects.get().status == Checkout.Status.PAID
    assert Attempt.objects.get().status == Attempt.Status.COMPLETE
    assert Goal.objects.get(pk=board.goal_id).raised_minor == 7_600, "without the cover"
    assert Donation.objects.get().donor == Member.objects.get()
    assert ledger() == {
        "provider": 7_600, "gifts": -7_600, "cover_fees": -258, "processor_fee": 258,
    }  # fmt: skip
    shown = snapshot(board.public_id).by_number[19]
    assert (shown.status, shown.name) == ("sold", "Ada Lovelace")
    assert_sound()


def test_settling_again_changes_nothing(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    made.settle()
    before = rows()
    for _ in range(3):
        assert made.settle() == ""
    tasks.resolve_overdue()
    assert rows() == before
    assert OutboxEvent.objects.filter(kind="gift.paid").count() == 1


@pytest.mark.parametrize("outcome", ["declined", "abandoned"])
def test_a_card_that_is_declined_can_be_tried_again(outside: Outside, outcome: str) -> None:
    made = order(make_board())
    outside.pay(made, outcome)
    made.settle()
    assert made.phase() == "paying"
    assert start(made.hold) == made.url
    outside.pay(made)
    made.settle()
    assert made.phase() == "sold"
    assert_sound()


def test_while_a_bank_is_working_the_tiles_stay(outside: Outside) -> None:
    board = make_board()
    made = order(board, [1])
    outside.pay(made, "processing")
    made.settle()
    hold = Hold.objects.get(pk=made.hold.pk)
    assert (hold.phase, hold.expires_at) == ("processing", None)
    assert Payment.objects.get().status == "processing"
    assert Goal.objects.get(pk=board.goal_id).raised_minor == 0
    before = rows(Payment)
    made.settle()
    assert rows(Payment) == before


def test_a_bank_that_says_yes_in_the_end(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made, "processing")
    made.settle()
    outside.bank(made)
    made.settle()
    assert made.phase() == "sold"
    assert Payment.objects.get().status == "paid"
    assert_sound()


def test_a_bank_that_says_no_in_the_end_frees_the_tiles(outside: Outside) -> None:
    board = make_board()
    made = order(board, [1, 2])
    outside.pay(made, "processing")
    made.settle()
    outside.bank(made, "failed")
    made.settle()
    assert (made.phase(), Payment.objects.get().status) == ("released", "failed")
    assert Checkout.objects.get().status == Checkout.Status.CLOSED
    make_hold(board, [1, 2])
    before = rows(Attempt)
    made.settle()
    assert rows(Attempt) == before
    assert ledger() == {}


def test_a_session_that_ended_frees_the_tiles_without_a_mail(outside: Outside) -> None:
    board = make_board()
    made = order(board, [1, 2])
    outside.pass_time(2_101)
    made.settle()
    assert made.phase() == "expired"
    assert not Claim.objects.filter(ended_at=None).exists()
    assert set(OutboxEvent.objects.values_list("kind", flat=True)) == {"tiles.freed"}
    make_hold(board, [1, 2])
    before = rows()
    made.settle()
    assert rows() == before


def test_the_sweep_asks_about_sessions_whose_time_is_over(outside: Outside) -> None:
    made = order(make_board())
    assert tasks.resolve_overdue() == 0
    outside.pass_time(2_101)
    later = made.attempt.expires_at
    assert tasks.resolve_overdue(now=later) == 1
    assert made.phase() == "expired"
    assert tasks.resolve_overdue(now=later) == 0


def test_the_sweep_finds_a_payment_that_nobody_told_us_of(outside: Outside) -> None:
    made = order(make_board())
    outside.pay(made)
    assert tasks.resolve_overdue(now=made.attempt.expires_at) == 1
    assert made.phase() == "sold"
    assert not StripeEvent.objects.exists()


def test_settling_costs_the_same_at_any_number_of_tiles(outside: Outside) -> None:
    counted = {}
    for tiles in (1, 100):
        made = order(make_board(100), range(1, tiles + 1), cover=True)
        outside.pay(made)
        attempt, session = made.attempt_now(), made.session()
        with CaptureQueriesContext(connection) as sent:
            settle(attempt, session)
        texts = [query["sql"] for query in sent.captured_queries]
        began = next(i for i, text in enumerate(texts) if text.startswith("BEGIN"))
        counted[tiles] = texts.index("COMMIT") - began - 1
    print(f"statements between BEGIN and COMMIT of a settlement: {counted}")
    assert counted[1] == counted[100] <= MOST_STATEMENTS


def test_an_application_fee_is_asked_of_connected_accounts_alone_and_booked(
    outside: Outside, settings
) -> None:
    settings.RALLY_APPLICATION_FEE_PERCENT = "2"
    made = order(make_board(50), [50])
    attempt = made.attempt_now()
    assert "application_fee_amount" not in attempt.params["payment_intent_data"]
    claims = list(Claim.objects.select_related("board__campaign"))
    attempt.checkout.account.model = StripeAccount.Model.DIRECT
    asked = parameters(attempt, claims, "http://127.0.0.1:9")["payment_intent_data"]
    assert asked["application_fee_amount"] == 100
    attempt.params["payment_intent_data"] |= {"application_fee_amount": 100}
    attempt.save(update_fields=["params"])
    outside.pay(made)
    made.settle()
    assert ledger()["platform_fee"] == 100
    assert sum(ledger().values()) == 0
    assert_sound()
