"""Which rows a caller can list: always within one organization or one partner's."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Organization, Person
from boards.models import Board, Claim, Tile
from boards.states import Kind
from campaigns.models import Campaign, Donation, Member, Team
from payments.models import Line, Payment
from rally.api.rallyup.asking import Period
from rally.api.rallyup.objects import campaigns as objects
from rally.kit import clock

Status = Donation.Status
STARTED_AT = Coalesce("opens_at", "published_at", "created_at")
GIVEN_AT = Coalesce("paid_at", "created_at")
SORTS = {
    "id": "pk", "name": "name_key", "startDate": "started_at", "endDate": "deadline",
    "amountRaised": "goal__raised_minor",
}  # fmt: skip


def organizations(partner_id: int) -> QuerySet[Organization]:
    """All of a partner's that weren't deleted."""
    return Organization.objects.filter(partner=partner_id, archived_at=None)


def campaigns(organization: Organization) -> QuerySet[Campaign]:
    """All of an organization's that aren't archived, drafts as well."""
    return Campaign.objects.filter(organization=organization, archived_at=None)


def partner_campaigns(partner_id: int) -> QuerySet[Campaign]:
    """All campaigns of a partner's organizations."""
    return Campaign.objects.filter(
        organization__partner=partner_id, organization__archived_at=None, archived_at=None
    )


def of_status(rows: QuerySet[Campaign], wanted: str, offset_s: int) -> QuerySet[Campaign]:
    """Those in a status of this API; `offset_s` is how far the organization's clock is ahead."""
    kinds, now = Campaign.Status, clock.expression(None, offset_s)
    running = Q(status__in=[kinds.ACTIVE, kinds.PAUSED])
    over = Q(deadline__isnull=False, deadline__lte=now)
    found = {
        objects.PENDING: Q(status=kinds.DRAFT),
        objects.STARTED: running & ~over,
        objects.ENDED: (running & over) | Q(status=kinds.CANCELLED),
        objects.COMPLETED: Q(status=kinds.COMPLETED),
    }
    return rows.filter(found[wanted])


def of_type(rows: QuerySet[Campaign], wanted: str) -> QuerySet[Campaign]:
    """Those with a board are sales, the others crowdfunding; there are no other kinds here."""
    board = Exists(Board.objects.filter(campaign=OuterRef("pk"), archived_at=None))
    if wanted == objects.SALE:
        return rows.filter(board)
    return rows.filter(~board) if wanted == objects.CROWDFUNDING else rows.none()


def overlapping(rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    """Those that ran, or will run, at some instant of the period; `started_at` is annotated."""
    if period.end is not None:
        rows = rows.filter(started_at__lt=period.end)
    if period.start is not None:
        rows = rows.filter(Q(deadline=None) | Q(deadline__gte=period.start))
    return rows


def within(rows: QuerySet[Any], column: str, period: Period) -> QuerySet[Any]:
    """Rows of which an instant lies in the period."""
    ends: dict[str, dt.datetime] = {}
    if period.start is not None:
        ends[f"{column}__gte"] = period.start
    if period.end is not None:
        ends[f"{column}__lt"] = period.end
    return rows.filter(**ends)


def items(found: QuerySet[Campaign]) -> QuerySet[Tile]:
    """The tiles of these campaigns' boards; those kept back by staff are left out."""
    blocked = Claim.objects.filter(tile=OuterRef("pk"), ended_at=None, hold__kind=Kind.BLOCK)
    tiles = Tile.objects.filter(board__campaign__in=found, board__archived_at=None)
    return tiles.filter(~Exists(blocked))


def transactions(found: QuerySet[Campaign]) -> QuerySet[Donation]:
    """What was given, promised, failed or taken back. An order that nobody has paid is none."""
    paying = Payment.objects.filter(checkout__lines__donation=OuterRef("pk"))
    real = ~Q(status=Status.PENDING) | Q(is_verified=False) | Q(Exists(paying))
    return Donation.objects.filter(real, campaign__in=found).annotate(given_at=GIVEN_AT)


def donors(found: QuerySet[Campaign], organization: Organization) -> QuerySet[Person]:
    """The organization's people with a confirmed gift to one of these campaigns."""
    gifts = Donation.objects.filter(
        person=OuterRef("pk"), status=Status.CONFIRMED, campaign__in=found
    )
    return Person.objects.filter(Exists(gifts), organization=organization)


def participants(found: QuerySet[Campaign]) -> QuerySet[Member]:
    """Those who raise money for these campaigns."""
    return Member.objects.filter(campaign__in=found, is_fundraiser=True, archived_at=None)


def teams(found: QuerySet[Campaign]) -> QuerySet[Team]:
    """The teams of these campaigns."""
    return Team.objects.filter(campaign__in=found, archived_at=None)


def lines(gifts: list[int]) -> QuerySet[Line]:
    """What was ordered for these gifts."""
    return Line.objects.filter(donation__in=gifts)
