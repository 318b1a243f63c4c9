"""A receipt is about its own order, whatever became of the hold before it is mailed."""

import pytest
from django.core import mail

from accounts.models import OutboxEvent
from boards import reserving
from payments import offers, sessions
from payments.models import Attempt, Refund
from payments.offers import Choice
from rally.dispatch import outbox
from tests.factories import make_board, make_hold
from tests.payments.outside import Outside, order, start
from tests.payments.test_late import given_up

pytestmark = pytest.mark.django_db(transaction=True)


def receipts() -> list[str]:
    outbox.drain()
    assert not OutboxEvent.objects.exclude(error="").exists()
    return [m.body for m in mail.outbox if m.extra_headers["Message-ID"].startswith("<receipt-")]


def test_who_left_the_money_before_the_receipt_was_mailed_gets_one(outside: Outside) -> None:
    board = make_board(50)
    made = given_up(outside, board, [19])
    make_hold(board, [19])
    made.settle()
    refund = Refund.objects.get()
    gift = {part.line_id: Choice(offers.GIFT) for part in refund.lines.all()}
    offers.choose(offers.link(refund), gift)
    assert "$19.00" in receipts()[0]


def test_two_orders_of_one_hold_have_their_own_tiles(outside: Outside) -> None:
    board = make_board(50)
    first = order(board, [7])
    sessions.bury(first.attempt_now(), note="declared dead by staff")
    reserving.reserve(board_id=board.pk, numbers=[9], token=first.token)
    start(first.hold)
    outside.pay(first)
    first.settle()
    second = Attempt.objects.latest("pk")
    outside.control(f"sessions/{second.session_id}/complete")
    sessions.resolve(second)
    bodies = receipts()
    totals = [body.partition("Total: ")[2].split()[0] for body in bodies]
    assert totals == ["$7.00", "$16.00"]
    assert [f"Tile {n}:" in bodies[0] for n in (7, 9)] == [True, False]
