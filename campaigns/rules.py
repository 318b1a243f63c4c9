"""What a campaign may be called, aim for and say. One rule per field, for every door."""

import datetime as dt
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from campaigns.fitting import MOST_GOAL_MINOR
from rally.kit import money, text
from rally.kit.errors import InvalidInput

LONGEST_TITLE = 120
LONGEST_SUMMARY = 200
LONGEST_STORY = 20_000
LONGEST_CODE = 64
EARLIEST_YEAR = 2000
FURTHEST_DAYS = 5 * 366
PALETTES = (
    "marigold", "apricot", "coral", "rose", "orchid", "lilac", "sky", "lagoon", "mint", "leaf",
    "lemon", "stone",
)  # fmt: skip


def title(value: str) -> str:
    """One visible line of up to 120 characters."""
    return _line(value, "title", LONGEST_TITLE, _("Please give the campaign a title."))


def summary(value: str) -> str:
    """One line, or nothing."""
    return _line(value, "summary", LONGEST_SUMMARY)


def code(value: str, field: str) -> str:
    """A number or word of the organization's own books, or nothing."""
    return _line(value, field, LONGEST_CODE)


def story(value: str) -> str:
    """Markdown as it was typed; it is made harmless when it is shown, not when it is kept."""
    _readable(value, "story")
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(value) > LONGEST_STORY:
        raise InvalidInput(
            _("That's %(n)s characters; a story has room for %(most)s.")
            % {"n": f"{len(value):,}", "most": f"{LONGEST_STORY:,}"},
            field="story",
        )
    return value


def goal(minor: int, currency: str) -> int:
    """Minor units above zero and below a billion, in steps that the currency can be paid in."""
    if not 0 < minor < MOST_GOAL_MINOR:
        raise InvalidInput(_("The goal must be above zero, and below a billion."), field="goal")
    if minor % money.step(currency):
        raise InvalidInput(_("This currency can't be paid in such small parts."), field="goal")
    return minor


def deadline(value: dt.datetime, now: dt.datetime) -> dt.datetime:
    """An instant in the future, at most five years from now."""
    if value <= now:
        raise InvalidInput(_("The last day must be in the future."), field="deadline")
    if value > now + dt.timedelta(days=FURTHEST_DAYS):
        raise InvalidInput(_("The last day can be at most five years away."), field="deadline")
    return value


def any_deadline(value: dt.datetime, now: dt.datetime) -> dt.datetime:
    """An instant of this century, at most five years from now; it may have passed."""
    if value.year < EARLIEST_YEAR:
        raise InvalidInput(_("The last day is too long ago."), field="deadline")
    return value if value <= now else deadline(value, now)


def palette(value: str) -> str:
    """One of the twelve tested palettes."""
    if value not in PALETTES:
        raise InvalidInput(_("Please choose one of the colours."), field="palette")
    return value


def time_zone(value: str) -> str:
    """An IANA name such as America/Chicago."""
    if value not in available_timezones():
        raise InvalidInput(_("There is no such time zone."), field="time_zone")
    return value


def _line(value: str, field: str, longest: int, missing: str = "") -> str:
    _readable(value, field)
    value = text.one_line(value)
    if missing and not text.is_visible(value):
        raise InvalidInput(missing, field=field)
    if len(value) > longest:
        raise InvalidInput(
            _("Please keep this to %(most)d characters; it has %(n)d.")
            % {"most": longest, "n": len(value)},
            field=field,
        )
    return value


def _readable(value: str, field: str) -> None:
    if text.has_forbidden(value):
        raise InvalidInput(_("This has a character that can't be kept."), field=field)
