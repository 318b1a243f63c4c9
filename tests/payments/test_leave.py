"""Back to the board: first nobody can pay any more, then the tiles are browsed again."""

import datetime as dt

import pytest

from accounts.models import Organization
from boards import holds
from boards.models import Hold
from payments import checkouts
from payments.errors import PaymentsUnavailable
from payments.models import Attempt, Checkout
from rally.kit import clock
from tests.factories import make_board, make_hold
from tests.payments.outside import Outside, deliver, dies, order, start
from tests.payments.world import assert_sound, rows

pytestmark = pytest.mark.django_db(transaction=True)
EXPIRE = "POST /v1/checkout/sessions/*/expire"
MINUTE = dt.timedelta(minutes=1)


def test_the_session_ends_first_and_five_minutes_are_left_at_least(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    Hold.objects.filter(pk=made.hold.pk).update(created_at=clock.now() - 60 * MINUTE)
    hold = checkouts.leave(hold=made.hold)
    assert hold.phase == "browsing"
    assert made.session().status == "expired"
    assert 4 * MINUTE < hold.expires_at - clock.database_now() <= 5 * MINUTE
    assert Checkout.objects.get().status == Checkout.Status.CLOSED


def test_what_was_left_of_the_hold_is_left_again(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    before = made.hold.expires_at
    hold = checkouts.leave(hold=made.hold)
    assert abs(hold.expires_at - before) < dt.timedelta(seconds=5)


def test_in_a_sandbox_whose_clock_was_moved_the_tiles_stay_yours_too(outside: Outside) -> None:
    outside.pass_time(2 * 86_400)
    board = make_board()
    Organization.objects.update(clock_offset_s=2 * 86_400)
    hold = checkouts.leave(hold=order(board, [1, 2]).hold)
    assert hold.phase == "browsing"
    assert hold.expires_at - clock.database_now(2 * 86_400) > 14 * MINUTE
    assert not holds.has_lapsed(hold)


def test_another_wish_is_then_another_session(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    checkouts.leave(hold=made.hold)
    url = start(made.hold, cover=True)
    assert url != made.url
    assert Attempt.objects.filter(status__in=Attempt.UNRESOLVED).count() == 1
    states = {session["status"] for session in outside.ledger()["sessions"]}
    assert states == {"expired", "open"}


def test_who_paid_and_then_leaves_has_bought(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    assert checkouts.leave(hold=made.hold).phase == "sold"
    assert Attempt.objects.get().status == Attempt.Status.COMPLETE
    assert_sound()


def test_who_leaves_while_their_bank_works_keeps_the_tiles(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made, "processing")
    assert checkouts.leave(hold=made.hold).phase == "processing"


def test_who_leaves_a_session_that_ended_has_the_tiles_for_a_while_still(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pass_time(2_101)
    assert checkouts.leave(hold=made.hold).phase == "browsing"


@pytest.mark.parametrize("kind", ["500_before", "429"])
def test_when_nobody_knows_nothing_changes(outside: Outside, kind: str) -> None:
    made = order(make_board(), [1, 2])
    outside.fail(kind, route=EXPIRE)
    before = rows(Attempt)
    with pytest.raises(PaymentsUnavailable):
        checkouts.leave(hold=made.hold)
    assert rows(Attempt) == before
    assert start(made.hold) == made.url
    outside.recover()
    assert checkouts.leave(hold=made.hold).phase == "browsing"


def test_an_answer_that_was_cut_off_is_asked_for_again(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.fail("cut", times=1, route=EXPIRE)
    assert checkouts.leave(hold=made.hold).phase == "browsing"


def test_a_session_nobody_heard_of_is_made_and_ended(outside: Outside) -> None:
    hold = make_hold(make_board())
    start(hold)
    Attempt.objects.update(status=Attempt.Status.CREATED, session_id="", url="")
    assert checkouts.leave(hold=hold).phase == "browsing"
    assert [session["status"] for session in outside.ledger()["sessions"]] == ["expired"]


def test_leaving_twice_is_leaving_once(outside: Outside) -> None:
    made = order(make_board())
    checkouts.leave(hold=made.hold)
    before = rows()
    checkouts.leave(hold=made.hold)
    assert rows() == before


def test_stripe_s_word_of_the_end_may_be_quicker_than_ours(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    dies("session_expired", lambda: checkouts.leave(hold=made.hold))
    assert made.phase() == "paying"
    deliver(outside.events("checkout.session.expired")[-1])
    hold = Hold.objects.get()
    assert (hold.phase, hold.claims.filter(ended_at=None).count()) == ("browsing", 2)
    assert hold.expires_at - clock.database_now() > 4 * MINUTE


def test_a_session_stripe_won_t_make_any_more_is_none(outside: Outside) -> None:
    hold = make_hold(make_board())
    outside.fail("500_before")
    with pytest.raises(PaymentsUnavailable):
        start(hold)
    outside.recover()
    outside.pass_time(6 * 60)  # by then the attempt would end too soon for Stripe
    assert checkouts.leave(hold=hold).phase == "browsing"
    assert Attempt.objects.get().status == Attempt.Status.DEAD
    assert outside.ledger()["sessions"] == []
