"""Disputes: an overlay that follows Stripe's balance, whatever order its events come in."""

import pytest

from boards.models import Claim
from campaigns.models import Goal
from payments.models import Dispute, Payment, StaffTask
from tests.factories import make_board
from tests.payments.outside import Outside, deliver, order
from tests.payments.world import assert_sound, ledger

pytestmark = pytest.mark.django_db(transaction=True)


def disputed(outside: Outside, status: str = "needs_response") -> tuple[Goal, str]:
    board = make_board(50)
    made = order(board, [7, 19, 50], cover=True)
    outside.pay(made)
    made.settle()
    outside.control(f"charges/{Payment.objects.get().charge}/dispute", {"status": status})
    hear(outside)
    return Goal.objects.get(pk=board.goal_id), Dispute.objects.get().dispute_id


def hear(outside: Outside, *, backwards: bool = False) -> None:
    told = outside.events("charge.dispute.*")
    for event in told[::-1] if backwards else told:
        deliver(event)


def test_an_open_dispute_leaves_tiles_and_totals_and_shows_the_money_at_risk(
    outside: Outside,
) -> None:
    goal, _dispute = disputed(outside)
    assert goal.raised_minor == 7_600
    assert Claim.objects.filter(ended_at=None).count() == 3
    found = Dispute.objects.get()
    assert found.is_open and found.withdrawn_minor == 7_858
    assert ledger()["disputed"] == 7_858
    assert StaffTask.objects.get().kind == StaffTask.Kind.DISPUTE


@pytest.mark.parametrize("backwards", [False, True])
def test_a_lost_dispute_stops_counting_once(outside: Outside, backwards: bool) -> None:
    goal, dispute = disputed(outside)
    outside.control(f"disputes/{dispute}/close", {"status": "lost"})
    hear(outside, backwards=backwards)
    hear(outside)
    goal.refresh_from_db()
    assert goal.raised_minor == 0
    assert "disputed" not in ledger()
    assert Claim.objects.filter(ended_at=None).count() == 3
    assert not Dispute.objects.get().is_open


def test_an_appeal_that_is_won_gives_everything_back(outside: Outside) -> None:
    goal, dispute = disputed(outside)
    outside.control(f"disputes/{dispute}/close", {"status": "lost"})
    hear(outside)
    outside.control(f"disputes/{dispute}/update", {"status": "won"})
    hear(outside)
    goal.refresh_from_db()
    found = Dispute.objects.get()
    assert (goal.raised_minor, found.status, found.withdrawn_minor) == (7_600, "won", 0)
    assert ledger().get("disputed", 0) == 0
    assert_sound()


def test_an_inquiry_moves_no_money(outside: Outside) -> None:
    goal, dispute = disputed(outside, "warning_needs_response")
    assert ledger().get("disputed", 0) == 0
    outside.control(f"disputes/{dispute}/close", {"status": "warning_closed"})
    hear(outside)
    assert not Dispute.objects.get().is_open
    goal.refresh_from_db()
    assert goal.raised_minor == 7_600


def test_hearing_everything_again_changes_nothing(outside: Outside) -> None:
    _goal, dispute = disputed(outside)
    outside.control(f"disputes/{dispute}/close", {"status": "won"})
    hear(outside)
    before = ledger()
    for _again in range(3):
        hear(outside, backwards=True)
    assert ledger() == before
