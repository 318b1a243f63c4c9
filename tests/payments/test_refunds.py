"""Refunds: named lines, pending ones counted, sent once, followed to their end."""

from contextlib import suppress
from dataclasses import replace

import pytest
from django.db import connection

from accounts.actors import SYSTEM, Actor
from accounts.models import Membership
from accounts.rights import Forbidden
from boards.models import Board, Claim
from campaigns.models import Donation, Goal
from payments import gateway, refunds, repaying
from payments.errors import PaymentsUnavailable, RefundExceeds, RefundLocked
from payments.models import Payment, Refund, StaffTask
from payments.snapshots import snapshot
from rally.kit.errors import InvalidInput
from tests.boards.test_statements import statements
from tests.factories import make_board, make_campaign, make_hold, make_organization, make_user
from tests.payments.outside import Outside, deliver, order
from tests.payments.world import assert_sound, ledger

pytestmark = pytest.mark.django_db(transaction=True)
CREATE = "POST /v1/refunds"


def sold(outside: Outside, numbers=(7, 19, 50), *, cover: bool = False) -> tuple[Board, Donation]:
    board = make_board(50)
    made = order(board, list(numbers), cover=cover)
    outside.pay(made)
    made.settle()
    return board, Donation.objects.get()


def raised(board: Board) -> int:
    return Goal.objects.get(pk=board.goal_id).raised_minor


def test_a_full_refund_pays_everything_back_and_frees_the_tiles(outside: Outside) -> None:
    board, gift = sold(outside, cover=True)
    refund = refunds.request(gift=gift, by=SYSTEM)
    assert refund.amount_minor == 7_600 + 258
    assert raised(board) == 0
    repaying.pay_due()
    refund.refresh_from_db()
    payment = Payment.objects.get()
    assert refund.status == Refund.Status.SUCCEEDED
    assert (payment.refunded_minor, payment.refunding_minor) == (refund.amount_minor, 0)
    assert outside.ledger()["refunded_cents"] == refund.amount_minor
    assert snapshot(board.public_id).counts["available"] == 50
    assert ledger() == {"provider": -258, "processor_fee": 258}
    assert Donation.objects.get().status == Donation.Status.VOID
    assert_sound()


def test_one_tile_goes_back_and_the_others_stay(outside: Outside) -> None:
    board, gift = sold(outside)
    refunds.request(gift=gift, by=SYSTEM, numbers=[19])
    repaying.pay_due()
    assert raised(board) == 5_700
    live = set(Claim.objects.filter(ended_at=None).values_list("number", flat=True))
    assert live == {7, 50}
    make_hold(board, [19])
    assert outside.ledger()["refunded_cents"] == 1_900


def test_an_amount_is_spread_and_frees_nothing(outside: Outside) -> None:
    board, gift = sold(outside)
    refund = refunds.request(gift=gift, by=SYSTEM, amount_minor=1_000)
    assert sum(refund.lines.values_list("amount_minor", flat=True)) == 1_000
    assert snapshot(board.public_id).counts["sold"] == 3
    assert raised(board) == 6_600


def test_a_tile_can_stay_sold_though_it_was_paid_back(outside: Outside) -> None:
    board, gift = sold(outside)
    refunds.request(gift=gift, by=SYSTEM, reopen=False)
    assert snapshot(board.public_id).counts["sold"] == 3


@pytest.mark.parametrize("amount", [0, -1, 7_601])
def test_nothing_or_more_than_is_left_is_refused(outside: Outside, amount: int) -> None:
    _board, gift = sold(outside)
    with pytest.raises(RefundExceeds):
        refunds.request(gift=gift, by=SYSTEM, amount_minor=amount)
    assert not Refund.objects.exists()


def test_where_there_are_no_cents_nothing_is_paid_back_in_cents(outside: Outside) -> None:
    campaign = make_campaign(currency="ISK")
    board = make_board(9, campaign=campaign, unit_minor=500_000)
    made = order(board, [1, 2, 3], cover=True)
    outside.pay(made)
    made.settle()
    gift = Donation.objects.get()
    with pytest.raises(InvalidInput, match="steps of"):
        refunds.request(gift=gift, by=SYSTEM, amount_minor=12_345)
    for number in (1, 2, 3):
        assert refunds.request(gift=gift, by=SYSTEM, numbers=[number]).amount_minor % 100 == 0
    repaying.pay_due()
    payment = Payment.objects.get()
    assert payment.refunded_minor == payment.amount_minor
    assert_sound()


