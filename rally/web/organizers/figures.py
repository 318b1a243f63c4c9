"""What a campaign's dashboard adds up. A fixed number of queries, however much was sold."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, IntegerField, Q, Sum, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Substr
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from boards.models import Board, Claim
from boards.states import Kind, Phase
from campaigns.models import Campaign, Donation, DonationEntry
from payments.models import Checkout, Dispute
from payments.snapshots import shown_name
from rally.kit import money

LATEST = 10
WAITING = 20
WIDE, HIGH, EDGE = 600, 200, 8
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Day:
    """What came in on one day, and altogether by its end; minor units."""

    day: dt.date
    amount: int
    total: int


def boards(campaign: Campaign, now: dt.datetime) -> list[dict[str, Any]]:
    """Each board with its tiles by state; a hold past its time counts as free. Two queries."""
    lapsed = Q(hold__phase=Phase.BROWSING, hold__expires_at__lte=now)
    live = Claim.objects.filter(
        board__campaign=campaign, board__archived_at=None, ended_at=None
    ).exclude(lapsed)  # fmt: skip
    block = Q(hold__kind=Kind.BLOCK)
    counts: dict[int, Any] = {
        row["board_id"]: row
        for row in live.values("board_id").annotate(
            blocked=Count("pk", filter=block),
            sold=Count("pk", filter=~block & Q(hold__phase=Phase.SOLD)),
            held=Count("pk", filter=~block & ~Q(hold__phase=Phase.SOLD)),
        )
    }
    found = Board.objects.filter(campaign=campaign, archived_at=None).order_by("position", "pk")
    return [_board(board, counts.get(board.pk, {})) for board in found]


def _board(board: Board, row: dict[str, int]) -> dict[str, Any]:
    tiles = board.max_num - board.min_num + 1
    sold, held, blocked = (row.get(name, 0) for name in ("sold", "held", "blocked"))
    return {
        "title": board.title, "public_id": board.public_id, "tiles": tiles, "sold": sold,
        "held": held, "blocked": blocked, "free": tiles - sold - held - blocked,
        "percent": sold * 100 // tiles,
    }  # fmt: skip


def at_risk(campaign: Campaign) -> int:
    """What donors' banks are asking back right now, in minor units."""
    disputed = Dispute.objects.filter(
        is_open=True, payment__checkout__lines__donation__campaign=campaign
    ).values("pk").distinct()  # fmt: skip
    total = Dispute.objects.filter(pk__in=disputed).aggregate(
        n=Coalesce(Sum("amount_minor"), 0)
    )  # fmt: skip
    return total["n"]


def latest(campaign: Campaign) -> list[dict[str, Any]]:
    """The newest gifts as the public may see them, amounts included: these are the runners'."""
    rows = Donation.objects.filter(campaign=campaign, status=Donation.Status.CONFIRMED).order_by(
        "-paid_at", "-pk"
    )[:LATEST]
    return [
        {
            "name": shown_name(gift.display_name, gift.shown_as) or _("Anonymous"),
            "amount": money.format(gift.amount_minor, gift.currency),
            "at": gift.paid_at,
            "how": gift.get_payment_type_display(),
            "public_id": gift.public_id,
        }
        for gift in rows
    ]


def waiting(campaign: Campaign) -> list[Checkout]:
    """Money given by hand that nobody has counted yet, the oldest first."""
    return list(
        Checkout.objects.filter(
            method=Checkout.Method.OFFLINE, status=Checkout.Status.OPEN,
            lines__donation__campaign=campaign,
        ).select_related("person").distinct().order_by("pk")[:WAITING]
    )  # fmt: skip


