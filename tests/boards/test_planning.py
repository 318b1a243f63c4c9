"""Boards as organizers plan them."""

import datetime as dt

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from boards import cloning, planning, setting_aside
from boards.errors import TilesTaken
from boards.models import Board, BoardChange, Tile
from boards.planning import Plan
from boards.relaying import BoardLocked
from campaigns import fitting
from campaigns.models import Campaign
from rally.kit import clock
from rally.kit.errors import InvalidInput
from tests.factories import (
    make_board,
    make_campaign,
    make_hold,
    make_member,
    make_sale,
    make_team,
)
from tests.organizing import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(status="draft")


@pytest.fixture
def owner(campaign: Campaign) -> Actor:
    return actor(campaign.organization)


def prices(board: Board) -> list[int]:
    return list(Tile.objects.filter(board=board).order_by("number").values_list(
        "price_minor", flat=True
    ))  # fmt: skip


def sound(board: Board) -> None:
    board.refresh_from_db()
    assert board.version == BoardChange.objects.filter(board=board).count()


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (Plan("A", 1, 3), [100, 200, 300]),
        (Plan("A", 7, 9, "multiplied", 150), [1050, 1200, 1350]),
        (Plan("A", 1, 3, "flat", 2500), [2500] * 3),
        (Plan("A", 1, 3, own_prices={2: 999}), [100, 999, 300]),
        (
            Plan("A", 1, 3, "bands", bands=[{"from": 1, "to": 2, "priceMinor": 500},
                                            {"from": 3, "to": 3, "priceMinor": 900}]),
            [500, 500, 900],
        ),
    ],
)  # fmt: skip
def test_a_board_is_laid_out_as_planned(campaign, owner, plan: Plan, expected: list[int]) -> None:
    board = planning.add(campaign, plan, owner)
    assert prices(board) == expected
    sound(board)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first": 0}, "first"),
        ({"first": -4}, "first"),
        ({"first": 10**9, "last": 10**9}, "first"),
        ({"last": 10_001}, "last"),
        ({"first": 50, "last": 49}, "last"),
        ({"unit_minor": 0}, "unit"),
        ({"unit_minor": 10**12}, "unit"),
        ({"unit_minor": 99_999_999, "last": 2}, "unit"),
        ({"price_model": "auction"}, "price_model"),
        ({"price_model": "bands"}, "bands"),
        ({"title": " "}, "title"),
        ({"columns": 3}, "columns"),
        ({"own_prices": {101: 5}}, "own"),
        ({"own_prices": {5: 0}}, "own"),
    ],
)
def test_bad_boards_name_their_field_and_leave_nothing(
    campaign, owner, change: dict, field: str
) -> None:
    with pytest.raises(InvalidInput) as why:
        planning.add(campaign, Plan(**({"title": "A"} | change)), owner)
    assert why.value.facts["field"] == field
    assert not Board.objects.exists()


def test_the_largest_board_fits(campaign, owner) -> None:
    board = planning.add(campaign, Plan("All", 1, 10_000, "flat", 100), owner)
    assert Tile.objects.filter(board=board).count() == 10_000


def test_a_proposal_becomes_boards_and_another_takes_their_place(campaign, owner) -> None:
    first = planning.add_fit(campaign, fitting.read("4x25-flat-500", "USD"), owner)
    assert [len(prices(board)) for board in first] == [25] * 4
    (second,) = planning.add_fit(campaign, fitting.read("1x100-ladder-100", "USD"), owner)
    assert list(Board.objects.filter(archived_at=None)) == [second]