def test_pending_refunds_are_counted(outside: Outside) -> None:
    _board, gift = sold(outside)
    refunds.request(gift=gift, by=SYSTEM, amount_minor=7_000)
    with pytest.raises(RefundExceeds) as refused:
        refunds.request(gift=gift, by=SYSTEM, amount_minor=601)
    assert refused.value.facts["refundableCents"] == 600
    with pytest.raises(RefundExceeds):
        refunds.request(gift=gift, by=SYSTEM, numbers=[8])


def test_only_those_with_the_right_may_refund(outside: Outside) -> None:
    _board, gift = sold(outside)
    stranger, admin = make_user(), make_user()
    Membership.objects.create(user=stranger, organization=make_organization(), role="owner")
    Membership.objects.create(user=admin, organization=gift.campaign.organization, role="admin")
    with pytest.raises(Forbidden):
        refunds.request(gift=gift, by=Actor(stranger, "api"))
    assert refunds.request(gift=gift, by=Actor(admin, "api")).requested_by == admin


@pytest.mark.parametrize("kind", ["500_after", "cut", "500_before", "429"])
def test_a_refund_whose_answer_is_lost_is_made_once(outside: Outside, kind: str) -> None:
    _board, gift = sold(outside)
    refund = refunds.request(gift=gift, by=SYSTEM)
    outside.fail(kind, route=CREATE)
    with suppress(PaymentsUnavailable):  # the SDK itself may get through a cut line
        repaying.pay(refund)
    outside.recover()
    Refund.objects.update(sent_at="2020-01-01T00:00Z" if kind == "cut" else None)
    for _again in range(3):
        repaying.pay_due()
        Refund.objects.filter(refund_id="").update(sent_at="2020-01-01T00:00Z")
    assert Refund.objects.get().status == Refund.Status.SUCCEEDED
    assert outside.ledger()["refunded_cents"] == 7_600
    assert_sound()


def test_a_failed_refund_is_a_debt_again_and_can_be_retried(outside: Outside) -> None:
    board, gift = sold(outside)
    refund = refunds.request(gift=gift, by=SYSTEM)
    outside.control("refunds/next", {"status": "pending"})
    repaying.pay_due()
    refund.refresh_from_db()
    assert refund.status == Refund.Status.SENT
    outside.control(f"refunds/{refund.refund_id}/settle", {"outcome": "failed"})
    for event in outside.events("refund.*"):
        deliver(event)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.FAILED
    assert StaffTask.objects.filter(kind=StaffTask.Kind.FAILED_REFUND).count() == 1
    assert ledger()["refund_due"] == -7_600
    rival = make_hold(board, [19])
    repaying.retry(refund)
    repaying.pay_due()
    refund.refresh_from_db()
    assert refund.status == Refund.Status.SUCCEEDED
    assert outside.ledger()["refunded_cents"] == 7_600
    assert Claim.objects.get(number=19, ended_at=None).hold == rival
    for event in outside.events("refund.*"):
        deliver(event)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.SUCCEEDED
    assert_sound()


def test_an_old_answer_does_not_undo_a_newer_one(outside: Outside) -> None:
    _board, gift = sold(outside)
    refund = refunds.request(gift=gift, by=SYSTEM)
    outside.control("refunds/next", {"status": "pending"})
    repaying.pay_due()
    refund.refresh_from_db()
    pending = gateway.retrieve_refund(refund.account, refund.refund_id)
    outside.control(f"refunds/{refund.refund_id}/settle", {"outcome": "succeeded"})
    paid = gateway.retrieve_refund(refund.account, refund.refund_id)
    for answer in (paid, pending, paid):
        repaying.follow(answer, refund.account)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.SUCCEEDED
    failed = replace(paid, status="failed")
    for answer in (failed, paid, pending):
        repaying.follow(answer, refund.account)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.FAILED
    assert ledger()["refund_due"] == -7_600
    assert_sound()


