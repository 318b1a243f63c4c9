"""Campaign, its management pages, and CampaignItem: one for each tile."""

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from rally.api.rallyup import zones
from rally.api.rallyup.fields import Field, Kind, Table, amount, attribute, fixed, text
from rally.kit import money

S = Kind.STRING
SALE, CROWDFUNDING = "Sale", "Crowdfunding"
TYPES = ("Raffle", "Sweepstakes", "Auction", "Event", CROWDFUNDING, SALE, "AThon", "Livestream",
         "DonationPage")  # fmt: skip
PENDING, STARTED, ENDED, COMPLETED = STATUSES = ("Pending", "Started", "Ended", "Completed")
# Pages that are there for every campaign: the name, and the address before its code.
PAGES = (
    ("Edit Campaign", "/Campaigns/Setup/"),
    ("View Donations", "/Account/Organizer/Contributions/"),
    ("Manage External Donations", "/Account/Organizer/ExternalContributions/"),
    ("Manage Check Donations", "/Account/Organizer/ManualContributions/"),
    ("Manage Administrators", "/Account/Organizer/Administrators/"),
    ("View Participants", "/Account/Organizer/Members/"),
    ("View Teams", "/Account/Organizer/Teams/"),
)
FIXED = {
    Campaign.Status.DRAFT: PENDING,
    Campaign.Status.COMPLETED: COMPLETED,
    Campaign.Status.CANCELLED: ENDED,
}


def status(row: Any) -> str:
    """Pending, Started, Ended or Completed."""
    if row.status in FIXED:
        return FIXED[row.status]
    return ENDED if row.deadline is not None and row.deadline <= row.now else STARTED


def _minutes_left(row: Any) -> int:
    """Whole minutes until the end; 0 where no entries are taken."""
    if row.status != Campaign.Status.ACTIVE or row.deadline is None:
        return 0
    return max(0, int((row.deadline - row.now).total_seconds() // 60))


def start(row: Any) -> Any:
    """When it began, or begins."""
    return row.opens_at or row.published_at or row.created_at


def address(path: str) -> str:
    """A whole address of this site."""
    return f"{settings.RALLY_BASE_URL}{path}"


def picture(name: str) -> str:
    """The address of a picture; the site's own mark where there is none."""
    if name.startswith(("http://", "https://")):
        return name
    return address(name if name.startswith("/") else static("img/favicon.svg"))


def _goal(row: Any) -> int | float | None:
    minor = row.goal.amount_minor
    return amount(minor, row.currency) if minor else None


MANAGEMENT_PAGE = Table(
    "ManagementPage",
    (
        Field("Name", S, lambda page: page[0]),
        Field("Url", S, lambda page: page[1]),
    ),
)
CAMPAIGN = Table(
    "Campaign",
    (
        Field("Id", Kind.INT, attribute("pk")),
        Field("Name", S, attribute("title")),
        Field("Url", S, lambda row: address(f"/{row.code}")),
        Field("CampaignSetupUrl", S, lambda row: address(f"/Campaigns/Setup/{row.code}")),
        Field("CampaignStatus", S, status, "Pending, Started, Ended or Completed."),
        Field("StartDateUtc", S, start),
        Field("EndDateUtc", S, attribute("deadline"), "Null for a draft without a last day.",
              null=True),
        Field("AmountRaised", Kind.NUMBER,
              lambda row: amount(row.goal.raised_minor, row.currency)),
        Field("AmountRaisedInPeriod", Kind.NUMBER,
              lambda row: amount(row.in_period, row.currency),
              "From gifts between startDate and endDate; 0 where neither is given."),
        Field("AmountGoal", Kind.NUMBER, _goal, null=True),
        Field("GoalPeriod", S, fixed(None), "Always null.", null=True),
        Field("TotalViews", Kind.INT, attribute("view_count")),
        Field("TotalSupporters", Kind.INT, attribute("supporters"),
              "Different people whose gifts are confirmed."),
        Field("OrganizationId", Kind.INT, attribute("organization_id")),
        Field("OrganizationName", S, lambda row: str(row.organization)),
        Field("TimezoneName", S, lambda row: zones.name(row.time_zone, row.now)),
        Field("UtcOffsetMinutes", Kind.INT,
              lambda row: zones.offset_minutes(row.time_zone, row.now),
              "The zone's standard offset."),
        Field("TimeRemainingMinutes", Kind.INT, _minutes_left,
              "0 where nothing is taken any more, or not now."),
        Field("ThumbnailUrl", S, lambda row: picture(row.picture)),
        Field("CtaLabel", S, lambda row: _("Pick a tile") if row.is_sale else _("Contribute")),
        Field("ManagementPages", Kind.OBJECT,
              lambda row: [(name, address(path + row.code)) for name, path in PAGES],
              of=MANAGEMENT_PAGE, many=True),
        Field("PrimaryCurrency", S, attribute("currency"), "ISO 4217."),
        Field("CurrencySymbol", S, lambda row: money.symbol(row.currency).strip()),
        Field("ProjectId", S, text("project_id"), "The organization's own books.", null=True),
        Field("FundCode", S, text("fund_code"), "The organization's own books.", null=True),
        Field("FundraisingActivityType", S,
              lambda row: SALE if row.is_sale else CROWDFUNDING, "Sale or Crowdfunding."),
    ),
    about="Raises money for one thing until its last day.",
)  # fmt: skip

CAMPAIGN_ITEM = Table(
    "CampaignItem",
    (
        Field("Id", Kind.INT, attribute("pk")),
        Field("CampaignId", Kind.INT, attribute("board.campaign_id")),
        Field("CampaignType", S, fixed(SALE)),
        Field("Title", S, lambda row: _("Tile %(number)s") % {"number": row.number}),
        Field("Type", S, fixed("Purchasable")),
        Field("TerminologySingular", S, lambda row: _("Tile")),
        Field("TerminologyPlural", S, lambda row: _("Tiles")),
        Field("ThumbnailUrl", S, lambda row: picture(row.board.campaign.picture)),
        Field("Price", Kind.NUMBER, lambda row: amount(row.price_minor, row.board.currency)),
        Field("Description", S,
              lambda row: str(format_html("<p>{}</p>", row.board.title)), "HTML."),
        Field("BundleQuantity", Kind.INT, fixed(None), "Always null.", null=True),
        Field("TotalQuantityAvailable", Kind.INT, fixed(1), null=True),
        Field("TotalSold", Kind.INT, lambda row: int(row.is_sold), "0 or 1."),
        Field("AvailableStartDate", S, fixed(None), "Always null.", null=True),
        Field("AvailableEndDate", S, fixed(None), "Always null.", null=True),
        Field("Availability", Kind.BOOLEAN, attribute("is_free"),
              "Whether somebody could pick it now."),
        Field("Category", S, fixed(None), "Always null.", null=True),
        Field("AssociatedPrizeId", Kind.INT, fixed(None), "Always null.", null=True),
        Field("AssociatedPrizeTitle", S, fixed(None), "Always null.", null=True),
    ),
    about="One tile of a board. Tiles that are kept back are left out.",
)  # fmt: skip
