"""Tiles sold for money in hand."""

import pytest

from boards.errors import TilesTaken
from boards.models import Hold
from campaigns.models import Donation, Goal
from payments.models import Checkout, LedgerTransaction
from payments.snapshots import snapshot
from tests.factories import make_board, make_hold, make_sale

pytestmark = pytest.mark.django_db


def test_sold_tiles_count_at_once() -> None:
    board = make_board()
    checkout = make_sale(board, [1, 4])
    assert (checkout.status, checkout.total_minor) == (Checkout.Status.PAID, 500)
    assert Goal.objects.get(pk=board.goal_id).raised_minor == 500
    assert snapshot(board.public_id).counts == {
        "available": 3, "held": 0, "sold": 2, "blocked": 0,
    }  # fmt: skip


def test_a_supporter_s_tile_is_not_sold_under_them() -> None:
    board = make_board()
    make_hold(board, [2])
    with pytest.raises(TilesTaken):
        make_sale(board, [1, 2])
    assert Hold.objects.count() == 1
    assert not Donation.objects.exists()
    assert not LedgerTransaction.objects.exists()


def test_a_full_board_of_one_to_a_hundred_raises_505000() -> None:
    board = make_board(100)
    for first in (1, 51):
        make_sale(board, range(first, first + 50))
    shown = snapshot(board.public_id)
    assert shown.campaign.raised_minor == 505_000
    assert shown.counts["sold"] == 100
