"""Fundraising_Goal, and the public part of gifts that stands in it."""

from decimal import Decimal
from typing import Any

from django.conf import settings

from campaigns.goals import currency
from campaigns.models import Campaign, Goal
from campaigns.showing import shown_name
from rally.api.sprocket.fields import Field, Kind, Query, Read, Sight, Table, attribute, plain
from rally.kit import money

MOST_GIFTS = 10


def amount(minor: int | None, code: str) -> Decimal | None:
    """Minor units as the decimal of the wire."""
    return None if minor is None else money.major(minor, code)


# The public part of a gift ----------------------------------------------------------------------
def _public_amount(gift: Any, sight: Sight) -> Decimal | None:
    return None if gift.hide_amount else amount(gift.amount_minor, gift.currency)


def _public_name(gift: Any, sight: Sight) -> str | None:
    return shown_name(gift.display_name, gift.shown_as)


DISPLAYED_DONATION_INFO = Table(
    "Displayed_Donation_Info",
    "Displayed_Donation_Infos",
    (
        plain("Id", Kind.INT, "pk", "The gift's id."),
        plain("Date", Kind.LONG, "paid_at", "When it was given, unix seconds."),
        Field("Amount", Kind.DECIMAL, _public_amount, "Null when the donor hid it."),
        Field("Donor_Name", Kind.STRING, _public_name, "Null when the donor stays anonymous."),
        plain("Message", Kind.STRING, "message", "What the donor wrote."),
    ),
    about="The part of a gift that everybody may see.",
    queries=(
        Query("id", Kind.INT, "pk"),
        Query("date", Kind.LONG, "paid_at", nullable=True),
        # Both are made of what is shown: what is hidden can't be found by asking.
        Query("amount", Kind.DECIMAL, "shown_minor", currency="currency", nullable=True),
        Query("donor_name", Kind.STRING, "shown_key", "F", keyed=True),
    ),
)


# The goal -----------------------------------------------------------------------------------------
def campaign_of(goal: Goal) -> Campaign | None:
    """The campaign a goal is in; none for a series."""
    owner = goal.team or goal.member
    return owner.campaign if owner is not None else goal.campaign


def page_url(goal: Goal) -> str | None:
    """The absolute address of the page that collects for the goal."""
    campaign = campaign_of(goal)
    if campaign is None:
        return None
    base = f"{settings.RALLY_BASE_URL}/c/{campaign.slug}/"
    if goal.team is not None:
        return f"{base}t/{goal.team.slug}/"
    if goal.member is not None and goal.member.slug:
        return f"{base}m/{goal.member.slug}/"
    return base


def _page(goal: Goal, sight: Sight) -> str | None:
    return page_url(goal)


def _campaign_name(goal: Goal, sight: Sight) -> str | None:
    if goal.series_id is not None:
        return None
    campaign = campaign_of(goal)
    return goal.page_title or (campaign.title if campaign else None)


def _own_page(name: str) -> Read:
    """A text of the page; campaigns and series have none."""

    def read(goal: Goal, sight: Sight) -> Any:
        return getattr(goal, name) if goal.team_id or goal.member_id else None

    return read


def _minor(name: str) -> Read:
    def read(goal: Goal, sight: Sight) -> Decimal | None:
        return amount(getattr(goal, name), currency(goal))

    return read


def _to_goal(goal: Goal, sight: Sight) -> Decimal | None:
    return amount(max(0, goal.amount_minor - goal.raised_minor), currency(goal))


def _gifts(goal: Goal, sight: Sight) -> Any:
    return () if sight.plain else getattr(goal, "recent_gifts", ())


FUNDRAISING_GOAL = Table(
    "Fundraising_Goal",
    "Fundraising_Goals",
    (
        plain("Id", Kind.INT, "pk", "What a donation's Recipient names."),
        Field("Campaign_Name", Kind.STRING, _campaign_name, "The page's title.",
              writable=True, longest=150),
        Field("Fundraising_Page", Kind.STRING, _page, "The page's address."),
        Field("Fundraising_Page_Header", Kind.STRING, _own_page("page_header"),
              "The line above the page's text.", writable=True, longest=150),
        Field("Fundraising_Page_Html", Kind.STRING, _own_page("page_html"),
              "The page's text. Scripts, styles and forms are taken out when it is written.",
              writable=True, longest=50_000),
        Field("Goal_Amount", Kind.DECIMAL, _minor("amount_minor"), "What it aims for.",
              writable=True),
        Field("Amount_Raised", Kind.DECIMAL, _minor("raised_minor"),
              "Gifts that count: paid, or verified by an admin, less refunds."),
        Field("Amount_To_Goal", Kind.DECIMAL, _to_goal, "What is missing; never below zero."),
        Field("Direct_Donate", Kind.STRING, _page,
              "Where to give to this goal: what is picked from there counts for it."),
        Field("Displayed_Donation_Infos", Kind.OBJECT, _gifts,
              f"The newest gifts, at most {MOST_GIFTS}; empty in leader lists, and where "
              "campaigns are listed.", of=DISPLAYED_DONATION_INFO, many=True),
    ),
    about="What somebody aims for, and how far they are. Of a series only the amounts apply.",
)  # fmt: skip


def goal_field(path: str = "goal") -> Field:
    """The goal of a user, team, campaign or series."""
    return Field(
        "Fundraising_Goal", Kind.OBJECT, attribute(path), "What it aims for.",
        of=FUNDRAISING_GOAL, own=True, writable=True,
    )  # fmt: skip


def goal_queries(currency_column: str, *, to_goal: bool = True) -> tuple[Query, ...]:
    """Filters for amounts: by the flat name, and by the full path."""
    aimed = "goal__amount_minor"
    names = {"goal_amount": aimed, "amount_raised": "goal__raised_minor"}
    if to_goal:
        names["amount_to_goal"] = "to_goal_minor"
    return tuple(
        Query(
            name, Kind.DECIMAL, column, currency=currency_column, nullable=True, present=aimed,
            aliases=(f"fundraising_goal.{name}",),
        )
        for name, column in names.items()
    )  # fmt: skip
