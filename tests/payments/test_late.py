"""Money that came when the tiles were gone: what can be kept is kept, the rest is owed back."""

import datetime as dt

import pytest

from accounts.models import OutboxEvent
from boards import holds
from boards.models import Claim, Hold
from campaigns.models import Goal
from payments import checkouts, sessions
from payments.models import Attempt, Checkout, Payment, Refund, RefundLine, StaffTask
from payments.snapshots import snapshot
from tests.factories import make_board, make_hold
from tests.payments.outside import Order, Outside, order, start
from tests.payments.world import assert_sound, ledger, rows
from tests.races.world import assert_holds_agree_with_claims

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = dt.timedelta(hours=1)


def given_up(outside: Outside, board, numbers, *, cover: bool = False) -> Order:
    """An order that staff declared dead, whose hold lapsed, and which is paid after all."""
    made = order(board, numbers, cover=cover)
    sessions.bury(made.attempt_now(), note="declared dead by staff")
    hold = Hold.objects.get(pk=made.hold.pk)
    assert holds.expire([hold.pk], now=hold.expires_at) == 1
    outside.pay(made)
    return made


def test_free_tiles_are_taken_back(outside: Outside) -> None:
    board = make_board()
    made = given_up(outside, board, [1, 2])
    made.settle()
    assert made.phase() == "sold"
    assert Checkout.objects.get().status == Checkout.Status.PAID
    assert not Refund.objects.exists()
    assert Goal.objects.get(pk=board.goal_id).raised_minor == 300
    assert snapshot(board.public_id).counts["sold"] == 2
    assert_sound()


def test_a_lapsed_rival_is_in_nobodys_way(outside: Outside) -> None:
    board = make_board()
    made = given_up(outside, board, [1, 2])
    rival = make_hold(board, [1])
    Hold.objects.filter(pk=rival.pk).update(expires_at="2020-01-01T00:00Z")
    made.settle()
    assert (made.phase(), Hold.objects.get(pk=rival.pk).phase) == ("sold", "expired")
    assert not Refund.objects.exists()


def test_what_others_have_stays_theirs_and_its_exact_share_is_owed(outside: Outside) -> None:
    board = make_board(50)
    made = given_up(outside, board, [7, 19, 50], cover=True)
    rival = make_hold(board, [19])
    made.settle()
    lines = {line.claim.number: line for line in made.attempt.checkout.lines.all()}
    share = lines[19].fee_share_minor
    assert share == 64, "258 cents by 7, 19 and 50 of 76"
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.status) == (1_900 + share, Refund.Status.DUE)
    assert refund.not_before - Payment.objects.get().paid_at == 48 * HOUR
    assert RefundLine.objects.get().line == lines[19]
    assert Payment.objects.get().refunding_minor == refund.amount_minor
    assert StaffTask.objects.get().kind == StaffTask.Kind.REFUND_DUE
    assert Checkout.objects.get().status == Checkout.Status.PARTLY_LOST
    assert Goal.objects.get(pk=board.goal_id).raised_minor == 5_700
    assert ledger() == {
        "provider": 7_600, "gifts": -5_700, "cover_fees": -(258 - share), "processor_fee": 258,
        "refund_due": -(1_900 + share),
    }  # fmt: skip
    live = dict(Claim.objects.filter(ended_at=None).values_list("number", "hold"))
    assert live == {7: made.hold.pk, 50: made.hold.pk, 19: rival.pk}
    assert_sound()


def test_when_nothing_is_left_everything_is_owed(outside: Outside) -> None:
    board = make_board()
    made = given_up(outside, board, [1, 2], cover=True)
    make_hold(board, [1, 2])
    made.settle()
    total = Payment.objects.get().amount_minor
    assert (made.phase(), Checkout.objects.get().status) == ("lost", Checkout.Status.LOST)
    assert Refund.objects.get().amount_minor == total
    assert Goal.objects.get(pk=board.goal_id).raised_minor == 0
    assert ledger()["refund_due"] == -total
    assert_sound()


def test_a_late_payment_is_settled_once(outside: Outside) -> None:
    board = make_board()
    made = given_up(outside, board, [1, 2, 3])
    make_hold(board, [2])
    made.settle()
    before = rows()
    made.settle()
    made.settle()
    assert rows() == before
    assert OutboxEvent.objects.filter(kind="gift.paid").count() == 1