def test_numbers_and_prices_settle_with_the_first_pick(owner, campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(status="active")
    campaign.refresh_from_db()
    board = make_board(5, campaign=campaign)
    planning.lay_out(board, Plan("B", 1, 7, "flat", 300, own_prices={7: 100}), owner)
    assert prices(board) == [300] * 6 + [100]
    sound(board)
    planning.reprice(board, {1: 50}, owner)
    sound(board)
    make_hold(board, [2])
    for verb, what in ((planning.lay_out, Plan("C")), (planning.reprice, {3: 10})):
        with pytest.raises(BoardLocked):
            verb(board, what, owner)
    assert prices(board) == [50] + [300] * 5 + [100]


def test_names_and_rules_change_at_any_time(owner, campaign) -> None:
    board = make_board(5, campaign=campaign)
    make_sale(board, [1])
    fields = {"title": "Band", "columns": 5, "hold_minutes": 10, "most_per_supporter": 3}
    planning.change(board, **fields, by=owner)
    assert (board.title, board.hold_seconds, board.most_per_supporter) == ("Band", 600, 3)
    sound(board)
    for bad in ({"hold_minutes": 4}, {"hold_minutes": 61}, {"most_per_supporter": 0}):
        with pytest.raises(InvalidInput):
            planning.change(board, **(fields | bad), by=owner)


def test_a_board_credits_a_team_or_a_fundraiser(owner, campaign) -> None:
    board, team, member = make_board(campaign=campaign), make_team(campaign), make_member(campaign)
    for one in (team, member):
        planning.assign(board, one, owner)
        assert board.goal == one.goal
    assert (board.team, board.member) == (None, member)
    planning.assign(board, None, owner)
    assert board.goal == campaign.goal
    sound(board)
    with pytest.raises(InvalidInput):
        planning.assign(board, make_team(make_campaign()), owner)


def test_boards_are_shown_in_the_order_asked_for(owner, campaign) -> None:
    boards = [make_board(campaign=campaign) for _ in range(3)]
    planning.reorder(campaign, [boards[2].public_id, "unknown", boards[0].public_id], owner)
    shown = Board.objects.filter(campaign=campaign).order_by("position")
    assert list(shown) == [boards[2], boards[0], boards[1]]


def test_only_an_empty_board_is_put_away(owner, campaign) -> None:
    empty, used = make_board(campaign=campaign), make_board(campaign=campaign)
    make_sale(used, [1])
    planning.put_away(empty, owner)
    assert empty.archived_at
    with pytest.raises(planning.NotEmpty):
        planning.put_away(used, owner)
    used.refresh_from_db()
    assert used.archived_at is None


def test_a_clone_has_words_and_boards_and_no_people(owner, campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(
        status="completed", story="Boats.", palette="sky", donor_contact_visible=True
    )
    campaign.refresh_from_db()
    board = make_board(5, campaign=campaign, price_model="flat", unit_minor=500)
    planning.reprice(board, {3: 999}, owner)
    planning.change(board, title="Row", columns=5, hold_minutes=9, most_per_supporter=2, by=owner)
    setting_aside.block(board, [1], owner)
    made = cloning.clone(
        campaign, owner, title="Next year", deadline=clock.now() + dt.timedelta(days=300)
    )
    assert (made.status, made.story, made.palette, made.donor_contact_visible) == (
        "draft", "Boats.", "sky", False,
    )  # fmt: skip
    copy = Board.objects.get(campaign=made)
    assert prices(copy) == [500, 500, 999, 500, 500]
    assert (copy.title, copy.hold_seconds, copy.most_per_supporter) == ("Row", 540, 2)
    assert not copy.tiles.filter(claims__isnull=False).exists()
    assert made.goal.amount_minor == campaign.goal.amount_minor


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR])
def test_others_can_t(campaign, role: str) -> None:
    other, board = actor(campaign.organization, role), make_board(campaign=campaign)
    deeds = (
        lambda: planning.add(campaign, Plan("A"), other),
        lambda: planning.lay_out(board, Plan("A"), other),
        lambda: planning.reprice(board, {1: 1}, other),
        lambda: planning.assign(board, None, other),
        lambda: planning.reorder(campaign, [], other),
        lambda: planning.put_away(board, other),
        lambda: setting_aside.block(board, [1], other),
        lambda: setting_aside.put_back(board, [1], other),
        lambda: cloning.clone(campaign, other, title="x", deadline=clock.now()),
    )
    for deed in deeds:
        with pytest.raises(Forbidden):
            deed()
    assert not AuditEntry.objects.exists()


# Set aside ------------------------------------------------------------------------------------
def test_tiles_are_blocked_given_away_and_put_back(owner, campaign) -> None:
    board = make_board(9, campaign=campaign)
    setting_aside.block(board, [1, 2], owner)
    setting_aside.comp(board, [3], owner, name="The coach")
    setting_aside.sponsor(board, [4], owner, name="Shop", link="https://example.com/shop")
    assert Tile.objects.get(board=board, number=4).sponsor_url == "https://example.com/shop"
    sound(board)
    setting_aside.put_back(board, [2, 4, 3], owner)
    assert sorted(Board.objects.get(pk=board.pk).tiles.filter(
        claims__ended_at=None, claims__isnull=False
    ).values_list("number", flat=True)) == [1]  # fmt: skip
    assert Tile.objects.get(board=board, number=4).sponsor_name == ""
    sound(board)
    make_sale(board, [4])


def test_nobody_s_tile_is_set_aside_or_put_back(owner, campaign) -> None:
    board = make_board(9, campaign=campaign)
    make_sale(board, [1])
    setting_aside.block(board, [2], owner)
    for numbers in ([1], [1, 3]):
        with pytest.raises(TilesTaken):
            setting_aside.sponsor(board, numbers, owner, name="Shop")
    for numbers in ([1], [2, 1], [5]):
        with pytest.raises(setting_aside.NotAside):
            setting_aside.put_back(board, numbers, owner)
    assert not Tile.objects.exclude(sponsor_name="").exists()
    assert board.tiles.filter(number=2, claims__ended_at=None, claims__isnull=False).exists()


@pytest.mark.parametrize(
    ("name", "link", "field"),
    [
        ("", "", "name"), ("x" * 101, "", "name"), ("Shop", "http://example.com", "link"),
        ("Shop", "javascript:alert(1)", "link"), ("Shop", "https://", "link"),
        ("Shop", "https://a@example.com/", "link"), ("Shop", "https://[", "link"),
        ("Shop", "https://example.com/" + "x" * 500, "link"),
    ],
)  # fmt: skip
def test_a_sponsor_has_a_name_and_a_sound_link(owner, campaign, name, link, field) -> None:
    board = make_board(3, campaign=campaign)
    with pytest.raises(InvalidInput) as why:
        setting_aside.sponsor(board, [1], owner, name=name, link=link)
    assert why.value.facts["field"] == field
