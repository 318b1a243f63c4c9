"""The choice after a late payment: another tile, a plain gift, or the money back. Once."""

import datetime as dt

import pytest

from boards import holds
from boards.errors import HoldNotFound, TilesTaken
from boards.models import Claim, Hold
from campaigns.models import Goal
from payments import offers, repaying, sessions
from payments.errors import OfferOver
from payments.models import Checkout, Line, Payment, Refund, StaffTask
from payments.offers import Choice
from payments.snapshots import snapshot
from rally.kit.errors import InvalidInput
from tests.factories import make_board, make_hold
from tests.payments.outside import Order, Outside, order, start
from tests.payments.test_late import given_up
from tests.payments.world import ledger

pytestmark = pytest.mark.django_db(transaction=True)


def late(outside: Outside, *, cover: bool = False) -> tuple[Order, Refund, str]:
    """Tiles 7, 19, 50 paid too late: 19 is somebody else's by then."""
    board = make_board(50)
    made = given_up(outside, board, [7, 19, 50], cover=cover)
    make_hold(board, [19])
    made.settle()
    refund = Refund.objects.get()
    return made, refund, offers.link(refund)


def only(refund: Refund, choice: Choice) -> dict[int, Choice]:
    return {part.line_id: choice for part in refund.lines.all()}


def raised() -> int:
    return Goal.objects.get(kind="campaign").raised_minor


def test_the_offer_names_the_lost_tile_and_free_ones_of_equal_or_lower_price(
    outside: Outside,
) -> None:
    _made, _refund, link = late(outside)
    (lost,) = offers.read(link).lost
    assert lost.number == 19
    numbers = [number for number, _price in lost.free]
    assert numbers == [n for n in range(18, 0, -1) if n != 7]


def test_another_tile_is_taken_and_the_difference_paid_back(outside: Outside) -> None:
    made, refund, link = late(outside, cover=True)
    owed = offers.choose(link, only(refund, Choice(offers.TILE, 12)))
    repaying.pay_due()
    owed.refresh_from_db()
    assert owed.status == Refund.Status.SUCCEEDED
    share = refund.amount_minor - 1_900
    assert owed.amount_minor - 700 == round(share * 7 / 19)
    live = set(Claim.objects.filter(hold=made.hold, ended_at=None).values_list("number", flat=True))
    assert live == {7, 50, 12}
    assert raised() == 700 + 5_000 + 1_200
    assert Checkout.objects.get().status == Checkout.Status.PAID
    assert outside.ledger()["refunded_cents"] == owed.amount_minor
    assert StaffTask.objects.get().resolved_at is not None


def test_the_difference_can_be_given(outside: Outside) -> None:
    _made, refund, link = late(outside)
    assert offers.choose(link, only(refund, Choice(offers.TILE, 12, give_rest=True))) is None
    assert raised() == 7_600
    assert ledger().get("refund_due", 0) == 0
    assert Payment.objects.get().refunding_minor == 0


def test_a_plain_gift_keeps_the_money_and_no_tile(outside: Outside) -> None:
    made, refund, link = late(outside)
    assert offers.choose(link, only(refund, Choice(offers.GIFT))) is None
    assert raised() == 7_600
    assert Line.objects.filter(kind=Line.Kind.GIFT, claim=None).count() == 1
    assert Claim.objects.filter(hold=made.hold, ended_at=None).count() == 2


def test_the_refund_chosen_is_paid_within_one_cycle(outside: Outside) -> None:
    _made, refund, link = late(outside)
    offers.choose(link, only(refund, Choice(offers.REFUND)))
    assert repaying.pay_due() == 1
    assert outside.ledger()["refunded_cents"] == 1_900
    assert raised() == 5_700


def test_silence_for_two_days_is_the_refund(outside: Outside) -> None:
    _made, refund, link = late(outside)
    assert repaying.pay_due() == 0
    later = refund.not_before + dt.timedelta(seconds=1)
    assert repaying.pay_due(now=later) == 1
    assert outside.ledger()["refunded_cents"] == 1_900
    with pytest.raises(OfferOver):
        offers.choose(link, only(refund, Choice(offers.GIFT)), now=later)


def test_a_used_link_never_pays_twice(outside: Outside) -> None:
    _made, refund, link = late(outside)
    choice = only(refund, Choice(offers.REFUND))
    offers.choose(link, choice)
    repaying.pay_due()
    for _again in range(2):
        with pytest.raises(OfferOver):
            offers.choose(link, choice)
        repaying.pay_due()
    assert outside.ledger()["refunded_cents"] == 1_900
    assert offers.read(link).decided == offers.REFUND


def test_a_tile_that_was_taken_meanwhile_leaves_the_choice_open(outside: Outside) -> None:
    made, refund, link = late(outside)
    make_hold(Claim.objects.filter(hold=made.hold).first().board, [12])
    with pytest.raises(TilesTaken):
        offers.choose(link, only(refund, Choice(offers.TILE, 12)))
    refund.refresh_from_db()
    assert (refund.status, refund.choice) == (Refund.Status.DUE, "")
    assert Hold.objects.get(pk=made.hold.pk).phase == "sold"
    offers.choose(link, only(refund, Choice(offers.TILE, 13)))


@pytest.mark.parametrize("number", [20, 51, 0, 19])
def test_a_dearer_or_missing_tile_is_refused(outside: Outside, number: int) -> None:
    _made, refund, link = late(outside)
    with pytest.raises((InvalidInput, TilesTaken)):
        offers.choose(link, only(refund, Choice(offers.TILE, number)))
    refund.refresh_from_db()
    assert refund.status == Refund.Status.DUE


def test_an_altered_link_leads_nowhere(outside: Outside) -> None:
    _made, _refund, link = late(outside)
    with pytest.raises(HoldNotFound):
        offers.read(link[:-2] + "xx")


def test_when_nothing_was_kept_another_tile_makes_the_order_sold(outside: Outside) -> None:
    board = make_board(50)
    made = given_up(outside, board, [19])
    make_hold(board, [19])
    made.settle()
    assert made.phase() == "lost"
    refund = Refund.objects.get()
    offers.choose(offers.link(refund), only(refund, Choice(offers.TILE, 18)))
    assert made.phase() == "sold"
    assert raised() == 1_800


@pytest.mark.parametrize("paying", [False, True])
def test_another_tile_leaves_new_picks_of_the_same_hold_alone(
    outside: Outside, paying: bool
) -> None:
    board = make_board(50)
    made = order(board, [19])
    sessions.bury(made.attempt_now(), note="declared dead by staff")
    make_hold(board, [30], made.token)
    holds.release(board_id=board.pk, numbers=[19], token=made.token)
    make_hold(board, [19])
    outside.pay(made)
    made.settle()
    if paying:
        start(made.hold, email="second@example.org")
    refund = Refund.objects.get()
    offers.choose(offers.link(refund), only(refund, Choice(offers.TILE, 12)))
    repaying.pay_due()
    assert Payment.objects.get().refunded_minor == 700
    assert made.phase() == ("paying" if paying else "browsing")
    shown = snapshot(board.public_id).by_number
    assert (shown[12].status, shown[30].status) == ("sold", "held")
    assert Checkout.objects.get(pk=made.attempt.checkout_id).status == Checkout.Status.PAID