def test_word_of_a_failed_try_does_not_stop_the_next(outside: Outside) -> None:
    _board, gift = sold(outside)
    refund = refunds.request(gift=gift, by=SYSTEM)
    outside.control("refunds/next", {"status": "failed"})
    repaying.pay_due()
    refund.refresh_from_db()
    assert refund.status == Refund.Status.FAILED
    repaying.retry(refund)
    for event in outside.events("refund.*"):
        deliver(event)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.DUE
    repaying.pay_due()
    refund.refresh_from_db()
    assert refund.status == Refund.Status.SUCCEEDED
    assert_sound()


def test_a_refund_whose_key_only_repeats_an_error_is_found(outside: Outside) -> None:
    _board, gift = sold(outside)
    refund = refunds.request(gift=gift, by=SYSTEM)
    outside.fail("500_after", times=1, route=CREATE)
    repaying.pay(refund)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.SUCCEEDED
    assert outside.ledger()["refunded_cents"] == 7_600


def test_a_refund_made_in_the_dashboard_waits_for_staff_and_frees_nothing(
    outside: Outside,
) -> None:
    board, _gift = sold(outside)
    outside.dashboard_refund(Payment.objects.get().payment_intent, 1_900)
    for event in outside.events("charge.refunded") + outside.events("refund.*"):
        deliver(event)
    refund = Refund.objects.get()
    assert (refund.reason, refund.status) == (Refund.Reason.DASHBOARD, Refund.Status.SUCCEEDED)
    assert StaffTask.objects.get().kind == StaffTask.Kind.DASHBOARD_REFUND
    assert snapshot(board.public_id).counts["sold"] == 3
    assert raised(board) == 7_600
    assert ledger()["unallocated"] == 1_900


def test_a_debt_paid_by_hand_is_not_paid_twice(outside: Outside) -> None:
    _board, gift = sold(outside)
    refunds.request(gift=gift, by=SYSTEM)
    outside.dashboard_refund(Payment.objects.get().payment_intent, 7_600)
    for event in outside.events("refund.*"):
        deliver(event)
    repaying.pay_due()
    payment = Payment.objects.get()
    assert (payment.refunded_minor, payment.refunding_minor) == (7_600, 0)
    assert outside.ledger()["refunded_cents"] == 7_600


def test_a_disputed_payment_is_locked(outside: Outside) -> None:
    _board, gift = sold(outside)
    outside.control(f"charges/{Payment.objects.get().charge}/dispute")
    for event in outside.events("charge.dispute.*"):
        deliver(event)
    with pytest.raises(RefundLocked):
        refunds.request(gift=gift, by=SYSTEM)


@pytest.mark.postgresql
def test_a_refund_locks_the_order_before_its_payment(
    outside: Outside, django_assert_max_num_queries
) -> None:
    _board, gift = sold(outside)
    with django_assert_max_num_queries(60) as seen:
        refunds.request(gift=gift, by=SYSTEM)
    locking = [q["sql"] for q in seen if "FOR NO KEY UPDATE" in q["sql"]]
    order = locking[0].partition("FOR NO KEY UPDATE OF ")[2]
    assert order == '"payments_checkout", "boards_hold", "payments_payment"'


def test_a_debt_that_can_t_be_followed_does_not_keep_the_others(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        made = order(make_board(50), [7])
        outside.pay(made)
        made.settle()
        gift = Donation.objects.latest("pk")
        refunds.request(gift=gift, by=SYSTEM)
    first = Refund.objects.order_by("pk").first()
    pay = repaying.pay

    def stumble(refund: Refund, **more: object) -> None:
        if refund == first:
            raise AssertionError("as if a row were in no drawn state")
        pay(refund, **more)

    monkeypatch.setattr(repaying, "pay", stumble)
    repaying.pay_due()
    assert set(Refund.objects.values_list("status", flat=True)) == {"due", "succeeded"}


def test_a_refund_costs_the_same_at_any_number_of_tiles(outside: Outside) -> None:
    """Between BEGIN and COMMIT, while the order is locked (decision 17)."""
    counted = {}
    for tiles in (1, 100):
        made = order(make_board(100), range(1, tiles + 1), cover=True)
        outside.pay(made)
        made.settle()
        gift = Donation.objects.latest("pk")
        sent = statements(lambda gift=gift: refunds.request(gift=gift, by=SYSTEM))
        counted[tiles] = len(sent)
    most = 12 if connection.vendor == "postgresql" else 15
    assert counted[1] == counted[100] <= most
