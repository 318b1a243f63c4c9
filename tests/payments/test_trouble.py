"""When Stripe is slow, busy, broken or gone: the tiles stay, and no second session is made."""

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from accounts.models import AuditEntry
from boards.models import Hold
from payments import stafftasks, tasks
from payments.errors import PaymentsUnavailable, SessionRefused
from payments.gateway import retrieve_session
from payments.models import Attempt, Checkout, StaffTask, StripeAccount
from payments.sessions import resolve
from rally.kit import clock
from tests.factories import make_board, make_hold, make_user
from tests.payments.outside import Order, Outside, deliver, order, start
from tests.payments.world import assert_sound
from tests.services import free_port

pytestmark = pytest.mark.django_db(transaction=True)


def stuck(outside: Outside, kind: str) -> Hold:
    """A hold whose session was asked for and whose answer never came."""
    hold = make_hold(make_board(), [1, 2])
    outside.fail(kind)
    with pytest.raises(PaymentsUnavailable):
        start(hold)
    outside.recover()
    return hold


@pytest.mark.parametrize("kind", ["429", "500_before"])
def test_trouble_keeps_the_tiles_and_a_retry_gives_one_session(outside: Outside, kind: str) -> None:
    hold = stuck(outside, kind)
    assert Hold.objects.get(pk=hold.pk).phase == "paying"
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.session_id) == (Attempt.Status.CREATED, "")
    url = start(hold)
    assert start(hold) == url
    sessions = outside.ledger()["sessions"]
    assert [session["id"] in url for session in sessions] == [True]
    assert Attempt.objects.get().session_id == sessions[0]["id"]


@pytest.mark.parametrize("kind", ["500_before", "500_after", "cut"])
def test_one_hiccup_is_not_even_noticed(outside: Outside, kind: str) -> None:
    """After a 500 Stripe repeats it for that key, though the session was made: it is found."""
    outside.fail(kind, times=1)
    assert "cs_test_" in start(make_hold(make_board()))
    assert len(outside.ledger()["sessions"]) == 1


def test_a_stripe_that_hangs_does_not_take_every_thread_along(outside: Outside, settings) -> None:
    settings.STRIPE_ROOM_SECONDS = 0.1
    account = order(make_board()).attempt.account
    most = settings.STRIPE_CALLS_AT_ONCE
    outside.control("faults", {"route": "GET /v1/checkout/sessions/cs_test_nobody", "kind": "slow",
                               "times": most, "seconds": 2})  # fmt: skip
    began = time.monotonic()
    with ThreadPoolExecutor(most) as pool:
        waiting = [pool.submit(refused, account) for _ in range(most)]
        time.sleep(0.5)
        assert refused(account) == "PaymentsUnavailable"
        assert time.monotonic() - began < 1.5, "it waited as long as the others"
        assert {one.result() for one in waiting} == {"SessionRefused"}
    assert refused(account) == "SessionRefused"


def refused(account: StripeAccount) -> str:
    """Asks for a session that isn't there; the name of what comes back."""
    try:
        retrieve_session(account, "cs_test_nobody")
    except (PaymentsUnavailable, SessionRefused) as why:
        return type(why).__name__
    return ""


def test_a_stripe_that_is_not_there_keeps_the_tiles(outside: Outside, settings) -> None:
    hold = make_hold(make_board())
    there, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, f"http://127.0.0.1:{free_port()}"
    with pytest.raises(PaymentsUnavailable) as refused:
        start(hold)
    assert refused.value.facts["retryAfter"] > 0
    settings.STRIPE_API_BASE = there
    assert "cs_test_" in start(hold)


def test_parameters_that_stripe_refuses_give_the_tiles_back(outside: Outside, settings) -> None:
    settings.RALLY_SESSION_SECONDS = 60  # Stripe wants half an hour
    hold = make_hold(make_board())
    with pytest.raises(PaymentsUnavailable):
        start(hold)
    hold.refresh_from_db()
    assert hold.phase == "browsing"
    assert Attempt.objects.get().status == Attempt.Status.DEAD
    assert Checkout.objects.get().status == Checkout.Status.CLOSED
    settings.RALLY_SESSION_SECONDS = 2_100
    assert "cs_test_" in start(hold)


def lost_answer(outside: Outside) -> Hold:
    """A hold whose session was made, but we died before we could write that down."""
    hold = make_hold(make_board(), [1, 2])
    start(hold)
    Attempt.objects.update(status=Attempt.Status.CREATED, session_id="", url="")
    return hold


