"""A cancelled campaign keeps its gifts, or owes them all back, bit by bit."""

import pytest

from accounts.actors import Actor
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from boards.models import Board
from campaigns.errors import WrongStatus
from campaigns.models import Goal
from payments import closing, repaying
from payments.audit import running
from payments.models import Closing, Payment, Refund, StaffTask
from tests.factories import make_board, make_sale
from tests.organizing import actor
from tests.payments.outside import Outside, order
from tests.payments.test_disputes import hear
from tests.payments.world import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(outside: Outside) -> Board:
    """Three paid orders, one sale for cash, one order that is being paid."""
    board = make_board(50)
    for numbers in ([1, 2], [10], [20]):
        made = order(board, numbers, cover=True)
        outside.pay(made)
        made.settle()
    make_sale(board, [30])
    return board


@pytest.fixture
def owner(board: Board) -> Actor:
    return actor(board.campaign.organization)


def raised(board: Board) -> int:
    return Goal.objects.get(pk=board.goal_id).raised_minor


def sound() -> None:
    assert_sound()
    assert [(f.check, f.facts) for f in running.run().findings] == []


def test_the_tally_says_what_it_is_about(board: Board) -> None:
    found = closing.tally(board.campaign)
    paid = 3_300 + sum(Refund.objects.values_list("amount_minor", flat=True))
    assert (found.card_gifts, found.card_tiles, found.hand_gifts, found.hand_minor) == (
        3, 4, 1, 3_000,
    )  # fmt: skip
    assert found.card_minor > paid, "covered fees go back, too"
    assert found.in_payment == 0


def test_kept_is_kept(board: Board, owner: Actor) -> None:
    closing.cancel(board.campaign, owner, refund=False)
    assert board.campaign.status == "cancelled"
    assert closing.work_off_all() == 0
    assert raised(board) == 6_300
    assert not Refund.objects.exists()
    board.refresh_from_db()
    assert not board.is_open


def test_refunding_all_goes_on_where_it_stopped(board: Board, owner: Actor, outside) -> None:
    paid = closing.tally(board.campaign).card_minor
    row = closing.cancel(board.campaign, owner, refund=True)
    assert (row.gifts, row.amount_minor) == (3, paid)
    assert closing.work_off(row, batch=2) == 2
    found = closing.progress(board.campaign)
    assert found is not None
    assert (found.owed, found.waiting) == (2, 1)
    sound()
    assert closing.work_off_all() == 1
    assert closing.work_off_all() == 0
    repaying.pay_due()
    assert raised(board) == 3_000
    done = closing.progress(board.campaign)
    assert done is not None
    assert (done.owed_minor, done.sent_back, done.waiting) == (paid, 3, 0)
    assert done.closing.finished_at
    assert outside.ledger()["refunded_cents"] == paid
    sound()


def test_what_is_paid_while_it_is_cancelled_goes_back_too(
    board: Board, owner: Actor, outside: Outside
) -> None:
    late = order(board, [45])
    closing.cancel(board.campaign, owner, refund=True)
    assert closing.work_off_all() == 3
    assert Closing.objects.get().finished_at is None
    outside.pay(late)
    late.settle()
    assert closing.work_off_all() == 1
    assert Closing.objects.get().finished_at
    assert raised(board) == 3_000


def test_keeping_can_be_turned_into_refunding(board: Board, owner: Actor) -> None:
    closing.cancel(board.campaign, owner, refund=False)
    closing.cancel(board.campaign, owner, refund=True)
    assert closing.work_off_all() == 3
    closing.cancel(board.campaign, owner, refund=False)
    assert Closing.objects.get().refund, "what was decided for the supporters stays"


def test_a_disputed_gift_waits_for_staff(board: Board, owner: Actor, outside: Outside) -> None:
    disputed = order(board, [44])
    outside.pay(disputed)
    disputed.settle()
    charge = Payment.objects.get(attempt=disputed.attempt).charge
    outside.control(f"charges/{charge}/dispute", {"status": "needs_response"})
    hear(outside)
    closing.cancel(board.campaign, owner, refund=True)
    assert closing.work_off_all() == 3
    assert closing.work_off_all() == 0
    assert len(Closing.objects.get().stuck) == 1
    assert StaffTask.objects.filter(key__startswith="closing:").count() == 1


def test_a_team_admin_may_cancel_and_not_refund(board: Board) -> None:
    helper = actor(board.campaign.organization, Role.TEAM_ADMIN)
    with pytest.raises(Forbidden):
        closing.cancel(board.campaign, helper, refund=True)
    board.campaign.refresh_from_db()
    assert board.campaign.status == "active"
    closing.cancel(board.campaign, helper, refund=False)


def test_what_is_over_can_t_be_cancelled(board: Board, owner: Actor) -> None:
    type(board.campaign).objects.filter(pk=board.campaign_id).update(status="completed")
    with pytest.raises(WrongStatus):
        closing.cancel(board.campaign, owner, refund=False)
