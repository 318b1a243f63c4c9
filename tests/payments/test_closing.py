"""What a supporter may still start when a board, an organization or time has closed it."""

import pytest

from accounts.models import Organization
from boards.errors import BoardClosed
from boards.models import Board, Hold
from payments import checkouts
from payments.errors import PaymentsUnavailable
from tests.factories import make_board, make_hold
from tests.payments.outside import Outside, order, start

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("how", ["paused", "past its end", "frozen"])
def test_nobody_starts_to_pay_for_what_is_closed(outside: Outside, how: str) -> None:
    board = make_board()
    hold = make_hold(board, [1, 2])
    if how == "paused":
        Board.objects.update(is_open=False)
    elif how == "past its end":
        Board.objects.update(closes_at="2020-01-01T00:00Z")
    else:
        Organization.objects.update(status=Organization.Status.FROZEN)
    with pytest.raises(BoardClosed):
        start(hold)
    assert outside.ledger()["sessions"] == []


@pytest.mark.parametrize("how", ["paused", "frozen"])
def test_a_payment_under_way_finishes_on_what_closes(outside: Outside, how: str) -> None:
    made = order(make_board(), [1, 2])
    if how == "paused":
        Board.objects.update(is_open=False)
    else:
        Organization.objects.update(status=Organization.Status.FROZEN)
    outside.pay(made)
    made.settle()
    assert made.phase() == "sold"


def test_paying_and_leaving_in_turn_ends_some_day(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    Hold.objects.update(created_at="2020-01-01T00:00Z")
    hold = checkouts.leave(hold=made.hold)
    assert hold.phase == "browsing"
    assert hold.expires_at <= made.attempt.expires_at
    assert start_again_fails(hold)


def start_again_fails(hold: Hold) -> bool:
    """Its time is over for everybody else: another supporter can have the tiles."""
    make_hold(Board.objects.get(), [1, 2])
    return Hold.objects.get(pk=hold.pk).phase == "expired"


def test_live_keys_take_no_money_for_a_sandbox(outside: Outside, settings) -> None:
    settings.STRIPE_LIVEMODE = True
    with pytest.raises(PaymentsUnavailable):
        start(make_hold(make_board(), [1]))
