"""Starting to pay: one session per order, written down first, the same wish the same session."""

import datetime as dt

import pytest
from django.db import transaction

from boards import faces, holds, tokens
from boards.errors import HoldExpired, TilesTaken
from boards.models import Board, Claim, Hold
from boards.states import Phase
from payments import baskets, gateway
from payments.errors import AmountTooSmall, CheckoutOpen, TooManyCheckouts
from payments.models import Attempt, Checkout, Line
from rally.kit import clock
from rally.kit.errors import InvalidInput
from tests.factories import make_board, make_campaign, make_hold, make_supporter
from tests.payments.outside import SITE, Outside, order, start
from tests.payments.world import rows

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = dt.timedelta(minutes=1)


def test_the_session_asks_for_the_tiles_and_the_cover(outside: Outside) -> None:
    made = order(make_board(50), [7, 19, 50], cover=True)
    session = made.session()
    assert session.id in made.url
    assert (session.amount_minor, session.currency) == (7_600 + 258, "USD")
    assert session.reference == made.attempt.reference
    assert made.attempt.params["metadata"]["slotNumbersCSV"] == "7,19,50"
    assert made.token not in str(made.attempt.params)
    lines = Line.objects.filter(checkout=made.attempt.checkout)
    assert sum(line.fee_share_minor for line in lines) == 258


def test_the_tiles_stay_held_as_long_as_the_session_can_be_paid(outside: Outside) -> None:
    made = order(make_board())
    hold = Hold.objects.get(pk=made.hold.pk)
    assert (hold.phase, hold.expires_at) == (Phase.PAYING, made.attempt.expires_at)
    left = made.session().expires_at - clock.database_now()
    assert 34 * MINUTE < left <= 35 * MINUTE
    assert holds.expire_due(now=hold.expires_at + MINUTE) == 0, "only Stripe ends it"


def test_the_same_wish_gives_the_same_session(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    assert start(made.hold) == made.url
    assert len(outside.ledger()["sessions"]) == 1
    assert Checkout.objects.count() == Attempt.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [{"cover": True}, {"email": "b@example.org"}, {"name": "B"}, {"message": "Hi"}],
    ids=str,
)
def test_another_wish_has_to_wait(outside: Outside, other: dict) -> None:
    made = order(make_board(), [1, 2])
    before = rows()
    with pytest.raises(CheckoutOpen):
        start(made.hold, **other)
    assert rows() == before


def test_metadata_of_a_hundred_tiles_is_split_between_whole_numbers(outside: Outside) -> None:
    made = order(make_board(10_000), range(9_901, 10_001))
    metadata = made.attempt.params["metadata"]
    assert all(len(value) <= 500 for value in metadata.values())
    parts = [metadata[name] for name in metadata if name.startswith("slotNumbersCSV")]
    assert ",".join(parts) == ",".join(str(number) for number in range(9_901, 10_001))


def test_a_basket_over_two_boards_is_one_session(outside: Outside) -> None:
    campaign, token = make_campaign(), tokens.new()
    one, two = make_board(campaign=campaign), make_board(campaign=campaign, title="More")
    hold = make_hold(one, [1], token)
    make_hold(two, [2], token)
    start(hold)
    attempt = Attempt.objects.get()
    names = [item["price_data"]["product_data"]["name"] for item in attempt.params["line_items"]]
    assert names == ["Tiles: Tile 1", "More: Tile 2"]
    assert attempt.checkout.total_minor == 300


def test_a_lapsed_hold_can_be_paid_while_nobody_took_its_tiles(outside: Outside) -> None:
    hold = make_hold(make_board())
    Hold.objects.filter(pk=hold.pk).update(expires_at=clock.now() - MINUTE)
    start(hold)
    assert Hold.objects.get(pk=hold.pk).phase == Phase.PAYING


def test_what_is_over_can_not_be_paid(outside: Outside) -> None:
    board, token = make_board(), tokens.new()
    hold = make_hold(board, [1], token)
    holds.release(board_id=board.pk, numbers=[1], token=token)
    with pytest.raises(HoldExpired):
        start(hold)
    assert outside.ledger()["sessions"] == []


def test_less_than_stripe_charges_is_refused_before_stripe_is_asked(outside: Outside) -> None:
    hold = make_hold(make_board(unit_minor=10), [4])
    with pytest.raises(AmountTooSmall) as refused:
        start(hold)
    assert refused.value.facts == {"minimumCents": 50, "totalCents": 40}
    assert Hold.objects.get(pk=hold.pk).phase == Phase.BROWSING
    assert not Checkout.objects.exists()


def test_a_bad_name_writes_nothing(outside: Outside) -> None:
    hold = make_hold(make_board())
    before = rows()
    with pytest.raises(InvalidInput):
        start(hold, name=" ")
    assert rows() == before


def test_a_sixth_unpaid_order_of_one_address_has_to_wait(outside: Outside) -> None:
    board = make_board(9)
    for number in range(1, 6):
        order(board, [number])
    with pytest.raises(TooManyCheckouts):
        order(board, [6])
    order(board, [7], email="other@example.org")


def test_stripe_is_never_called_inside_a_transaction(outside: Outside) -> None:
    made = order(make_board())
    with pytest.raises(AssertionError, match="inside a database transaction"), transaction.atomic():
        gateway.retrieve_session(made.attempt.account, made.session_id)


def pay_for(board: Board, numbers: list[int], token: str) -> str:
    return baskets.pay_for(
        faces.of(board.pk), numbers=numbers, token=token, supporter=make_supporter(),
        cover_fees=False, site=SITE,
    )  # fmt: skip


def test_programs_pay_for_named_tiles_and_let_the_others_go(outside: Outside) -> None:
    board, token = make_board(), tokens.new()
    hold = make_hold(board, [1, 2], token)
    url = pay_for(board, [2, 3], token)
    live = Claim.objects.filter(hold=hold, ended_at=None).values_list("number", flat=True)
    assert sorted(live) == [2, 3]
    assert pay_for(board, [3, 2], token) == url
    with pytest.raises(CheckoutOpen):
        pay_for(board, [2], token)


def test_programs_take_their_lapsed_tiles_again_if_they_are_free(outside: Outside) -> None:
    board, token = make_board(), tokens.new()
    hold = make_hold(board, [1], token)
    holds.expire([hold.pk], now=hold.expires_at)
    pay_for(board, [1], token)
    assert Claim.objects.get(ended_at=None).hold.phase == Phase.PAYING


def test_programs_learn_that_their_hold_ran_out_and_was_taken(outside: Outside) -> None:
    board, token = make_board(), tokens.new()
    hold = make_hold(board, [1], token)
    make_hold(board, [1], now=hold.expires_at)
    with pytest.raises(HoldExpired):
        pay_for(board, [1], token)
    with pytest.raises(TilesTaken):
        pay_for(board, [1], tokens.new())
