"""Dates, people and roles as organizers read them."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.models.organizations import Role
from rally.kit import clock

ROLES = {
    Role.OWNER: gettext_lazy("Everything, and the payout account, handing over and deleting."),
    Role.ADMIN: gettext_lazy("Everything but what belongs to owners alone."),
    Role.TEAM_ADMIN: gettext_lazy(
        "Campaigns, boards, people and cash. Supporters' contact data only where a campaign "
        "allows it."
    ),
    Role.MODERATOR: gettext_lazy("Names, messages and pictures. No amounts, no e-mails."),
    Role.VIEWER: gettext_lazy("Totals and dashboards, to look at."),
}


def moment(instant: dt.datetime, zone: str) -> str:
    """Date and time of day in a zone, with its name."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def day(instant: dt.datetime, zone: str) -> str:
    """The date in a zone."""
    return date_format(instant.astimezone(ZoneInfo(zone)), "DATE_FORMAT")


def ago(instant: dt.datetime) -> str:
    """How long ago, in days."""
    days = max(0, (clock.now() - instant).days)
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days} if days else _("today")


def called(user: User) -> str:
    """The name, or the address of somebody who gave none."""
    return user.name or user.email


def role_choices(roles: tuple[Role, ...]) -> list[tuple[str, str]]:
    """Roles for a form, each with what it means."""
    return [(role.value, f"{role.label.capitalize()}: {ROLES[role]}") for role in roles]
