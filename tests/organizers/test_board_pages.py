"""A board in the organizer's browser: tiles to tick, and a page for each thing to do with them."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models.organizations import Role
from boards.models import Board, Claim, Tile
from campaigns.models import Donation, Goal
from payments.models import Checkout
from tests.factories import make_board, make_hold, make_sale, make_team
from tests.organizing import actor

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
CASH = {
    "numbers": "7, 19", "name": "Ada Lovelace", "amount": "26", "payment_type": "Check",
    "paid_on": "", "shown_as": "name", "email": "", "note": "",
}  # fmt: skip


@pytest.fixture
def board() -> Board:
    return make_board(50)


@pytest.fixture
def sign_in(board: Board) -> Callable[..., Client]:
    def make(role: str = Role.OWNER) -> Client:
        client = Client()
        user = actor(board.campaign.organization, role).user
        assert user is not None
        client.force_login(user)
        return client

    return make


@pytest.fixture
def client(sign_in: Callable[..., Client]) -> Client:
    return sign_in()


def at(board: Board, *parts: str) -> str:
    organization = board.campaign.organization
    return "/".join(["/organize", organization.code, "boards", board.public_id, *parts, ""])


def cash(client: Client, board: Board, **more: str):
    page = client.get(at(board, "cash") + "?tile=7&tile=19")
    data = CASH | {"paid_on": str(page.context["form"].initial["paid_on"])} | more
    return client.post(at(board, "cash"), data)


def test_every_tile_says_who_has_it(board, client, django_assert_max_num_queries) -> None:
    make_sale(board, [3], "Ada Lovelace")
    make_sale(board, [4], "Ada Lovelace", shown_as="anonymous")
    make_hold(board, [5])
    client.post(at(board, "block"), {"numbers": "6", "note": "for <the> coach"})
    client.get(at(board))
    with django_assert_max_num_queries(12):
        page = client.get(at(board))
    assert page.context["counts"] == {"free": 46, "held": 1, "sold": 2, "promised": 0, "aside": 1}
    text = page.content.decode()
    assert "Tile 3, 3 dollars, sold, Ada Lovelace" in text
    assert "Ada Lovelace (anonymous)" in text
    assert "for &lt;the&gt; coach" in text
    for query, count in (("show=sold", 2), ("show=free", 46), ("find=5", 1), ("find=999", 0)):
        assert client.get(f"{at(board)}?{query}").context["found"] == count
    listed = client.get(f"{at(board)}?view=list&show=sold")
    assert listed.content.count(b'name="tile"') == 2


@pytest.mark.parametrize(
    "query", ["show=nothing", "find=abc", "find=-1", "block=99", "block=x", "view=%00", "tile=x"]
)
def test_odd_questions_are_answered(board, client, query: str) -> None:
    assert client.get(f"{at(board)}?{query}").status_code in (200, 400)


def test_a_big_board_shows_a_hundred_at_a_time(client, board) -> None:
    big = make_board(1000, campaign=board.campaign)
    page = client.get(at(big) + "?block=3")
    assert page.content.count(b'name="tile"') == 100
    assert b'id="t201"' in page.content


def test_ticked_tiles_are_in_the_form(board, client) -> None:
    form = client.get(at(board, "cash") + "?tile=7&tile=19&tile=x").context["form"]
    assert form.initial["numbers"] == "7, 19"
    assert form.initial["amount"] == 2_600


def test_cash_is_written_down_counted_and_taken_back(board, client, sign_in) -> None:
    helper = sign_in(Role.TEAM_ADMIN)
    assert cash(helper, board).status_code == 302
    order = Checkout.objects.get()
    assert order.status == "open"
    home = f"/organize/{board.campaign.organization.code}/c/{board.campaign.slug}/"
    assert b"Ada Lovelace" in client.get(home).content
    base = f"/organize/{board.campaign.organization.code}/cash/{order.reference}/"
    assert helper.post(f"{base}confirm/").status_code == 403
    assert client.get(f"{base}confirm/").status_code == 200
    assert client.post(f"{base}confirm/").status_code == 302
    assert Goal.objects.get(pk=board.goal_id).raised_minor == 2_600
    assert helper.post(f"{base}back/", {"reason": "x"}).status_code == 403
    assert client.post(f"{base}back/", {"reason": ""}).status_code == 400
    assert client.post(f"{base}back/", {"reason": "Bounced"}).status_code == 302
    assert not Claim.objects.filter(ended_at=None).exists()
    assert client.post(f"{base}confirm/").status_code == 409


def test_an_owner_may_count_at_once_and_a_helper_may_not(board, client, sign_in) -> None:
    assert cash(sign_in(Role.TEAM_ADMIN), board, counted="on").status_code == 302
    assert not Donation.objects.get().is_verified
    assert cash(client, board, numbers="8", counted="on").status_code == 302
    assert Donation.objects.filter(is_verified=True).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "1000000000000"}, "amount"),
        ({"amount": "25.99"}, "amount"),
        ({"amount": "cash"}, "amount"),
        ({"paid_on": "2999-01-01"}, "paid_on"),
        ({"paid_on": ""}, "paid_on"),
        ({"numbers": "51"}, "numbers"),
        ({"numbers": "3"}, "numbers"),
        ({"numbers": "0"}, "numbers"),
        ({"numbers": "1-99999"}, "numbers"),
        ({"numbers": "seven"}, "numbers"),
        ({"numbers": ""}, "numbers"),
        ({"name": ""}, "name"),
        ({"name": "a@example.com"}, "name"),
        ({"email": "nobody"}, "email"),
        ({"payment_type": "Credit_Card"}, "payment_type"),
    ],
)
def test_mistakes_stand_beside_their_field(board, client, change, field: str) -> None:
    make_sale(board, [3])
    answer = cash(client, board, **change)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert Checkout.objects.count() == 1


def test_tiles_are_set_aside_moved_and_freed(board, client) -> None:
    sponsor = {"numbers": "1-3", "name": "Shop", "link": "https://example.com/"}
    assert client.post(at(board, "sponsor"), sponsor).status_code == 302
    assert Tile.objects.filter(sponsor_name="Shop").count() == 3
    bad = client.post(at(board, "sponsor"), sponsor | {"numbers": "4", "link": "http://x"})
    assert list(bad.context["form"].errors) == ["link"]
    assert client.post(at(board, "comp"), {"numbers": "4", "name": "Coach"}).status_code == 302
    assert client.post(at(board, "free"), {"numbers": "1, 4"}).status_code == 302
    make_sale(board, [30])
    refused = client.post(at(board, "free"), {"numbers": "30"})
    assert refused.status_code == 400
    dear = client.post(at(board, "move"), {"number": "30", "to": "31"})
    assert (dear.status_code, b"$31.00" in dear.content) == (400, True)
    taken = client.post(at(board, "move"), {"number": "30", "to": "2"})
    assert list(taken.context["form"].errors) == ["to"]
    assert client.post(at(board, "move"), {"number": "30", "to": "29"}).status_code == 302
    assert Claim.objects.filter(ended_at=None, number=29).exists()
    assert client.get(at(board, "nothing")).status_code == 404


def layout(**more: str) -> dict[str, str]:
    return {
        "title": "Board", "first": "1", "last": "20", "price_model": "flat", "unit": "5",
        "columns": "5", "bands": "", "own": "",
    } | more  # fmt: skip


def test_a_board_is_laid_out_until_the_first_pick(board, client) -> None:
    answer = client.post(at(board, "layout"), layout(own="13 = 25\n14 = 7.50"))
    assert answer.status_code == 302
    assert Tile.objects.get(board=board, number=14).price_minor == 750
    bands = layout(price_model="bands", bands="1-10 = 5\n11-20 = 10", unit="")
    assert client.post(at(board, "layout"), bands).status_code == 302
    assert b"1-10 = 5" in client.get(at(board, "layout")).content
    make_hold(Board.objects.get(pk=board.pk), [1])
    assert b"<form" not in client.get(at(board, "layout")).content.split(b"</h1>")[1]
    assert client.post(at(board, "layout"), layout()).status_code == 400


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first": "0"}, "first"), ({"last": "10001"}, "last"), ({"first": "30"}, "last"),
        ({"last": "x"}, "last"), ({"unit": ""}, "unit"), ({"unit": "0"}, "unit"),
        ({"unit": "9999999999"}, "unit"), ({"bands": "1-2"}, "bands"), ({"own": "x=1"}, "own"),
        ({"own": "99 = 1"}, "own"), ({"title": ""}, "title"), ({"columns": "4"}, "columns"),
        ({"price_model": "gift"}, "price_model"),
    ],
)  # fmt: skip
def test_a_bad_layout_names_its_field(board, client, change, field: str) -> None:
    answer = client.post(at(board, "layout"), layout(**change))
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    new = f"/organize/{board.campaign.organization.code}/c/{board.campaign.slug}/boards/new/"
    assert client.post(new, layout(**change)).status_code == 400
    assert Board.objects.count() == 1


def test_boards_are_added_named_credited_ordered_and_put_away(board, client) -> None:
    home = f"/organize/{board.campaign.organization.code}/c/{board.campaign.slug}/boards/"
    assert client.post(f"{home}new/", layout()).status_code == 302
    other = Board.objects.exclude(pk=board.pk).get()
    assert client.post(at(other, "earlier")).status_code == 302
    assert list(Board.objects.order_by("position")) == [other, board]
    team = make_team(board.campaign)
    data = {"title": "Rowing", "columns": "7", "hold_minutes": "10", "most_per_supporter": "",
            "owner": f"team-{team.pk}"}  # fmt: skip
    assert client.post(at(other, "settings"), data).status_code == 302
    other.refresh_from_db()
    assert (other.title, other.goal, other.columns) == ("Rowing", team.goal, 7)
    wrong = client.post(at(other, "settings"), data | {"owner": "team-99999", "hold_minutes": "4"})
    assert wrong.status_code == 400
    assert client.post(at(other, "put-away")).status_code == 302
    assert client.get(at(other)).status_code == 404
    make_sale(board, [1])
    assert client.post(at(board, "put-away")).status_code == 409
