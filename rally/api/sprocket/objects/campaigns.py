"""Organization, Series and Campaign."""

from typing import Any

from django.conf import settings

from campaigns.models import Campaign
from rally.api.sprocket.fields import Field, Kind, Level, Query, Sight, Table, attribute, plain
from rally.api.sprocket.objects.goals import goal_field, goal_queries
from rally.api.sprocket.objects.people import USER
from rally.api.sprocket.objects.teams import TEAM

# The codes of Campaign_Type. Boards make a campaign a tiles board, whatever else it is.
PEER_TO_PEER, VIRTUAL, CROWDFUNDING, DONATION_PAGE, TICKETED, TILES = range(1, 7)
TYPE_CODES = {
    Campaign.Type.TEAM: PEER_TO_PEER,
    Campaign.Type.INDIVIDUAL: VIRTUAL,
    Campaign.Type.ORGANIZATION: CROWDFUNDING,
}

ORGANIZATION = Table(
    "Organization",
    "Organizations",
    (
        plain("Id", Kind.INT, "pk"),
        plain("Name", Kind.STRING, "name", writable=True, longest=150),
        plain("Tax_ID", Kind.STRING, "tax_id", writable=True, longest=32),
        plain("Website", Kind.STRING, "website", writable=True, longest=200),
        plain("Address_Line_1", Kind.STRING, "line_1", writable=True, longest=150),
        plain("Address_Line_2", Kind.STRING, "line_2", writable=True, longest=150),
    ),
    about="Who raises money.",
)


def _campaign_url(campaign: Campaign, sight: Sight) -> str:
    return f"{settings.RALLY_BASE_URL}/c/{campaign.slug}/"


def _series_url(series: Any, sight: Sight) -> str:
    return f"{settings.RALLY_BASE_URL}/s/{series.slug}/"


def _leaders(table: Table) -> Field:
    """The best of a campaign or series, as many as `leader_count` says."""
    kind = "Fundraiser" if table is USER else "Team"
    name = f"{kind}_Leaders"
    return Field(
        name, Kind.OBJECT, lambda row, sight: getattr(row, name.lower(), ()),
        "Most raised first, as many as `leader_count` asks for.", of=table, many=True, plain=True,
    )  # fmt: skip


CAMPAIGN = Table(
    "Campaign",
    "Campaigns",
    (
        plain("Id", Kind.INT, "pk"),
        plain("Name", Kind.STRING, "title", writable=True, longest=120),
        plain("Description", Kind.STRING, "story", "Markdown.", writable=True, longest=20_000),
        plain("Date", Kind.LONG, "deadline", "The day it is about; gifts are taken until then.",
              writable=True),
        Field("Url", Kind.STRING, _campaign_url, "The page's address."),
        plain("Campaign_Type", Kind.INT, "type_code",
              "1 peer-to-peer event, 2 virtual or do-it-yourself, 3 crowdfunding, "
              "4 donation page, 5 ticketed event, 6 tiles board."),
        goal_field(),
        Field("Organization", Kind.OBJECT, attribute("organization"), of=ORGANIZATION),
        plain("Series_Id", Kind.INT, "series_id"),
        _leaders(USER),
        _leaders(TEAM),
        plain("Last_Modified_On", Kind.LONG, "modified_at", level=Level.ADMIN, absent=True),
    ),
    about="Raises money for one thing.",
    queries=(
        Query("id", Kind.INT, "pk"),
        Query("name", Kind.STRING, "name_key", keyed=True),
        Query("date", Kind.LONG, "deadline", nullable=True),
        Query("campaign_type", Kind.INT, "type_code", "F"),
        Query("series_id", Kind.INT, "series_id", "F"),
        *goal_queries("currency", to_goal=False),
        Query("last_modified_on", Kind.LONG, "modified_at"),
    ),
)  # fmt: skip

SERIES = Table(
    "Series",
    "Series",
    (
        plain("Id", Kind.INT, "pk"),
        plain("Name", Kind.STRING, "name", writable=True, longest=150),
        Field("Url", Kind.STRING, _series_url, "The page's address."),
        goal_field(),
        _leaders(USER),
        _leaders(TEAM),
    ),
    about="Campaigns that belong together.",
    queries=(
        Query("id", Kind.INT, "pk"),
        Query("name", Kind.STRING, "name_key", keyed=True),
        Query("amount_raised", Kind.DECIMAL, "goal__raised_minor", "S",
              currency="organization__currency", nullable=True),
    ),
)  # fmt: skip
