"""A campaign opens, pauses and ends, and its boards with it: in one transaction, or not at all.

Locks: the campaign first, its boards last and in id order. Holds are not touched: who is paying
finishes, whatever happens to the campaign meanwhile.
"""

import datetime as dt
import logging
from collections.abc import Callable

from django.db.models import Count, Min, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.actors import SYSTEM, Actor
from accounts.models import Organization
from accounts.rights import Right, require
from boards import building
from boards.models import Board, Hold, Tile
from boards.states import Phase
from campaigns import checklist, lifecycle, news, rules
from campaigns.checklist import Point
from campaigns.editing import locked
from campaigns.errors import NotReady, WrongStatus
from campaigns.models import Campaign
from rally.kit import clock
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.retries import retrying

Status = Campaign.Status
IN_PAYMENT = (Phase.PAYING, Phase.PROCESSING)
logger = logging.getLogger(__name__)


def ready(campaign: Campaign, now: dt.datetime | None = None) -> list[Point]:
    """The checklist of a campaign as it is now."""
    organization = campaign.organization
    boards = Board.objects.filter(campaign=campaign, archived_at=None)
    tiles = Tile.objects.filter(board__in=boards).aggregate(
        cheapest=Min("price_minor"), full=Sum("price_minor"), boards=Count("board", distinct=True)
    )
    facts = checklist.Facts(
        title=campaign.title, summary=campaign.summary, story=campaign.story,
        goal_minor=campaign.goal.amount_minor, deadline=campaign.deadline,
        currency=campaign.currency, boards=tiles["boards"], cheapest_minor=tiles["cheapest"],
        full_minor=tiles["full"] or 0, organization_status=organization.status,
        livemode=organization.livemode,
    )  # fmt: skip
    return checklist.points(facts, now or clock.now(organization.clock_offset_s))


def publish(campaign: Campaign, by: Actor, *, now: dt.datetime | None = None) -> None:
    """Show it to everybody and let them pick. Again changes nothing.

    Raises Forbidden, WrongStatus, and NotReady naming what is missing.
    """
    _move(campaign, "publish", by, now, _must_be_ready)


def schedule(
    campaign: Campaign, opens_at: dt.datetime | None, by: Actor, *, now: dt.datetime | None = None
) -> None:
    """Publish it at an instant to come; None takes that back.

    Raises Forbidden, WrongStatus for anything but a draft, NotReady, and InvalidInput for an
    instant that has passed or lies after the deadline.
    """
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)

    def work() -> None:
        row = locked(campaign.pk)
        moment = now or _now(row)
        if row.status != Status.DRAFT:
            raise WrongStatus
        if opens_at is not None:
            _must_be_ready(row, moment)
            if opens_at <= moment:
                raise InvalidInput(_("That's in the past; publish it now."), field="opens_at")
            if row.deadline is not None and opens_at >= row.deadline:
                raise InvalidInput(_("That's after its last day."), field="opens_at")
        row.opens_at = opens_at
        row.save(update_fields=["opens_at"])
        news.tell("campaign.scheduled" if opens_at else "campaign.unscheduled", row, by)

    retrying(work)
    campaign.refresh_from_db()


def pause(campaign: Campaign, by: Actor, *, now: dt.datetime | None = None) -> None:
    """Nobody sees it or picks until it's resumed; payments under way finish."""
    _move(campaign, "pause", by, now)


def resume(campaign: Campaign, by: Actor, *, now: dt.datetime | None = None) -> None:
    """Show it again. Raises NotReady once its deadline has passed: extend it first."""
    _move(campaign, "resume", by, now, _must_be_ready)


def extend(
    campaign: Campaign, deadline: dt.datetime, by: Actor, *, now: dt.datetime | None = None
) -> None:
    """Give a campaign that runs more time. Raises Forbidden, WrongStatus, and InvalidInput for
    a deadline that isn't later than the one it has."""
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)

    def work() -> None:
        row = locked(campaign.pk)
        if row.status not in lifecycle.RUNNING:
            raise WrongStatus
        later = rules.deadline(deadline, now or _now(row))
        if row.deadline is not None and later <= row.deadline:
            raise InvalidInput(_("That isn't later than its last day now."), field="deadline")
        row.deadline = later
        row.save(update_fields=["deadline"])
        news.tell("campaign.extended", row, by)
        building.follow_campaign(row)

    retrying(work)
    campaign.refresh_from_db()


