"""What the audit found in the core, and must not find again."""

import pytest

from boards import building, holds, tokens
from boards.models import BoardChange, Hold
from payments import offers
from payments.audit import running
from payments.models import Checkout, Refund
from tests.factories import make_board, make_hold
from tests.payments.outside import Outside
from tests.payments.test_late import given_up

pytestmark = pytest.mark.django_db(transaction=True)


def test_whoever_lost_every_tile_may_take_another(outside: Outside) -> None:
    board = make_board()
    made = given_up(outside, board, [2])
    rival = make_hold(board, [2], tokens.new())
    made.settle()
    refund = Refund.objects.get()
    line = refund.lines.get().line
    offers.choose(offers.link(refund), {line.pk: offers.Choice(offers.TILE, 1)})
    sold = Hold.objects.get(pk=made.hold.pk)
    assert (sold.phase, [c.number for c in sold.claims.filter(ended_at=None)]) == ("sold", [1])
    assert Checkout.objects.get().status == Checkout.Status.PAID
    assert Hold.objects.get(pk=rival.pk).phase == "browsing"
    assert Refund.objects.get(status=Refund.Status.DUE).amount_minor == 100
    assert not running.run().findings


def test_opening_a_board_is_a_change_like_any_other() -> None:
    board = make_board()
    building.follow_campaign(board.campaign)
    holds.release(board_id=board.pk, numbers=[1], token=tokens.new())
    board.refresh_from_db()
    versions = BoardChange.objects.filter(board=board).order_by("version")
    assert list(versions.values_list("version", flat=True)) == [1, 2]
    assert board.version == 2
    assert board.locked_at is None
