"""The process dies at every named place of a payment; whoever comes next puts it right."""

import json

import pytest

from boards.models import Hold
from payments import checkouts, events, tasks
from payments.models import Attempt, StripeEvent
from tests.factories import make_board, make_hold
from tests.payments.outside import Order, Outside, dies, order, signed, start
from tests.payments.world import assert_sound, ledger

pytestmark = pytest.mark.django_db(transaction=True)


def sessions(outside: Outside) -> list[str]:
    return [session["status"] for session in outside.ledger()["sessions"]]


@pytest.mark.parametrize("at", ["hold_paying", "attempt_written"])
def test_dead_before_the_commit_is_as_if_nothing_was(outside: Outside, at: str) -> None:
    hold = make_hold(make_board(), [1, 2])
    dies(at, lambda: start(hold))
    assert Hold.objects.get().phase == "browsing"
    assert not Attempt.objects.exists()
    assert "cs_test_" in start(hold)
    assert sessions(outside) == ["open"]


@pytest.mark.parametrize(
    ("at", "made"),
    [("before_create_session", 0), ("after_create_session", 1), ("session_noted", 1)],
)
def test_dead_around_the_call_there_is_one_session_still(
    outside: Outside, at: str, made: int
) -> None:
    hold = make_hold(make_board(), [1, 2])
    dies(at, lambda: start(hold))
    assert len(sessions(outside)) == made
    assert Hold.objects.get().phase == "paying"
    url = start(hold)
    assert start(hold) == url
    assert sessions(outside) == ["open"]
    assert Attempt.objects.count() == 1


def test_dead_after_the_session_was_ended(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    dies("session_expired", lambda: checkouts.leave(hold=made.hold))
    assert (made.phase(), sessions(outside)) == ("paying", ["expired"])
    assert checkouts.leave(hold=made.hold).phase == "browsing"


def paid(outside: Outside) -> tuple[Order, StripeEvent]:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    told = outside.events("checkout.session.completed")[-1]
    body = json.dumps(told).encode()
    return made, events.receive(body, signed(body))


@pytest.mark.parametrize("at", ["hold_sold", "before_settle_commit", "before_event_processed"])
def test_dead_before_a_settlement_s_commit_nothing_is_settled(outside: Outside, at: str) -> None:
    made, event = paid(outside)
    dies(at, lambda: events.process(event.pk))
    assert (made.phase(), ledger()) == ("paying", {})
    assert StripeEvent.objects.get().processed_at is None
    assert tasks.sweep_events() == 1
    assert StripeEvent.objects.get().processed_at is not None
    assert made.phase() == "sold"
    assert_sound()
