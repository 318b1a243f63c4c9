"""User (a person in one campaign) and Address."""

from typing import Any

from rally.api.sprocket.fields import Field, Kind, Level, Query, Sight, Table, attribute, plain
from rally.api.sprocket.objects.goals import goal_field, goal_queries

ADDRESS = Table(
    "Address",
    "Addresses",
    (
        plain("Id", Kind.INT, "pk"),
        plain("Address_1", Kind.STRING, "line_1", writable=True, longest=150),
        plain("Address_2", Kind.STRING, "line_2", writable=True, longest=150),
        plain("City", Kind.STRING, "city", writable=True, longest=100),
        plain("State", Kind.STRING, "state", writable=True, longest=100),
        plain("Zip", Kind.STRING, "zip", writable=True, longest=20),
        plain("Country", Kind.STRING, "country", "ISO 3166, two letters.", writable=True,
              longest=2),
    ),
    about="Where a person gets post.",
)  # fmt: skip


def addresses(person: Any) -> list[Any]:
    """Those not archived, oldest first; loaded with the list, never one by one."""
    return list(getattr(person, "live_addresses", ()))


def _address(member: Any, sight: Sight) -> Any:
    return next(iter(addresses(member.person)), None)


USER = Table(
    "User",
    "Users",
    (
        plain("Id", Kind.INT, "pk", "Of the person in this campaign, not of the login."),
        plain("Email", Kind.STRING, "person.email", level=Level.CONTACTS, writable=True,
              longest=254),
        plain("First_Name", Kind.STRING, "person.first_name", writable=True, required=True,
              longest=100),
        plain("Last_Name", Kind.STRING, "person.last_name", writable=True, longest=100),
        plain("Profile_Image", Kind.STRING, "picture", "The picture's address."),
        plain("Is_Fundraiser", Kind.BOOLEAN, "is_fundraiser", "Whether they have a page.",
              writable=True),
        plain("Team_Id", Kind.INT, "team_id", "Null for who is in no team.", writable=True),
        plain("Campaign_Id", Kind.INT, "campaign_id"),
        goal_field(),
        Field("Address", Kind.OBJECT, _address, level=Level.CONTACTS, of=ADDRESS, own=True,
              writable=True),
        plain("External_Completed_1", Kind.BOOLEAN, "external_completed_1",
              "Kept for a third-party mobile app.", writable=True),
        plain("External_Completed_2", Kind.BOOLEAN, "external_completed_2",
              "Kept for a third-party social app.", writable=True),
        plain("Last_Modified_On", Kind.LONG, "modified_at", level=Level.ADMIN, absent=True),
    ),
    about="A person in one campaign: fundraiser, captain, donor.",
    queries=(
        Query("id", Kind.INT, "pk"),
        Query("email", Kind.STRING, "person__email", "F", level=Level.CONTACTS),
        Query("first_name", Kind.STRING, "person__first_name"),
        Query("last_name", Kind.STRING, "person__last_name"),
        Query("is_fundraiser", Kind.BOOLEAN, "is_fundraiser", "F"),
        Query("team_id", Kind.INT, "team_id", nullable=True),
        Query("external_completed_1", Kind.BOOLEAN, "external_completed_1", "F"),
        Query("external_completed_2", Kind.BOOLEAN, "external_completed_2", "F"),
        *goal_queries("campaign__currency"),
        *(
            Query(f"address.{name}", Kind.STRING, f"address_{name}", "F", level=Level.CONTACTS)
            for name in ("city", "state", "zip", "country")
        ),
        Query("last_modified_on", Kind.LONG, "modified_at", level=Level.ADMIN),
    ),
)  # fmt: skip

DONOR = Table(
    "Donor",
    "Donors",
    (
        plain("Id", Kind.INT, "pk", "A User's id. When given, the rest is left out.",
              writable=True),
        plain("First_Name", Kind.STRING, "person.first_name", writable=True, longest=100),
        plain("Last_Name", Kind.STRING, "person.last_name", writable=True, longest=100),
        plain("Email", Kind.STRING, "person.email", level=Level.CONTACTS, writable=True,
              longest=254),
        Field("Addresses", Kind.OBJECT, lambda donor, sight: addresses(donor.person),
              level=Level.CONTACTS, of=ADDRESS, many=True, writable=True, own=True),
    ),
    about="Who gave.",
)  # fmt: skip

__all__ = ["ADDRESS", "DONOR", "USER", "addresses", "attribute"]