def test_a_payment_that_comes_while_the_tiles_are_browsed_again_buys_them(
    outside: Outside,
) -> None:
    made = order(make_board(), [1, 2])
    sessions.bury(made.attempt_now(), note="declared dead by staff")
    assert made.phase() == "browsing"
    outside.pay(made)
    made.settle()
    assert made.phase() == "sold"
    assert not Refund.objects.exists()
    assert_sound()


def paid_twice(outside: Outside) -> tuple[Order, Order]:
    """Two sessions of one hold, both paid: the first had been declared dead."""
    made = order(make_board(), [1, 2])
    sessions.bury(made.attempt_now(), note="declared dead by staff")
    url = start(made.hold, email="second@example.org")
    second = Attempt.objects.select_related("account", "checkout").get(status="open")
    outside.pay(made)
    other = Order(made.hold, url, made.token, second)
    outside.pay(other)
    return made, other


@pytest.mark.parametrize("swapped", [False, True])
def test_tiles_that_were_paid_twice_are_sold_once_and_owed_once(
    outside: Outside, swapped: bool
) -> None:
    pair = paid_twice(outside)
    for one in pair[::-1] if swapped else pair:
        assert one.settle() == ""
    assert sorted(Checkout.objects.values_list("status", flat=True)) == ["lost", "paid"]
    assert Refund.objects.get().amount_minor == 300
    board = pair[0].hold.claims.first().board
    assert Goal.objects.get(pk=board.goal_id).raised_minor == 300
    assert snapshot(board.public_id).counts["sold"] == 2
    assert_sound()
    assert_holds_agree_with_claims()
    before = rows()
    for one in pair:
        one.settle()
    assert rows() == before


def test_a_late_payment_sells_its_own_tiles_and_no_other(outside: Outside) -> None:
    board = make_board()
    made = order(board, [1])
    sessions.bury(made.attempt_now(), note="declared dead by staff")
    make_hold(board, [2], made.token)
    outside.pay(made)
    made.settle()
    assert list(Claim.objects.filter(ended_at=None).values_list("number", flat=True)) == [1]
    assert snapshot(board.public_id).counts["sold"] == 1
    assert_sound()


def test_a_late_payment_sells_its_own_tiles_though_the_hold_is_being_paid_again(
    outside: Outside,
) -> None:
    board = make_board()
    made = order(board, [1])
    sessions.bury(made.attempt_now(), note="declared dead by staff")
    make_hold(board, [2], made.token)
    start(made.hold)
    outside.pay(made)
    made.settle()
    shown = snapshot(board.public_id).by_number
    assert (shown[1].status, shown[2].status) == ("sold", "held")
    assert made.phase() == "paying"
    assert_sound()


def test_a_payment_for_tiles_that_are_gone_leaves_the_new_picks_alone(outside: Outside) -> None:
    board = make_board()
    made = order(board, [1])
    sessions.bury(made.attempt_now(), note="declared dead by staff")
    make_hold(board, [2], made.token)
    holds.release(board_id=board.pk, numbers=[1], token=made.token)
    make_hold(board, [1])
    outside.pay(made)
    made.settle()
    assert made.phase() == "browsing"
    assert Refund.objects.get().amount_minor == 100
    assert_sound()


def sold_while_another_session_is_open(outside: Outside) -> tuple[Order, Attempt]:
    """Two sessions of one hold; the first had been declared dead, and is paid."""
    made = order(make_board(), [1, 2])
    sessions.bury(made.attempt_now(), note="declared dead by staff")
    start(made.hold, email="second@example.org")
    second = Attempt.objects.select_related("account", "checkout").get(status="open")
    outside.pay(made)
    made.settle()
    return made, second


def assert_sold_once(made: Order) -> None:
    board = made.hold.claims.first().board
    assert snapshot(board.public_id).counts["sold"] == 2
    assert not Refund.objects.exists()
    assert_sound()
    assert_holds_agree_with_claims()


def test_the_other_session_of_sold_tiles_may_be_left(outside: Outside) -> None:
    made, _ = sold_while_another_session_is_open(outside)
    checkouts.leave(hold=made.hold)
    outside.pass_time(2_101)
    assert_sold_once(made)


def test_the_other_session_of_sold_tiles_may_expire_by_itself(outside: Outside) -> None:
    made, second = sold_while_another_session_is_open(outside)
    outside.pass_time(2_101)
    assert Order(made.hold, "", made.token, second).settle() == ""
    second.refresh_from_db()
    assert second.status == "expired"
    assert_sold_once(made)
