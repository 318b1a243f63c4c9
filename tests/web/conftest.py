"""A small campaign with one board, and ways to make things happen on it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from django.test import Client

from accounts.models import Organization, Person
from boards import building, reserving
from boards.models import Board, Hold
from boards.states import Kind
from campaigns.donations import Shown
from campaigns.models import Campaign, Goal
from payments import offline
from rally.kit import clock
from rally.web.supporters import board as board_view
from rally.web.supporters import campaign as campaign_view
from rally.web.supporters import home as home_view
from tests.payments.conftest import outside, simulated_stripe  # noqa: F401  # fixtures

TOKEN = "other-visitor-token-0123456789"


@dataclass
class Place:
    """A board and what tests do to it."""

    board: Board

    @property
    def url(self) -> str:
        return f"/b/{self.board.public_id}/"

    def sell(
        self,
        *numbers: int,
        name: str = "Placeholder Person",
        shown_as: str = "name",
        hide_amount: bool = False,
        message: str = "",
    ) -> None:
        first, _space, last = name.partition(" ")
        person = Person.objects.create(
            organization_id=self.board.campaign.organization_id,
            first_name=first,
            last_name=last,
            email="placeholder.person@example.com",
        )
        shown = Shown(name=name, shown_as=shown_as, hide_amount=hide_amount, message=message)
        offline.sell(board=self.board, numbers=numbers, person=person, shown=shown)

    def hold(self, *numbers: int, token: str = TOKEN) -> Hold:
        return reserving.reserve(board_id=self.board.pk, numbers=numbers, token=token)

    def block(self, *numbers: int) -> None:
        reserving.take(board_id=self.board.pk, numbers=numbers, kind=Kind.BLOCK)

    def reserve(self, client: Client, numbers: Sequence[int], **more: object):
        data = {"tile": [str(number) for number in numbers], **more}
        return client.post(f"{self.url}reserve/", data)


@pytest.fixture
def make_place(db: None) -> Callable[..., Place]:
    """Makes a published campaign with a board of `size` tiles."""

    def make(
        size: int = 100, status: str = "active", currency: str = "USD", **board: object
    ) -> Place:
        organization = Organization.objects.create(
            name="Test School",
            slug=f"test-school-{size}",
            status="live",
            time_zone="America/Chicago",
        )
        deadline = clock.now() + dt.timedelta(days=30)
        campaign = Campaign.objects.create(
            organization=organization, title="New instruments", slug=f"new-instruments-{size}",
            status=status, summary="For the wind band.", story="Old ones **leak**.",
            time_zone="America/Chicago", deadline=deadline, published_at=clock.now(),
            currency=currency,
        )  # fmt: skip
        goal = Goal.objects.create(kind="campaign", campaign=campaign, amount_minor=505_000)
        made = building.build(
            Board(
                campaign=campaign,
                goal=goal,
                title="Tiles",
                currency=currency,
                max_num=size,
                **board,
            )
        )
        building.follow_campaign(campaign)
        made.refresh_from_db()
        return Place(made)

    return make


@pytest.fixture
def place(make_place: Callable[..., Place]) -> Place:
    return make_place()


@pytest.fixture(autouse=True)
def empty_shelf() -> None:
    for view in (board_view, campaign_view, home_view):
        view.shelf.clear()