def old(attempt: Attempt) -> Attempt:
    """The attempt as it is five minutes later."""
    created = attempt.created_at - dt.timedelta(minutes=5)
    Attempt.objects.filter(pk=attempt.pk).update(created_at=created)
    return Attempt.objects.select_related("account", "checkout__hold__organization").get()


def test_an_old_request_is_not_sent_again_but_looked_for(outside: Outside) -> None:
    hold = lost_answer(outside)
    old(Attempt.objects.get())
    with pytest.raises(PaymentsUnavailable):
        start(hold)
    assert tasks.resolve_overdue() == 1
    attempt = Attempt.objects.get()
    assert attempt.status == Attempt.Status.OPEN
    assert start(hold) == attempt.url
    assert len(outside.ledger()["sessions"]) == 1


def test_a_session_that_was_never_made_gives_the_tiles_back(outside: Outside) -> None:
    hold = stuck(outside, "500_before")
    resolve(old(Attempt.objects.get()))
    hold.refresh_from_db()
    assert hold.phase == "browsing"
    assert Attempt.objects.get().status == Attempt.Status.DEAD
    assert "cs_test_" in start(hold)


def test_a_payment_of_a_lost_session_is_adopted_by_its_reference(outside: Outside) -> None:
    hold = lost_answer(outside)
    lost = outside.ledger()["sessions"][0]["id"]
    outside.control(f"sessions/{lost}/complete")
    event = deliver(outside.events("checkout.session.completed")[0])
    assert (event.parked, event.error) == ("", "")
    assert Attempt.objects.get().session_id == lost
    hold.refresh_from_db()
    assert hold.phase == "sold"


def test_while_stripe_does_not_answer_an_event_waits(outside: Outside, settings) -> None:
    hold = make_hold(make_board())
    start(hold)
    attempt = Attempt.objects.get()
    outside.control(f"sessions/{attempt.session_id}/complete")
    told = outside.events("checkout.session.completed")[0]
    there, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, f"http://127.0.0.1:{free_port()}"
    event = deliver(told)
    assert event.processed_at is None
    assert event.attempts == 1
    assert event.next_at > event.received_at
    settings.STRIPE_API_BASE = there
    assert deliver(told).processed_at is not None
    hold.refresh_from_db()
    assert hold.phase == "sold"


def overdue(outside: Outside, settings, hours: int) -> Order:
    """A paid order of which nobody told us, whose page ended `hours` ago, and Stripe is away."""
    made = order(make_board(), [3])
    outside.pay(made)
    there, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, f"http://127.0.0.1:{free_port()}"
    ago = dt.timedelta(hours=hours)
    Attempt.objects.update(expires_at=clock.database_now() - ago)
    tasks.resolve_overdue()
    settings.STRIPE_API_BASE = there
    return made


def test_a_payment_nobody_can_ask_about_for_a_day_goes_to_staff(outside: Outside, settings) -> None:
    made = overdue(outside, settings, 25)
    task = StaffTask.objects.get(kind=StaffTask.Kind.STUCK)
    assert task.facts["amount_minor"] == 300
    assert made.phase() == "paying", "no clock of ours takes the tile away"


def test_before_that_nobody_is_asked_and_nothing_can_be_declared(
    outside: Outside, settings
) -> None:
    made = overdue(outside, settings, 23)
    assert not StaffTask.objects.exists()
    with pytest.raises(stafftasks.NotStuck):
        stafftasks.declare_dead(made.attempt_now(), make_user(), "It looks dead.")
    assert made.phase() == "paying"


def test_declared_dead_the_tile_is_free_and_the_money_that_comes_is_not_lost(
    outside: Outside, settings
) -> None:
    made = overdue(outside, settings, 25)
    with pytest.raises(stafftasks.NoteNeeded):
        stafftasks.declare_dead(made.attempt_now(), make_user(), " \u200b")
    for _ in range(2):
        with suppress(stafftasks.NotStuck):
            stafftasks.declare_dead(made.attempt_now(), make_user(), "Unknown at Stripe.")
    assert made.attempt_now().status == Attempt.Status.DEAD
    assert made.phase() == "browsing"
    assert AuditEntry.objects.filter(verb="attempt.declared_dead").count() == 1
    assert StaffTask.objects.get().resolved_at is not None
    made.settle()
    assert made.phase() == "sold"
    assert_sound()
