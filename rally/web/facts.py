"""What a campaign's figures say: how far it has come, and how long it still runs."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rally.kit import money


@dataclass(frozen=True, slots=True)
class Thermometer:
    """The ruler and the figures beside it, ready to be shown."""

    raised: str
    goal: str
    share: str
    percent: int
    tiles_left: int | None
    supporters: int
    deadline: str
    days: str

    @property
    def left(self) -> str:
        """Tiles left, with separators: a big board has thousands."""
        return "" if self.tiles_left is None else f"{self.tiles_left:,}"


def moment(instant: dt.datetime, time_zone: str) -> str:
    """A date and time in the campaign's own zone: "3 May 2026, 6:00 PM (America/Chicago)"."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def day_or_moment(instant: dt.datetime, time_zone: str, days: int | None) -> str:
    """The date; with the time of day once it matters."""
    if days is None or days <= 1:
        return moment(instant, time_zone)
    return date_format(instant.astimezone(ZoneInfo(time_zone)), "DATE_FORMAT")


def clock_time(instant: dt.datetime, time_zone: str) -> str:
    """Only the time of day, for a deadline that is minutes away."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{date_format(local, 'TIME_FORMAT')} {local.tzname()}"


def days_left(deadline: dt.datetime | None, now: dt.datetime, time_zone: str) -> int | None:
    """Calendar days in the campaign's zone; negative once it is over, None without an end."""
    if deadline is None:
        return None
    if deadline <= now:
        return -1
    zone = ZoneInfo(time_zone)
    return (deadline.astimezone(zone).date() - now.astimezone(zone).date()).days


def days_words(days: int | None) -> str:
    """How long a campaign goes on yet, in words; empty without an end."""
    if days is None:
        return ""
    if days < 0:
        return _("ended")
    if days == 0:
        return _("last day")
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}


def thermometer(
    *,
    raised_minor: int,
    goal_minor: int,
    currency: str,
    supporters: int,
    deadline: dt.datetime | None,
    time_zone: str,
    now: dt.datetime,
    tiles_left: int | None = None,
) -> Thermometer:
    """Shares are floored, so that a campaign never looks complete before it is."""
    days = days_left(deadline, now, time_zone)
    permille = min(1000, raised_minor * 1000 // goal_minor) if goal_minor > 0 else 0
    return Thermometer(
        raised=money.format(raised_minor, currency),
        goal=money.format(goal_minor, currency) if goal_minor else "",
        share=f"{permille // 10}.{permille % 10}%",
        percent=raised_minor * 100 // goal_minor if goal_minor > 0 else 0,
        tiles_left=tiles_left,
        supporters=supporters,
        deadline=day_or_moment(deadline, time_zone, days) if deadline else "",
        days=days_words(days),
    )
