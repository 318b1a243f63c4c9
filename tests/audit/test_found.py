"""What the audit found in the core, and must not find again."""

from typing import Any

import pytest

from accounts.actors import SYSTEM
from boards import building, holds, tokens
from boards.models import BoardChange, Hold
from campaigns.models import Donation
from payments import disputes, offers, refunds, repaying
from payments.audit import figures, running
from payments.errors import RefundExceeds
from payments.facts import DisputeFacts, RefundFacts
from payments.models import Checkout, Payment, Refund, StaffTask
from tests.factories import make_board, make_hold
from tests.payments.outside import Outside, deliver, order
from tests.payments.test_late import given_up
from tests.payments.world import ledger

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


def bought(outside: Outside, numbers: list[int], *, cover: bool = False) -> Payment:
    made = order(make_board(), numbers, cover=cover)
    outside.pay(made)
    made.settle()
    return Payment.objects.select_related("account", "checkout").get()


def disputed(payment: Payment, status: str, amount: int, withdrawn: int) -> None:
    facts = DisputeFacts(
        id="du_1", status=status, reason="fraudulent", amount_minor=amount, currency="USD",
        livemode=False, charge=payment.charge, payment_intent=payment.payment_intent,
        is_charge_refundable=False, withdrawn_minor=withdrawn, fee_minor=0, evidence_due_by=None,
    )  # fmt: skip
    assert disputes.follow(facts, payment.account) == ""


def pay_back(payment: Payment, **what: Any) -> None:
    gift = payment.checkout.lines.earliest("pk").donation
    refunds.request(gift=gift, by=SYSTEM, **what)
    repaying.pay_due()


@pytest.mark.parametrize("cover", [False, True])
@pytest.mark.parametrize("what", [{"numbers": [5]}, {"amount_minor": 250}, {}])
def test_a_loss_after_a_refund_takes_what_was_left_and_no_more(
    outside: Outside, what: dict[str, Any], cover: bool
) -> None:
    payment = bought(outside, [1, 5], cover=cover)
    pay_back(payment, **what)
    disputed(payment, "needs_response", payment.amount_minor, payment.amount_minor)
    disputed(payment, "lost", payment.amount_minor, payment.amount_minor)
    assert running.run().findings == []
    assert figures.drift() == 0
    sums = ledger()
    assert sums.get("cover_fees", 0) == 0, "no more covered fees are lost than came in"
    assert sums.get("disputed", 0) == 0
    assert sums.get("unallocated", 0) == sum(
        Refund.objects.values_list("amount_minor", flat=True)
    ), "what was paid back and taken back as well"
    assert {donation.status for donation in Donation.objects.all()} == {"void"}
    disputed(payment, "won", payment.amount_minor, 0)
    assert running.run().findings == []
    assert "unallocated" not in ledger()


def test_no_more_is_asked_for_than_the_dashboard_left(outside: Outside) -> None:
    payment = bought(outside, [1, 5])
    facts = RefundFacts(
        id="re_1", status="succeeded", amount_minor=400, currency="USD", charge=payment.charge,
        payment_intent=payment.payment_intent, reference="", tries=0,
    )  # fmt: skip
    assert repaying.follow(facts, payment.account) == ""
    gift = payment.checkout.lines.earliest("pk").donation
    with pytest.raises(RefundExceeds) as refused:
        refunds.request(gift=gift, by=SYSTEM, amount_minor=300)
    assert refused.value.facts == {"refundableCents": 200}
    assert refunds.request(gift=gift, by=SYSTEM).amount_minor == 200
    assert running.run().findings == []
    with pytest.raises(RefundExceeds):
        refunds.request(gift=gift, by=SYSTEM)


@pytest.mark.parametrize(
    "kind",
    ["account.updated", "account.application.deauthorized", "radar.early_fraud_warning.created"],
)
def test_staff_is_asked_about_every_event_that_fits_nothing(outside: Outside, kind: str) -> None:
    body = {
        "id": "evt_1", "object": "event", "account": "acct_strange", "livemode": False,
        "type": kind, "data": {"object": {"id": "x_1", "charge": "ch_strange"}},
    }  # fmt: skip
    assert deliver(body).parked == "unmatched"
    assert StaffTask.objects.get().kind == StaffTask.Kind.UNMATCHED
    assert running.run().findings == []
