"""Money given by hand: sold at once, counted later, taken back; and tiles moved."""

import datetime as dt
from dataclasses import replace

import pytest

from accounts.actors import Actor
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from boards.errors import BadNumbers, TilesTaken
from boards.models import Board, Claim
from campaigns.models import Donation, Goal
from payments import moving, offline
from payments.audit import running
from payments.models import Checkout, Line
from payments.offline import Entry
from payments.snapshots import snapshot
from rally.kit import clock
from rally.kit.errors import InvalidInput
from tests.factories import make_board, make_hold, make_sale
from tests.organizing import actor
from tests.payments.outside import Outside, order
from tests.payments.world import assert_sound, ledger, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def board() -> Board:
    return make_board(50)


@pytest.fixture
def owner(board: Board) -> Actor:
    return actor(board.campaign.organization)


@pytest.fixture
def helper(board: Board) -> Actor:
    return actor(board.campaign.organization, Role.TEAM_ADMIN)


def entry(numbers=(7, 19), amount=2_600, **more: object) -> Entry:
    return replace(Entry(numbers, "Ada Lovelace", amount, clock.now()), **more)


def goal(board: Board) -> tuple[int, int]:
    now = Goal.objects.get(pk=board.goal_id)
    return now.raised_minor, now.pending_minor


def nothing_found() -> None:
    assert_sound()
    assert [(f.check, f.table, f.facts) for f in running.run().findings] == []


def test_cash_sells_the_tiles_and_counts_when_it_is_counted(board, owner, helper) -> None:
    checkout = offline.enter(board, entry(), helper)
    assert goal(board) == (0, 2_600)
    assert not Donation.objects.get().is_verified
    shown = snapshot(board.public_id)
    assert shown.counts["sold"] == 2
    assert shown.by_number[7].name == "Ada Lovelace"
    assert ledger() == {}
    nothing_found()
    with pytest.raises(Forbidden):
        offline.confirm(checkout, helper)
    offline.confirm(checkout, owner)
    assert goal(board) == (2_600, 0)
    assert ledger() == {"bank": 2_600, "gifts": -2_600}
    assert Donation.objects.get().is_verified
    nothing_found()
    with pytest.raises(offline.NotPromised):
        offline.confirm(checkout, owner)


def test_whoever_may_count_counts_at_once(board, owner, helper) -> None:
    offline.enter(board, entry(amount=3_000), owner, counted=True)
    assert goal(board) == (3_000, 0)
    kinds = sorted(Line.objects.values_list("kind", "amount_minor"))
    assert kinds == [("gift", 400), ("tile", 700), ("tile", 1_900)]
    nothing_found()
    with pytest.raises(Forbidden):
        offline.enter(board, entry((1,), 100), helper, counted=True)


@pytest.mark.parametrize("counted", [False, True])
def test_taking_it_back_frees_the_tiles(board, owner, counted: bool) -> None:
    checkout = offline.enter(board, entry(), owner, counted=counted)
    with pytest.raises(InvalidInput):
        offline.take_back(checkout, owner, reason=" ")
    offline.take_back(checkout, owner, reason="The check bounced.")
    assert goal(board) == (0, 0)
    assert ledger() == {}
    assert Donation.objects.get().status == Donation.Status.VOID
    assert snapshot(board.public_id).counts["available"] == 50
    nothing_found()
    with pytest.raises(offline.NotPromised):
        offline.take_back(checkout, owner, reason="Again")
    make_sale(board, [7])


def test_counted_money_is_taken_back_by_those_who_may_refund(board, owner, helper) -> None:
    counted = offline.enter(board, entry(), owner, counted=True)
    promised = offline.enter(board, entry((1,), 100), helper)
    with pytest.raises(Forbidden):
        offline.take_back(counted, helper, reason="No")
    offline.take_back(promised, helper, reason="It never came.")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_minor": 0}, "amount"),
        ({"amount_minor": -5}, "amount"),
        ({"amount_minor": 10**12}, "amount"),
        ({"amount_minor": 2_599}, "amount"),
        ({"paid_at": dt.datetime(2100, 1, 1, tzinfo=dt.UTC)}, "paid_at"),
        ({"paid_at": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)}, "paid_at"),
        ({"name": " "}, "supporter.name"),
        ({"email": "nobody"}, "supporter.email"),
        ({"payment_type": "Credit_Card"}, "payment_type"),
        ({"shown_as": "loud"}, "supporter.displayAs"),
    ],
)
def test_bad_entries_name_their_field_and_write_nothing(board, owner, change, field) -> None:
    before = rows()
    with pytest.raises(InvalidInput) as why:
        offline.enter(board, entry(**change), owner)
    assert why.value.facts["field"] == field
    assert rows() == before


