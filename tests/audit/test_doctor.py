"""What is stuck is explained, and repaired only through the verbs everybody uses."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, OutboxEvent
from boards.models import Hold
from payments import refunds, repaying, sessions
from payments.errors import PaymentsUnavailable
from payments.models import Attempt, Checkout, Payment, Refund, StripeEvent
from rally.kit import heartbeat
from tests.audit.breaking import Breaker
from tests.audit.traffic import Traffic
from tests.factories import make_board, make_hold
from tests.payments.outside import Outside, deliver, order
from tests.payments.test_late import given_up
from tests.payments.test_trouble import stuck

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def beating_worker() -> None:
    heartbeat.beat()


def doctor(*options: str) -> tuple[int, dict[str, Any]]:
    """Exit status and what was printed."""
    out = io.StringIO()
    try:
        call_command("doctor", "--json", *options, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def kinds(said: dict[str, Any]) -> list[str]:
    return [one["problem"] for one in said["problems"]]


def repaired(*options: str) -> dict[str, Any]:
    status, said = doctor("--repair", "--yes", *options)
    assert status == (0 if said["ok"] else 1)
    return said


def earlier(model: Any, column: str, pk: int) -> None:
    model.objects.filter(pk=pk).update(**{column: timezone.now() - HOUR})


def test_nothing_is_stuck(outside: Outside) -> None:
    order(make_board())
    assert doctor() == (0, {"ok": True, "problems": [], "repaired": [], "story": []})


def test_a_lost_answer_is_asked_for_again(outside: Outside) -> None:
    hold = stuck(outside, "500_before")
    earlier(Attempt, "created_at", Attempt.objects.get().pk)
    assert kinds(doctor()[1]) == ["attempt_unsure"]
    said = repaired()
    assert (said["ok"], said["repaired"][0]["outcome"]) == (True, "done")
    assert Attempt.objects.get().status == Attempt.Status.DEAD
    assert Hold.objects.get(pk=hold.pk).phase == "browsing"
    entry = AuditEntry.objects.get()
    assert (entry.door, entry.verb) == ("command", "doctor.attempt_unsure")
    assert entry.organization_id == hold.organization_id


def test_a_session_past_its_end_is_settled(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    earlier(Attempt, "expires_at", made.attempt.pk)
    assert kinds(doctor("--hold", made.hold.reference)[1]) == ["attempt_overdue"]
    assert repaired("--hold", made.hold.reference)["ok"]
    assert made.phase() == "sold"


def test_a_hold_without_an_attempt_is_asked_about(outside: Outside) -> None:
    made = order(make_board())
    Attempt.objects.update(status=Attempt.Status.DEAD)
    outside.pay(made)
    assert kinds(doctor()[1]) == ["paying_without_attempt"]
    assert repaired()["ok"]
    assert made.phase() == "sold"


def test_an_open_order_whose_hold_ended_is_named(outside: Outside) -> None:
    made = order(make_board())
    Hold.objects.filter(pk=made.hold.pk).update(phase="expired")
    reference = made.attempt.checkout.reference
    status, said = doctor("--checkout", reference)
    assert (status, kinds(said)) == (1, ["order_without_hold"])
    assert [line.split()[0] for line in said["story"]] == ["Hold", "Order", "Attempt"]
    assert Checkout.objects.get().status == Checkout.Status.OPEN


def test_a_refund_without_answer_is_sent_again(outside: Outside) -> None:
    made = order(make_board())
    outside.pay(made)
    made.settle()
    gift = made.attempt.checkout.lines.get().donation
    refunds.request(gift=gift, by=refunds.Actor(None, "task"))
    outside.fail("500_before", route="POST /v1/refunds")
    with pytest.raises(PaymentsUnavailable):
        repaying.pay(Refund.objects.select_related("payment", "account").get())
    outside.recover()
    earlier(Refund, "sent_at", Refund.objects.get().pk)
    assert kinds(doctor()[1]) == ["refund_unanswered"]
    repaired()
    assert Refund.objects.get().refund_id or Refund.objects.get().status == Refund.Status.SENT


def test_a_refund_that_is_due_is_sent(outside: Outside) -> None:
    board = make_board()
    made = given_up(outside, board, [1])
    make_hold(board, [1])
    made.settle()
    assert kinds(doctor()[1]) == []
    Refund.objects.update(not_before=timezone.now() - HOUR)
    assert kinds(doctor()[1]) == ["refund_due"]
    assert repaired()["ok"]
    assert Refund.objects.get().status == Refund.Status.SUCCEEDED


def test_a_failed_refund_has_no_safe_repair(outside: Outside) -> None:
    board = make_board()
    made = given_up(outside, board, [1])
    make_hold(board, [1])
    made.settle()
    Refund.objects.update(status=Refund.Status.FAILED)
    said = repaired()
    assert (kinds(said), said["repaired"]) == (["refund_failed"], [])
    assert said["problems"][0]["repairable"] is False


def test_an_event_that_keeps_failing_is_tried(outside: Outside) -> None:
    made = order(make_board())
    outside.pay(made)
    event = deliver(outside.events()[0])
    StripeEvent.objects.filter(pk=event.pk).update(processed_at=None, attempts=7, error="why")
    status, said = doctor()
    assert (status, kinds(said)) == (1, ["event_failing"])
    assert said["problems"][0]["facts"] == {"error": "why", "type": event.type}
    assert repaired()["ok"]


def test_a_payment_that_takes_weeks_is_named(outside: Outside) -> None:
    made = order(make_board())
    outside.pay(made, "processing")
    made.settle()
    assert doctor()[0] == 0
    Payment.objects.update(created_at=timezone.now() - dt.timedelta(days=20))
    said = repaired()
    assert kinds(said) == ["processing_long"]
    outside.bank(made)
    assert repaired()["ok"]
    assert made.phase() == "sold"


def test_a_hold_no_sweep_has_ended_is_ended(outside: Outside) -> None:
    hold = make_hold(make_board())
    earlier(Hold, "expires_at", hold.pk)
    assert kinds(doctor()[1]) == ["hold_lapsed"]
    assert repaired()["ok"]
    assert Hold.objects.get().phase == "expired"


def test_mail_that_keeps_failing_and_a_silent_worker_are_named(outside: Outside) -> None:
    OutboxEvent.objects.create(kind="gift.paid", key="x", attempts=5, error="refused")
    heartbeat.cache.delete(heartbeat.KEY)
    status, said = doctor("--repair", "--yes")
    assert (status, kinds(said)) == (1, ["worker_silent", "outbox_failing"])
    assert said["repaired"] == []


def test_trouble_with_stripe_is_told_and_changes_nothing(outside: Outside, monkeypatch) -> None:
    made = order(make_board())
    earlier(Attempt, "expires_at", made.attempt.pk)

    def unreachable(*args: object, **more: object) -> None:
        raise PaymentsUnavailable

    monkeypatch.setattr(sessions, "settle", unreachable)
    said = repaired()
    assert said["repaired"][0]["outcome"].startswith("Stripe didn't help")
    assert (kinds(said), made.phase()) == (["attempt_overdue"], "paying")


def test_repairs_are_asked_for_one_by_one(outside: Outside, monkeypatch) -> None:
    hold = make_hold(make_board())
    earlier(Hold, "expires_at", hold.pk)
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", lambda words: asked.append(words) or "n")
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", "--repair", stdout=out)
    assert asked == [f"{hold.reference}: End the hold. [y/N] "]
    assert Hold.objects.get().phase == "browsing"
    assert "The time for these tiles is over" in out.getvalue()
    monkeypatch.setattr("builtins.input", lambda words: "y")
    call_command("doctor", "--repair", stdout=out)
    assert Hold.objects.get().phase == "expired"


def test_a_live_organization_with_a_moved_clock_is_named(outside: Outside) -> None:
    board = make_board()
    organization = board.campaign.organization
    with transaction.atomic():
        breaker = Breaker(Traffic(board))
        breaker.set("accounts_organization", organization.pk, livemode=True, clock_offset_s=60)
        status, said = doctor()
        transaction.set_rollback(True)
    assert (status, kinds(said)) == (1, ["clock_ahead"])


@pytest.mark.parametrize("option", ["--hold", "--checkout"])
def test_an_unknown_reference_is_said_to_be_unknown(option: str) -> None:
    with pytest.raises(CommandError, match="There is no"):
        call_command("doctor", option, "nothing")
