"""What became of a payment, in a transaction's words: with real money movements behind each."""

from typing import Any

import pytest

from accounts.actors import SYSTEM
from campaigns.models import Donation
from payments import refunds, repaying
from payments.models import Payment
from tests.api.conftest import Stripe
from tests.api.rallyup import world as worlds
from tests.payments.outside import Order, Outside, deliver, order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wire(stripe: Stripe, transactional_db: None) -> worlds.Wire:
    return worlds.Wire(worlds.build())


@pytest.fixture
def outside(stripe: Stripe) -> Outside:
    return Outside(stripe.url)


def bought(wire: worlds.Wire, outside: Outside, outcome: str = "paid") -> tuple[Order, Donation]:
    made = order(wire.world.board, [3, 4], cover=True)
    outside.pay(made, outcome)
    made.settle()
    return made, Donation.objects.order_by("-pk")[0]


def told(wire: worlds.Wire, gift: Donation) -> dict[str, Any]:
    """The single one, which is the same in the list."""
    one: dict[str, Any] = wire.get(f"v1/api/transactions/{gift.pk}")
    assert one == wire.items("v1/api/transactions")[0]
    assert one["AmountTotal"] == one["AmountDonation"] + one["AmountItems"] + one["FeeCovered"]
    return one


def test_refunds_make_it_partially_and_then_wholly_refunded(
    wire: worlds.Wire, outside: Outside
) -> None:
    _made, gift = bought(wire, outside)
    one = told(wire, gift)
    assert (one["Status"], one["AmountRefunded"], one["AmountItems"]) == ("Completed", 0, 7)
    assert one["FeeCovered"] > 0 and one["Source"] == "Online"
    refunds.request(gift=gift, by=SYSTEM, amount_minor=150)
    repaying.pay_due()
    one = told(wire, gift)
    assert (one["Status"], one["AmountRefunded"]) == ("PartiallyRefunded", 1.5)
    refunds.request(gift=gift, by=SYSTEM)
    repaying.pay_due()
    one = told(wire, gift)
    assert (one["Status"], one["AmountRefunded"]) == ("Refunded", one["AmountTotal"])


@pytest.mark.parametrize(("says", "status"), [("succeeded", "Completed"), ("failed", "Failed")])
def test_a_slow_payment_is_pending_until_the_bank_says(
    says: str, status: str, wire: worlds.Wire, outside: Outside
) -> None:
    made, gift = bought(wire, outside, "processing")
    assert told(wire, gift)["Status"] == "Pending"
    outside.bank(made, says)
    made.settle()
    assert told(wire, gift)["Status"] == status


def test_a_disputed_one_stays_completed_and_is_named_beside(
    wire: worlds.Wire, outside: Outside
) -> None:
    _made, gift = bought(wire, outside)
    charge = Payment.objects.get().charge
    outside.control(f"charges/{charge}/dispute", {"status": "needs_response"})
    for event in outside.events("charge.dispute.*"):
        if event["data"]["object"]["charge"] == charge:
            deliver(event)
    assert told(wire, gift)["Status"] == "Completed"
    for path in (f"v1/api/transactions/{gift.pk}", "v1/api/transactions", "v3/api/transactions"):
        metadata = wire.call("GET", path).json()["Metadata"]
        assert metadata == {"disputed": [gift.pk]}
