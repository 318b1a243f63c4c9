"""Time zones as this API's clients read them: "(GMT-08:00) Pacific Time (US & Canada)"."""

import datetime as dt
from zoneinfo import ZoneInfo

# The names people know; any other zone is called by its city.
NAMES = {
    "America/Los_Angeles": "Pacific Time (US & Canada)",
    "America/Denver": "Mountain Time (US & Canada)",
    "America/Phoenix": "Arizona",
    "America/Chicago": "Central Time (US & Canada)",
    "America/New_York": "Eastern Time (US & Canada)",
    "America/Toronto": "Eastern Time (US & Canada)",
    "America/Halifax": "Atlantic Time (Canada)",
    "America/St_Johns": "Newfoundland",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "UTC": "Coordinated Universal Time",
    "Etc/UTC": "Coordinated Universal Time",
}


def offset_minutes(zone: str, now: dt.datetime) -> int:
    """The zone's standard offset from UTC, whatever its summer time does."""
    local = now.astimezone(ZoneInfo(zone))
    away, summer = local.utcoffset() or dt.timedelta(), local.dst() or dt.timedelta()
    # Ireland's law calls winter the odd one out: its zone counts backwards then.
    standard = away - summer if summer > dt.timedelta() else away
    return int(standard.total_seconds() // 60)


def name(zone: str, now: dt.datetime) -> str:
    """The offset and what the zone is called."""
    minutes = offset_minutes(zone, now)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    called = NAMES.get(zone) or zone.rpartition("/")[2].replace("_", " ")
    return f"(GMT{sign}{hours:02}:{rest:02}) {called}"
