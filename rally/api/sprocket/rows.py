"""Which rows there are to list, with the columns that filters and sorting know."""

import datetime as dt
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Now

from accounts.models import Address, Organization
from boards.models import Board
from campaigns.models import Access, Campaign, Donation, Goal, Member, Series, Team, Update
from campaigns.models.goals import missing
from rally.api.sprocket.fields import Level, Sight
from rally.api.sprocket.objects.campaigns import TILES, TYPE_CODES

Status = Donation.Status
LAG = dt.timedelta(seconds=5)
LIVE = {"organization__status": Organization.Status.LIVE, "organization__archived_at": None}


def campaigns() -> QuerySet[Campaign]:
    """All that aren't archived, with their type's code."""
    own = [When(type=kind, then=Value(code)) for kind, code in TYPE_CODES.items()]
    board = Exists(Board.objects.filter(campaign=OuterRef("pk"), archived_at=None))
    code = Case(When(board, then=Value(TILES)), *own, default=Value(0),
                output_field=IntegerField())  # fmt: skip
    return Campaign.objects.filter(archived_at=None).annotate(type_code=code)


def public_campaigns() -> QuerySet[Campaign]:
    """What everybody finds: running or completed, listed, of a live organization."""
    return campaigns().filter(status__in=Campaign.PUBLIC, unlisted=False, **LIVE)


def series() -> QuerySet[Series]:
    """All that aren't archived, of live organizations."""
    return Series.objects.filter(archived_at=None, **LIVE)


def members(campaign: Campaign, *, public: bool) -> QuerySet[Member]:
    """The users of a campaign. The public sees fundraisers whose pages are public, no donors."""
    first = Address.objects.filter(person=OuterRef("person"), archived_at=None).order_by("pk")
    parts = {
        f"address_{name}": Subquery(first.values(name)[:1])
        for name in ("city", "state", "zip", "country")
    }
    rows = Member.objects.filter(campaign=campaign, archived_at=None)
    if public:
        rows = rows.filter(is_fundraiser=True, access=Access.PUBLIC)
    return rows.alias(to_goal_minor=missing("goal__"), **parts)


def teams(campaign: Campaign, *, public: bool) -> QuerySet[Team]:
    """The teams of a campaign; the public sees those whose pages are public."""
    rows = Team.objects.filter(campaign=campaign, archived_at=None)
    if public:
        rows = rows.filter(access=Access.PUBLIC)
    return rows.alias(to_goal_minor=missing("goal__"))


def donations(campaign: Campaign, sight: Sight, *, voids: bool = False) -> QuerySet[Donation]:
    """Gifts that were given: confirmed, or waiting to be verified.

    An order that nobody has paid for yet is no gift. `voids` adds what was taken back.
    """
    given = Q(status=Status.CONFIRMED) | Q(status=Status.PENDING, is_verified=False)
    if voids:
        given |= Q(status=Status.VOID)
    return _described(Donation.objects.filter(given, campaign=campaign), sight)


def _described(rows: QuerySet[Donation], sight: Sight) -> QuerySet[Donation]:
    name: Any = F("person__name_key")
    email: Any = F("person__email")
    if not sight.sees(Level.ADMIN):
        named = ~Q(shown_as=Donation.ShownAs.ANONYMOUS)
        name, email = Case(When(named, then=name)), Case(When(named, then=email))
    return rows.annotate(given_at=Coalesce("paid_at", "created_at")).alias(
        seen_name_key=name, seen_email=email, waits=_flag(Q(status=Status.PENDING)),
        name_hidden=_flag(Q(shown_as=Donation.ShownAs.ANONYMOUS)),
    )  # fmt: skip


def _flag(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def to_goal(goal: Goal, rows: QuerySet[Donation]) -> QuerySet[Donation]:
    """Of these gifts those that count for a goal: a team's are its members', too."""
    if goal.team_id is not None:
        return rows.filter(Q(goal=goal) | Q(goal__member__team=goal.team_id))
    if goal.campaign_id is not None:
        return rows.filter(campaign=goal.campaign_id)
    return rows.filter(goal=goal)


def shown_gifts() -> QuerySet[Donation]:
    """Gifts whose public part may be shown, with the columns of that part alone."""
    amount = Case(When(hide_amount=False, then=F("amount_minor")))
    return Donation.objects.filter(status=Status.CONFIRMED).alias(shown_minor=amount)


def updates(member: Member) -> QuerySet[Update]:
    """A fundraiser's news."""
    return Update.objects.filter(member=member, archived_at=None)


def addresses(member: Member) -> QuerySet[Address]:
    """A person's addresses."""
    return Address.objects.filter(person=member.person_id, archived_at=None)


def settled(found: QuerySet[Any]) -> QuerySet[Any]:
    """What changed at least five seconds ago: nothing that is still being written is missed."""
    return found.filter(modified_at__lt=Now() - LAG)
