"""Events are hints: kept once, acted on once in effect, in any order and number."""

import itertools
import json
import time

import pytest

from accounts.models import AuditEntry
from boards.models import Hold
from payments import events
from payments.errors import BadSignature, NotParked
from payments.models import Attempt, Payment, StaffTask, StripeEvent
from tests.factories import make_board, make_user
from tests.payments.outside import Order, Outside, deliver, order, signed
from tests.payments.world import assert_sound, ledger, outcome, rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_completed_session_s_event_sells_the_tiles(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    kept = deliver(outside.events()[-1])
    assert (kept.type, kept.object_id) == ("checkout.session.completed", made.session_id)
    assert (kept.parked, kept.error, kept.attempts) == ("", "", 0)
    assert kept.processed_at is not None
    assert made.phase() == "sold"


def test_a_hundred_deliveries_are_one_event(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    told = outside.events()[-1]
    deliver(told)
    before = rows()
    for _ in range(20):
        deliver(told)
    assert rows() == before
    assert StripeEvent.objects.count() == 1


def paid_at_once(outside: Outside, made: Order) -> None:
    outside.pay(made, "declined")
    outside.pay(made)


def paid_by_bank(outside: Outside, made: Order) -> None:
    outside.pay(made, "processing")
    outside.bank(made)


def refused_by_bank(outside: Outside, made: Order) -> None:
    outside.pay(made, "processing")
    outside.bank(made, "failed")


def disputed(outside: Outside, made: Order) -> None:
    outside.pay(made)
    charge = made.session().charge
    outside.control(f"charges/{charge}/dispute", {"reason": "fraudulent"})


@pytest.mark.parametrize("story", [paid_at_once, paid_by_bank, refused_by_bank])
def test_any_order_and_any_copies_end_the_same(outside: Outside, story) -> None:
    ends = []
    for copies, reverse in itertools.product((1, 2), (False, True)):
        board = make_board()
        made = order(board, [1, 2], cover=True, email=f"a{copies}{reverse}@example.org")
        story(outside, made)
        told = [event for event in outside.events("*") if made.session_id in json.dumps(event)]
        for event in (told[::-1] if reverse else told) * copies:
            deliver(event)
        ends.append(outcome(board))
        assert_sound()
    assert ends[0]["waiting"] == 0
    assert ends == [ends[0]] * 4


def test_an_event_that_came_while_the_bank_worked_and_one_after(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made, "processing")
    first = outside.events("checkout.session.completed")[-1]
    deliver(first)
    assert made.phase() == "processing"
    outside.bank(made)
    deliver(outside.events("checkout.session.async_payment_succeeded")[-1])
    assert made.phase() == "sold"
    assert_sound()


def test_an_expired_event_for_a_paid_order_changes_nothing(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    told = outside.events("checkout.session.completed")[-1]
    deliver(told)
    before = rows(StripeEvent)
    deliver(told | {"id": "evt_other", "type": "checkout.session.expired"})
    assert rows(StripeEvent) == before


def test_a_dispute_is_recorded_for_staff_and_the_tiles_stay_sold(outside: Outside) -> None:
    board = make_board()
    made = order(board, [1, 2])
    disputed(outside, made)
    made.settle()
    raised = outcome(board)["raised"]
    told = outside.events("charge.dispute.created")[-1]
    for _ in range(2):
        assert deliver(told).parked == ""
    assert made.phase() == "sold"
    assert outcome(board)["raised"] == raised == 300
    task = StaffTask.objects.get()
    assert (task.kind, task.facts["reason"]) == ("dispute", "fraudulent")
    assert_sound()


@pytest.mark.parametrize("lost_answer", [False, True])
def test_a_dispute_that_came_before_its_payment_is_followed(
    outside: Outside, lost_answer: bool
) -> None:
    made = order(make_board())
    disputed(outside, made)
    if lost_answer:
        Attempt.objects.update(status=Attempt.Status.CREATED, session_id="", url="")
    assert deliver(outside.events("charge.dispute.created")[-1]).parked == ""
    assert made.phase() == "sold"
    assert ledger()["disputed"] == 100
    deliver(outside.events("checkout.session.completed")[-1])
    assert StaffTask.objects.get().kind == "dispute"
    assert_sound()


def test_a_refund_by_hand_that_came_before_its_payment_is_followed(outside: Outside) -> None:
    made = order(make_board())
    outside.pay(made)
    told = outside.events("payment_intent.succeeded")[-1]
    outside.dashboard_refund(told["data"]["object"]["id"], 40)
    assert deliver(outside.events("charge.refunded")[-1]).parked == ""
    assert Payment.objects.get().refunded_minor == 40
    assert ledger()["unallocated"] == 40
    assert_sound()


def test_a_dispute_of_money_that_is_none_of_ours_is_kept_for_staff(outside: Outside) -> None:
    made = order(make_board())
    disputed(outside, made)
    Attempt.objects.update(session_id="cs_of_somebody_else")
    kept = deliver(outside.events("charge.dispute.created")[-1])
    assert kept.parked == "unmatched"
    assert StaffTask.objects.get().kind == "unmatched"
    assert made.phase() == "paying"


def test_a_parked_event_can_be_processed_again_once_what_it_names_is_known(
    outside: Outside,
) -> None:
    made = order(make_board(), [2])
    outside.pay(made)
    Attempt.objects.update(session_id="cs_elsewhere", reference="elsewhere")
    event = outside.events("checkout.session.completed")[-1]
    kept = deliver(event)
    assert kept.parked == "unmatched"
    Attempt.objects.update(session_id=made.session_id, reference=made.attempt.reference)
    events.again(kept, make_user())
    assert events.process(kept.pk)
    kept.refresh_from_db()
    assert (kept.parked, made.phase()) == ("", "sold")
    assert AuditEntry.objects.filter(verb="stripeevent.again").count() == 1
    with pytest.raises(NotParked):
        events.again(kept, make_user())


def test_types_we_do_not_know_are_kept(outside: Outside) -> None:
    made = order(make_board())
    outside.pay(made)
    told = outside.events()[-1] | {"id": "evt_news", "type": "invoice.paid"}
    before = rows(StripeEvent)
    kept = deliver(told)
    assert (kept.type, kept.parked) == ("invoice.paid", "")
    assert json.loads(kept.body) == told
    assert kept.processed_at is not None
    assert rows(StripeEvent) == before


def test_a_second_body_under_the_same_id_changes_nothing(outside: Outside) -> None:
    made = order(make_board())
    outside.pay(made)
    told = outside.events()[-1]
    deliver(told)
    before = rows(StaffTask)
    deliver(told | {"type": "checkout.session.expired"})
    assert rows(StaffTask) == before
    assert StaffTask.objects.count() == 1, "an alarm"


def test_an_expired_session_s_event_frees_the_tiles(outside: Outside) -> None:
    order(make_board())
    outside.pass_time(2_101)
    deliver(outside.events("checkout.session.expired")[-1])
    assert Hold.objects.get().phase == "expired"


BODY = json.dumps(
    {
        "id": "evt_1", "object": "event", "type": "x.y", "livemode": False, "account": None,
        "data": {"object": {"id": "cs_1"}},
    }
).encode()  # fmt: skip


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (BODY, ""),
        (BODY, "t=1,v1=00"),
        (BODY, "garbage"),
        (BODY, "t=ünï,v1=ö"),
        (BODY, lambda: signed(BODY, time.time() - 301)),
        (BODY, lambda: signed(BODY, time.time() + 301)),
        (BODY, lambda: signed(BODY, secret="whsec_other")),
        (BODY + b" ", lambda: signed(BODY)),
        *((body, None) for body in (
            b"", b"[]", b"null", b"7", b"{}", b'"text"', b"\xff\xfe", b"[" * 100_000,
            b'{"data": []}', BODY.replace(b'"event"', b'"list"'), BODY.replace(b"evt_1", b""),
            BODY.replace(b'"x.y"', b"7"), BODY.replace(b"cs_1", b"c" * 200),
            BODY.replace(b"cs_1", b"\\u0000"), BODY.replace(b"cs_1", b"\\ud800"), b" " * 256_001,
        )),
    ],
    ids=lambda value: repr(value)[:24],
)  # fmt: skip
def test_what_stripe_did_not_sign_or_can_not_mean_is_refused(body: bytes, header) -> None:
    header = signed(body) if header is None else header() if callable(header) else header
    with pytest.raises(BadSignature):
        events.receive(body, header)
    assert not StripeEvent.objects.exists()


def test_while_secrets_are_rotated_both_are_good(settings) -> None:
    old, new = settings.STRIPE_WEBHOOK_SECRETS[0], "whsec_new"
    settings.STRIPE_WEBHOOK_SECRETS = [new, old]
    for secret in (old, new):
        assert events.receive(BODY, signed(BODY, secret=secret)).event_id == "evt_1"