def pace(campaign: Campaign) -> list[Day]:
    """Day by day in the campaign's time zone; days without a change are left out. One query.

    The database adds up quarters of an hour, which every zone's days begin with: asking it for
    local days takes SQLite a call per gift.
    """
    zone = ZoneInfo(campaign.time_zone)
    # A gift came in when it was paid, though cash may have been written down later.
    when = Case(When(kind=DonationEntry.Kind.GIFT, then="donation__paid_at"), default="at")
    text = Cast(when, TextField())
    minute = Cast(Substr(text, 15, 2), IntegerField())
    rows = (
        DonationEntry.objects.filter(donation__campaign=campaign)
        .annotate(hour=Substr(text, 1, 13), quarter=minute / Value(15))
        .values_list("hour", "quarter")
        .annotate(amount=Sum("amount_minor"))
        .order_by()
    )
    days: Counter[dt.date] = Counter()
    for hour, quarter, amount in rows:
        began = dt.datetime.fromisoformat(f"{hour}:{quarter * 15:02}+00:00")
        days[began.astimezone(zone).date()] += amount
    found = sorted(days.items())
    totals = accumulate(amount for _day, amount in found)
    return [Day(day, amount, total) for (day, amount), total in zip(found, totals, strict=True)]


def chart(campaign: Campaign, days: list[Day], today: dt.date) -> dict[str, Any]:
    """The pace as a picture and as rows: what was raised, and the straight way to the goal."""
    zone = ZoneInfo(campaign.time_zone)
    opened = campaign.published_at.astimezone(zone).date() if campaign.published_at else today
    first = min([opened, *(day.day for day in days[:1])])
    ends = campaign.deadline.astimezone(zone).date() if campaign.deadline else today
    last = max(ends, today, *(day.day for day in days[-1:]))
    span = max((last - first).days, 1)
    goal, total = campaign.goal.amount_minor, days[-1].total if days else 0
    top = max(goal, *(day.total for day in days), 1) if days else max(goal, 1)
    should = min(goal, goal * max((today - first).days, 0) // max((ends - first).days, 1))
    return {
        "svg": _svg(days, first, span, top, goal, today, ends),
        "rows": [
            {"day": date_format(day.day, "DATE_FORMAT"),
             "amount": money.format(day.amount, campaign.currency),
             "total": money.format(day.total, campaign.currency)}
            for day in days[-MOST_ROWS:]
        ],
        "more": max(0, len(days) - MOST_ROWS),
        "first": date_format(first, "DATE_FORMAT"),
        "last": date_format(last, "DATE_FORMAT"),
        "words": _pace_words(campaign, total, should, today, ends),
    }  # fmt: skip


def _pace_words(
    campaign: Campaign, total: int, should: int, today: dt.date, ends: dt.date
) -> str:  # fmt: skip
    left = campaign.goal.amount_minor - total
    if left <= 0:
        return _("The goal is reached.")
    if campaign.status not in (Campaign.Status.ACTIVE, Campaign.Status.PAUSED):
        return ""
    days = max((ends - today).days, 1)
    need = {"amount": money.format(-(-left // days), campaign.currency), "days": days}
    if total >= should:
        return _("You're ahead of the straight line. %(amount)s a day is enough.") % need
    return _("You're behind the straight line: it takes %(amount)s a day from now on.") % need


def _svg(
    days: list[Day], first: dt.date, span: int, top: int, goal: int, today: dt.date, ends: dt.date
) -> SafeString:  # fmt: skip
    """Steps for the money, a dashed line for the goal, a thin one for today."""

    def x(day: dt.date) -> int:
        return EDGE + (WIDE - 2 * EDGE) * (day - first).days // span

    def y(amount: int) -> int:
        return HIGH - EDGE - (HIGH - 2 * EDGE) * max(amount, 0) // top

    steps = [f"M{x(first)} {y(0)}"]
    for day in days:
        steps.append(f"H{x(day.day)}V{y(day.total)}")
    steps.append(f"H{max(x(today), x(first))}")
    line = "".join(steps)
    fill = f"{line}V{y(0)}Z"
    way = f"M{x(first)} {y(0)}L{x(ends)} {y(goal)}" if goal else ""
    return mark_safe(
        f'<path class="way" d="{way}"/><path class="sum-fill" d="{fill}"/>'
        f'<path class="sum" d="{line}"/><path class="base" d="M{EDGE} {y(0)}H{WIDE - EDGE}"/>'
        f'<path class="today" d="M{x(today)} {EDGE}V{y(0)}"/>'
    )
