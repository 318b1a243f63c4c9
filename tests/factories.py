"""What a test needs, made by the verbs that everybody uses. Plain functions; the database is
the test's business."""

import itertools
from collections.abc import Sequence
from typing import Any

from accounts import clients
from accounts.actors import SYSTEM
from accounts.models import ApiClient, Organization, Person, User
from boards import building, reserving, tokens
from boards.models import Board, Hold
from campaigns.donations import Shown
from campaigns.models import Campaign, Goal, Member, Series, Team
from payments import offline
from payments.models import Checkout
from payments.supporters import Supporter

PASSWORD = "correct horse battery staple"
_serial = itertools.count(1)


def make_user(email: str = "", **fields: Any) -> User:
    """A login with PASSWORD."""
    email = email or f"user{next(_serial)}@example.org"
    return User.objects.create_user(email, PASSWORD, **fields)


def make_organization(**fields: Any) -> Organization:
    """A live organization of its own, a sandbox."""
    slug = f"organization-{next(_serial)}"
    fields = {"slug": slug, "name": slug.title(), "status": Organization.Status.LIVE} | fields
    return Organization.objects.create(**fields)


def make_person(organization: Organization, name: str = "Ada Lovelace", **fields: Any) -> Person:
    first, _, last = name.partition(" ")
    fields = {"email": f"person{next(_serial)}@example.org"} | fields
    return Person.objects.create(
        organization=organization, first_name=first, last_name=last, **fields
    )


def make_series(organization: Organization) -> Series:
    """A series with its goal."""
    series = Series.objects.create(
        organization=organization, name="Yearly run", slug=f"series-{next(_serial)}"
    )
    Goal.objects.create(kind=Goal.Kind.SERIES, series=series, amount_minor=1_000_000)
    return series


def make_campaign(organization: Organization | None = None, **fields: Any) -> Campaign:
    """An active campaign with its goal; `status` and the rest may be given."""
    slug = f"campaign-{next(_serial)}"
    fields = {"slug": slug, "title": "New boats", "status": Campaign.Status.ACTIVE} | fields
    campaign = Campaign.objects.create(organization=organization or make_organization(), **fields)
    Goal.objects.create(kind=Goal.Kind.CAMPAIGN, campaign=campaign, amount_minor=505_000)
    return campaign


def make_team(campaign: Campaign) -> Team:
    """A team with its goal."""
    team = Team.objects.create(campaign=campaign, name="Rowers", slug=f"team-{next(_serial)}")
    Goal.objects.create(kind=Goal.Kind.TEAM, team=team)
    return team


def make_member(campaign: Campaign, team: Team | None = None) -> Member:
    """A fundraiser with a goal of their own."""
    member = Member.objects.create(
        campaign=campaign, person=make_person(campaign.organization), team=team, is_fundraiser=True
    )
    Goal.objects.create(kind=Goal.Kind.MEMBER, member=member)
    return member


def make_board(tiles: int = 5, *, campaign: Campaign | None = None, **fields: Any) -> Board:
    """A board of `tiles` tiles, open while its campaign is active; tile n costs n dollars."""
    campaign = campaign or make_campaign()
    fields = {"goal": campaign.goal, "title": "Tiles", "currency": campaign.currency} | fields
    board = building.build(Board(campaign=campaign, max_num=tiles, **fields))
    building.follow_campaign(campaign)
    board.refresh_from_db()
    return board


def make_hold(board: Board, numbers: Sequence[int] = (1,), token: str = "", **more: Any) -> Hold:
    """A supporter's browsing hold."""
    return reserving.reserve(
        board_id=board.pk, numbers=list(numbers), token=token or tokens.new(), **more
    )


def make_sale(
    board: Board, numbers: Sequence[int], name: str = "Ada Lovelace", **shown: Any
) -> Checkout:
    """Tiles sold for cash."""
    person = make_person(board.campaign.organization, name)
    return offline.sell(board=board, numbers=numbers, person=person, shown=Shown(name, **shown))


def make_supporter(**fields: Any) -> Supporter:
    """Somebody who is about to pay."""
    return Supporter(**({"name": "Ada Lovelace", "email": "ada@example.org"} | fields))


def make_client(profile: str = "sprocket", **fields: Any) -> tuple[ApiClient, str]:
    """A registered program and its secret; `accounts.grants.issue` makes tokens for it."""
    fields = {"name": f"Program {next(_serial)}", "by": SYSTEM} | fields
    fields = {"redirect_uris": "https://app.example.com/cb"} | fields
    return clients.register(profile=profile, **fields)