def complete(campaign: Campaign, by: Actor, *, now: dt.datetime | None = None) -> bool:
    """End it for good. False while somebody is still paying: then it closes now, and is
    completed as soon as the bank has answered. Raises Forbidden and WrongStatus."""
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)

    def work() -> bool:
        row = locked(campaign.pk)
        moment = now or _now(row)
        if row.status in lifecycle.RUNNING and (row.deadline is None or row.deadline > moment):
            # Boards close first: whoever starts to pay after this is turned away.
            row.deadline = moment
            row.save(update_fields=["deadline"])
            news.tell("campaign.closing", row, by)
            building.follow_campaign(row)
        if row.status in lifecycle.RUNNING and in_payment(row):
            return False
        if lifecycle.go(row, "complete", by, moment):
            building.follow_campaign(row)
        return True

    done = retrying(work)
    campaign.refresh_from_db()
    return done


def discard(campaign: Campaign, by: Actor) -> None:
    """Put a draft away for good. Raises Forbidden and WrongStatus."""
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)

    def work() -> None:
        row = locked(campaign.pk)
        if row.status != Status.DRAFT:
            raise WrongStatus
        row.archived_at, row.opens_at = clock.database_now(), None
        row.save(update_fields=["archived_at", "opens_at"])
        news.tell("campaign.discarded", row, by)

    retrying(work)
    campaign.refresh_from_db()


def in_payment(campaign: Campaign) -> int:
    """How many baskets with tiles of this campaign are with the bank right now."""
    holds = Hold.objects.filter(phase__in=IN_PAYMENT, claims__ended_at=None)
    return holds.filter(claims__board__campaign=campaign).distinct().count()


def open_due(now: dt.datetime | None = None) -> int:
    """Publish what was scheduled for now. One that isn't ready any more stays a draft, and its
    page says so."""
    opened = 0
    for campaign in _due(Campaign.objects.filter(status=Status.DRAFT), "opens_at", now):
        try:
            publish(campaign, SYSTEM, now=now)
            opened += 1
        except DomainError as why:
            logger.warning("Campaign %s was not opened: %s", campaign.public_id, why)
            schedule(campaign, None, SYSTEM, now=now)
    return opened


def complete_due(now: dt.datetime | None = None) -> int:
    """Complete what is past its deadline, once nobody is paying any more."""
    running = Campaign.objects.filter(status__in=lifecycle.RUNNING)
    return sum(complete(campaign, SYSTEM, now=now) for campaign in _due(running, "deadline", now))


def _due(campaigns: QuerySet[Campaign], column: str, now: dt.datetime | None) -> list[Campaign]:
    """Those whose time has come by their own organization's clock."""
    waiting = campaigns.filter(archived_at=None, **{f"{column}__isnull": False})
    offsets = Organization.objects.filter(pk__in=waiting.values("organization"))
    due: list[Campaign] = []
    for offset in sorted(set(offsets.values_list("clock_offset_s", flat=True))):
        moment = clock.expression(now, offset)
        mine = waiting.filter(organization__clock_offset_s=offset, **{f"{column}__lte": moment})
        due += mine.select_related("organization", "goal").order_by("pk")
    return due


def _move(
    campaign: Campaign,
    move: str,
    by: Actor,
    now: dt.datetime | None,
    check: Callable[[Campaign, dt.datetime], None] | None = None,
) -> None:
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)

    def work() -> None:
        row = locked(campaign.pk)
        moment = now or _now(row)
        if check is not None and lifecycle.may(row, move):
            check(row, moment)
        if lifecycle.go(row, move, by, moment):
            building.follow_campaign(row)

    retrying(work)
    campaign.refresh_from_db()


def _must_be_ready(campaign: Campaign, now: dt.datetime) -> None:
    open_points = checklist.missing(ready(campaign, now))
    if open_points:
        raise NotReady(open=[point.name for point in open_points])


def _now(campaign: Campaign) -> dt.datetime:
    return clock.now(campaign.organization.clock_offset_s)
