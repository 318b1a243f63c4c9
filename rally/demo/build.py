"""Builds the sandbox by the same verbs as everybody, and renews what time has ended."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from accounts.models import Organization, Person
from boards import building, holds, reserving
from boards.errors import HoldLimit, TilesTaken
from boards.models import Board, Hold
from boards.states import Kind
from campaigns.donations import Shown
from campaigns.models import Campaign, Donation, Goal
from payments import offline
from rally import keys
from rally.demo import pages, people, programs, rallyup
from rally.kit import clock

BOARD = "board123"
SIZE = 100
DAYS = 60
# Sold for cash before you came; 1, 7, 19, 25 and 50 are left free for you to try.
SOLD = (
    (2,), (3, 13), (4,), (5,), (6, 16, 26), (8,), (9, 90), (10,), (11,), (14,), (15, 51), (17,),
    (18, 81), (20,), (21, 22, 23), (24,), (27,), (29,), (30, 31), (36,), (42,), (55,), (64,),
    (75,), (77,), (88,), (99,), (100,),
)  # fmt: skip
# Plain placeholders: nobody is called so, and their initials differ.
LETTERS = (
    "Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett",
    "Kilo", "Lima", "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango",
    "Uniform", "Victor", "Whiskey", "Xray", "Yankee", "Zulu", "First", "Second",
)  # fmt: skip
HELD = (12, 33)
BLOCKED = (66,)
STORY = """\
Every spring our teams travel to the regional tournament. This year the bus, the entry fees and
new kit for **24 players** come to five thousand and fifty dollars.

Pick a number you like: tile *n* costs *n* dollars. When every tile is gone, every player goes.

* Two coaches, two nights, three fields
* New shirts that fit, for everyone who outgrew last year's
* Anything left over stays with the team for next season
"""


def ensure(ahead: int = 0) -> Board:
    """Build what is missing and renew what has lapsed. Running it again changes nothing.

    `ahead` is how many seconds the simulator's clock, which only goes forward, is ahead.
    """
    organization = _organization("example-school", "Example School", ahead)
    elsewhere = _organization("example-club", "Example Club", ahead)
    people.ensure(organization, elsewhere)
    campaign = _campaign(organization)
    board = Board.objects.filter(public_id=BOARD).first()
    if board is None:
        board = _board(campaign)
    _renew(campaign, board)
    pages.ensure(campaign)
    programs.ensure(organization)
    rallyup.ensure(campaign, elsewhere)
    return board


def _organization(slug: str, name: str, ahead: int) -> Organization:
    made, _ = Organization.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name, "status": Organization.Status.LIVE, "clock_offset_s": ahead,
            "website": "https://example.com",
            "tax_id": "00-0000000", "line_1": "1 Example Street", "city": "Exampleville",
            "state": "NY", "zip": "00000", "time_zone": "America/New_York",
        },
    )  # fmt: skip
    return made


def _campaign(organization: Organization) -> Campaign:
    known = Campaign.objects.filter(organization=organization, code="8de300").first()
    if known is not None:
        return known
    deadline = clock.now() + dt.timedelta(days=DAYS)
    with transaction.atomic():
        campaign = Campaign.objects.create(
            organization=organization, code="8de300", title="Spring Tournament Fund",
            slug=f"spring-tournament-{deadline.year}", status=Campaign.Status.ACTIVE,
            summary="Send all 24 players to the spring tournament.", story=STORY,
            currency="USD", time_zone=organization.time_zone, deadline=deadline,
            published_at=clock.now(),
        )  # fmt: skip
        Goal.objects.create(kind=Goal.Kind.CAMPAIGN, campaign=campaign, amount_minor=505_000)
    return campaign


def _board(campaign: Campaign) -> Board:
    with transaction.atomic():
        board = building.build(
            Board(
                public_id=BOARD,
                campaign=campaign,
                goal=campaign.goal,
                title="Tiles 1 to 100",
                currency=campaign.currency,
                max_num=SIZE,
            )
        )
        building.follow_campaign(campaign)
        for index, numbers in enumerate(SOLD, 1):
            _sell(board, index, numbers)
        reserving.take(board_id=board.pk, numbers=BLOCKED, kind=Kind.BLOCK, note="kept by staff")
    board.refresh_from_db()
    return board


def _sell(board: Board, index: int, numbers: tuple[int, ...]) -> None:
    choices = (Donation.ShownAs.NAME, Donation.ShownAs.INITIAL, Donation.ShownAs.ANONYMOUS)
    shown_as = choices[0 if index % 4 else index % 3]
    person = Person.objects.create(
        organization_id=board.campaign.organization_id, first_name=LETTERS[index - 1],
        last_name="Placeholder", email=f"supporter{index:02d}@example.com",
    )  # fmt: skip
    offline.sell(
        board=board, numbers=numbers, person=person,
        shown=Shown(name=person.name, shown_as=shown_as),
        paid_at=clock.now() - dt.timedelta(hours=5 * (len(SOLD) - index) + 1),
    )  # fmt: skip


def _renew(campaign: Campaign, board: Board) -> None:
    """The demo never ends: a deadline that comes near moves on, and two tiles stay held."""
    near = clock.now(campaign.organization.clock_offset_s) + dt.timedelta(days=7)
    if campaign.deadline is None or campaign.deadline < near:
        campaign.deadline = near + dt.timedelta(days=DAYS)
        campaign.status = Campaign.Status.ACTIVE
        campaign.save()
        building.follow_campaign(campaign)
    for number in HELD:
        token = keys.derive(settings.SECRET_KEY, f"demo hold {number}")
        held = holds.current(
            token=token, organization_id=campaign.organization_id, currency=board.currency
        )
        if held is None:
            _hold(board, number, token)


def _hold(board: Board, number: int, token: str) -> Hold | None:
    try:
        return reserving.reserve(board_id=board.pk, numbers=[number], token=token)
    except (TilesTaken, HoldLimit):
        # A visitor has it by now; the demo doesn't mind.
        return None
