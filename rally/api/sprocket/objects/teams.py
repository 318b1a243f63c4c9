"""Team and Update."""

from typing import Any

from rally.api.sprocket.fields import Field, Kind, Level, Query, Sight, Table, plain
from rally.api.sprocket.objects.goals import goal_field, goal_queries
from rally.api.sprocket.objects.people import USER


def _captains(team: Any, sight: Sight) -> Any:
    """Whom the caller may see; the loader has left out the others."""
    return getattr(team, "seen_captains", ())


def _user_ids(team: Any, sight: Sight) -> Any:
    return [member.pk for member in getattr(team, "seen_members", ())]


TEAM = Table(
    "Team",
    "Teams",
    (
        plain("Id", Kind.INT, "pk"),
        plain("Name", Kind.STRING, "name", writable=True, required=True, longest=120),
        plain("Profile_Image", Kind.STRING, "picture", "The picture's address."),
        Field("Captains", Kind.OBJECT, _captains,
              "Admins set them by `[{\"Id\": 7}]`.", of=USER, many=True, plain=True,
              writable=True),
        Field("User_Ids", Kind.INT, _user_ids, "Its members. Set a User's Team_Id to change it.",
              many=True),
        plain("Campaign_Id", Kind.INT, "campaign_id"),
        goal_field(),
        plain("Last_Modified_On", Kind.LONG, "modified_at", level=Level.ADMIN, absent=True),
    ),
    about="Users who raise together.",
    queries=(
        Query("id", Kind.INT, "pk"),
        Query("name", Kind.STRING, "name_key", keyed=True),
        *goal_queries("campaign__currency"),
        Query("last_modified_on", Kind.LONG, "modified_at", level=Level.ADMIN),
    ),
)  # fmt: skip

UPDATE = Table(
    "Update",
    "Updates",
    (
        plain("Id", Kind.INT, "pk"),
        plain("User_Id", Kind.INT, "member_id"),
        plain("Campaign_Id", Kind.INT, "campaign_id"),
        plain("Date", Kind.LONG, "at"),
        plain("Title", Kind.STRING, "title", writable=True, required=True, longest=150),
        plain("Html", Kind.STRING, "html",
              "Scripts, styles and forms are taken out when it is written.", writable=True,
              longest=50_000),
        plain("Last_Modified_On", Kind.LONG, "modified_at"),
    ),
    about="A piece of news on a fundraiser's page.",
    queries=(
        Query("id", Kind.INT, "pk"),
        Query("date", Kind.LONG, "at"),
        Query("title", Kind.STRING, "title", "F"),
    ),
)  # fmt: skip
