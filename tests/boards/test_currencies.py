"""A campaign's currency: it changes by the same figures, until somebody has picked or given."""

import pytest

from accounts.actors import SYSTEM
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from boards import currencies
from boards.currencies import CurrencySettled
from boards.models import Board, Tile
from campaigns import teams
from campaigns.models import Campaign, Goal
from payments.entering import Told, enter
from rally.kit import clock
from rally.kit.errors import InvalidInput
from tests.factories import make_board, make_campaign, make_hold
from tests.organizing import actor

pytestmark = pytest.mark.django_db


def change(campaign: Campaign, code: str) -> Campaign:
    return currencies.change(campaign, code, SYSTEM)


def test_figures_stay_and_everything_follows() -> None:
    board = make_board(5)
    campaign = board.campaign
    teams.add(campaign, {"name": "Falcons", "goal": {"amount_minor": 50_000}}, SYSTEM)
    layout = board.layout
    assert change(campaign, "JPY").currency == "JPY"
    board.refresh_from_db()
    assert (board.currency, board.unit_minor, board.layout) == ("JPY", 1, layout + 1)
    prices = Tile.objects.filter(board=board).order_by("number").values_list("price_minor")
    assert [price for (price,) in prices] == [1, 2, 3, 4, 5]
    assert set(Goal.objects.values_list("amount_minor", flat=True)) == {5_050, 500}
    change(campaign, "KWD")
    assert Board.objects.get().unit_minor == 1_000
    assert Goal.objects.get(campaign=campaign).amount_minor == 5_050_000
    make_hold(board, [1])
    assert Board.objects.get().locked_at is not None


def test_the_first_pick_settles_it() -> None:
    board = make_board(5)
    make_hold(board, [1])
    with pytest.raises(CurrencySettled):
        change(board.campaign, "EUR")
    board.refresh_from_db()
    assert (board.currency, board.campaign.currency) == ("USD", "USD")


def test_a_gift_settles_it() -> None:
    campaign = make_campaign()
    told = Told(amount_minor=500, goal=campaign.goal, donor={"first_name": "Ada"},
                payment_type="Cash", paid_at=clock.now())  # fmt: skip
    enter(campaign, told, SYSTEM)
    with pytest.raises(CurrencySettled):
        change(campaign, "EUR")


@pytest.mark.parametrize("code", ["", "usd", "DOLLARS", "U$D", "€"])
def test_what_is_no_currency(code: str) -> None:
    with pytest.raises(InvalidInput) as why:
        change(make_campaign(), code)
    assert why.value.facts["field"] == "currency"


def test_parts_that_the_other_has_not_change_nothing() -> None:
    campaign = make_campaign()
    make_board(5, campaign=campaign, unit_minor=150)
    with pytest.raises(InvalidInput) as why:
        change(campaign, "JPY")
    assert "$1.50" in str(why.value)
    assert Goal.objects.get(campaign=campaign).amount_minor == 505_000
    assert Campaign.objects.get().currency == "USD"


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.VIEWER])
def test_only_who_runs_campaigns(role: str) -> None:
    campaign = make_campaign()
    with pytest.raises(Forbidden):
        currencies.change(campaign, "EUR", actor(campaign.organization, role))