@pytest.mark.parametrize("numbers", [(), (0,), (51,), (1, 1), (10**12,)])
def test_unknown_tiles_are_refused(board, owner, numbers) -> None:
    with pytest.raises(BadNumbers):
        offline.enter(board, entry(numbers, 10_000), owner)


def test_taken_tiles_are_refused(board, owner) -> None:
    make_hold(board, [7])
    make_sale(board, [8])
    before = rows()
    for numbers in ((7, 19), (8,)):
        with pytest.raises(TilesTaken):
            offline.enter(board, entry(numbers, 10_000), owner)
    assert rows() == before


# Moving ---------------------------------------------------------------------------------------
def test_a_supporter_moves_to_a_tile_of_the_same_price() -> None:
    board = make_board(9, price_model="flat", unit_minor=500)
    owner = actor(board.campaign.organization)
    checkout = make_sale(board, [1, 2])
    claim = moving.move(board, 1, 9, owner)
    assert (claim.number, claim.hold_id) == (9, checkout.hold_id)
    assert Claim.objects.get(number=1).ended == "moved"
    assert sorted(checkout.lines.values_list("claim__number", "amount_minor")) == [
        (2, 500), (9, 500),
    ]  # fmt: skip
    assert snapshot(board.public_id).by_number[9].name == "Ada Lovelace"


def test_a_cheaper_tile_leaves_the_rest_a_gift(board, owner) -> None:
    checkout = make_sale(board, [40])
    moving.move(board, 40, 30, owner)
    assert sorted(checkout.lines.values_list("kind", "amount_minor")) == [
        ("gift", 1_000), ("tile", 3_000),
    ]  # fmt: skip
    assert goal(board) == (4_000, 0)
    board.refresh_from_db()
    assert board.version == board.changes.count()
    nothing_found()


def test_what_can_t_be_moved_says_why_and_stays(board, owner) -> None:
    make_sale(board, [10])
    make_sale(board, [20])
    make_hold(board, [5])
    before = rows()
    for number, to, error in (
        (10, 11, moving.DearerTile), (20, 10, TilesTaken), (20, 5, TilesTaken),
        (10, 10, BadNumbers), (10, 99, BadNumbers), (3, 2, moving.NotMovable),
        (5, 4, moving.NotMovable),
    ):  # fmt: skip
        with pytest.raises(error):
            moving.move(board, number, to, owner)
    assert rows() == before


def test_a_viewer_moves_nobody(board) -> None:
    make_sale(board, [10])
    with pytest.raises(Forbidden):
        moving.move(board, 10, 1, actor(board.campaign.organization, Role.VIEWER))


def test_promised_cash_moves_too(board, owner) -> None:
    checkout = offline.enter(board, entry((40,), 4_000), owner)
    moving.move(board, 40, 30, owner)
    nothing_found()
    offline.confirm(checkout, owner)
    assert goal(board) == (4_000, 0)
    nothing_found()
    offline.take_back(checkout, owner, reason="Changed their mind.")
    nothing_found()


@pytest.mark.django_db(transaction=True)
def test_a_paid_card_order_moves_and_is_refunded_later(outside: Outside) -> None:
    board = make_board(50)
    owner = actor(board.campaign.organization)
    made = order(board, [40], cover=True)
    with pytest.raises(moving.NotMovable):
        moving.move(board, 40, 30, owner)
    outside.pay(made)
    made.settle()
    moving.move(board, 40, 30, owner)
    nothing_found()
    assert Checkout.objects.get().lines.count() == 2
    offline_only = Checkout.objects.get()
    with pytest.raises(offline.NotOffline):
        offline.take_back(offline_only, owner, reason="x")
