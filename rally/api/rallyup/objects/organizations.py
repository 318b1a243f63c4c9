"""Organization and OrgUser."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.models import Organization
from rally.api.rallyup.fields import Field, Kind, Table, attribute, fixed, text

S, NUMBER = Kind.STRING, re.compile(r"\d{2}-?\d{7}", re.ASCII)
STATUS = {
    Organization.Status.PENDING: "Pending",
    Organization.Status.LIVE: "Approved",
    Organization.Status.FROZEN: "Pending",
}


def _ein(row: Any) -> str | None:
    """Nine digits without a dash; a tax number of another country as it is."""
    number = str(row.tax_id)
    return number.replace("-", "") if NUMBER.fullmatch(number) else number or None


def _status(row: Any) -> str:
    return "Deleted" if row.archived_at is not None else STATUS[row.status]


def _link(network: str) -> Any:
    return lambda row: (row.social_links or {}).get(network) or None


ADDRESS = Table(
    "Address",
    (
        Field("AddressLine1", S, text("line_1"), null=True),
        Field("AddressLine2", S, text("line_2"), null=True),
        Field("City", S, text("city"), null=True),
        Field("State", S, text("state"), null=True),
        Field("Country", S, attribute("country"), "ISO 3166, two letters."),
        Field("ZipCode", S, text("zip"), null=True),
        Field("Phone", S, text("phone"), null=True),
    ),
)
ORGANIZATION = Table(
    "Organization",
    (
        Field("Id", Kind.INT, attribute("pk")),
        Field("Ein", S, _ein, "Nine digits.", null=True),
        Field("Name", S, attribute("name"), "The legal name."),
        Field("CommonName", S, str, "The name that is shown."),
        Field("Email", S, fixed(None), "Always null.", null=True),
        Field("Url", S, lambda row: f"{settings.RALLY_BASE_URL}/home/{row.code}"),
        Field("IsTaxExempt", Kind.BOOLEAN, attribute("is_tax_exempt")),
        Field("Address", Kind.OBJECT, lambda row: row, of=ADDRESS),
        Field("OrganizationLogoUrl", S, text("logo"), null=True),
        Field("OrganizationWebsiteUrl", S, text("website"), null=True),
        Field("OrganizationFacebookUrl", S, _link("facebook"), null=True),
        Field("OrganizationTwitterUrl", S, _link("x"), null=True),
        Field("PrimaryCurrency", S, attribute("currency"), "ISO 4217."),
        Field("Status", S, _status, "Pending, Approved or Deleted."),
    ),
    about="Who raises money.",
)


@dataclass(frozen=True, slots=True)
class OrgUser:
    """Somebody of an organization: a member, or invited and not there yet."""

    organization_id: int
    user_id: int
    name: str
    email: str
    role: str
    created_at: Any
    added_at: Any
    asked_at: Any

    @property
    def first_name(self) -> str:
        """The first word of the name."""
        return self.name.partition(" ")[0]

    @property
    def last_name(self) -> str:
        """The rest of it."""
        return self.name.partition(" ")[2]


ORG_USER = Table(
    "OrgUser",
    (
        Field("UserID", Kind.INT, attribute("user_id")),
        Field("FirstName", S, attribute("first_name")),
        Field("LastName", S, attribute("last_name")),
        Field("Email", S, attribute("email")),
        Field("Role", S, attribute("role"), "Administrator or Staff."),
        Field("CreatedDate", S, attribute("created_at")),
        Field("AddedDate", S, attribute("added_at"), "Null until the invitation is accepted.",
              null=True),
    ),
    about="Somebody of an organization.",
)  # fmt: skip
ADDED_USER = Table(
    "AddedUser",
    (
        Field("OrganizationID", Kind.INT, attribute("organization_id")),
        Field("UserID", Kind.INT, attribute("user_id")),
        Field("Email", S, attribute("email")),
        Field("Role", S, attribute("role")),
        Field("AddedDate", S, attribute("asked_at"), "When they were added, or invited."),
    ),
    about="Somebody who was added or taken out.",
)
CREDENTIALS = Table(
    "Credentials",
    (
        Field("OrganizationID", Kind.INT, lambda made: made[0].organization_id),
        Field("ApiLogin", S, lambda made: made[0].login),
        Field("ApiSecret", S, lambda made: made[1], "Shown this once."),
    ),
    about="What an organization's own programs sign in with.",
)
