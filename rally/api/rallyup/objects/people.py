"""Donor, Participant, Team and Webhook."""

from typing import Any

from rally.api.rallyup.fields import Field, Kind, Table, amount, attribute, text
from rally.api.rallyup.objects.campaigns import address
from rally.api.rallyup.objects.organizations import ADDRESS

S = Kind.STRING


class Place:
    """Where a person lives, as the address of this API has it; all null for who told nothing."""

    def __init__(self, person: Any) -> None:
        homes = getattr(person, "live_addresses", ())
        home = homes[0] if homes else None
        for name in ("line_1", "line_2", "city", "state", "zip", "country"):
            setattr(self, name, getattr(home, name, "") or None)
        self.phone = person.phone


def _page(row: Any, letter: str) -> str:
    slug = f"{letter}/{row.slug}/" if row.slug else ""
    return address(f"/c/{row.campaign.slug}/{slug}")


def _goal(column: str) -> Any:
    def read(row: Any) -> int | float:
        goal = getattr(row, "goal", None)
        return amount(getattr(goal, column, 0), row.campaign.currency)

    return read


PLACE = Table(
    "DonorAddress",
    tuple(Field(one.name, one.kind, one.read, one.about, null=True) for one in ADDRESS.fields),
)
_NAMED = (
    Field("FirstName", S, text("first_name"), null=True),
    Field("LastName", S, text("last_name"), null=True),
    Field("Email", S, text("email"), null=True),
)
_WHO = (
    Field("Id", Kind.INT, attribute("pk")),
    *_NAMED,
    Field("Phone", S, text("phone"), null=True),
    Field("Address", Kind.OBJECT, Place, of=PLACE),
)
GIVER = Table("TransactionDonor", _WHO, about="Who gave.")
DONOR = Table(
    "Donor",
    (
        *_WHO,
        Field("AmountTotal", Kind.NUMBER, attribute("amount_total"),
              "Confirmed gifts less what was paid back, in the organization's currency or, with "
              "campaignID, the campaign's."),
        Field("TransactionCount", Kind.INT, attribute("transaction_count")),
        Field("FirstTransactionDateUtc", S, attribute("first_at"), null=True),
        Field("LastTransactionDateUtc", S, attribute("last_at"), null=True),
    ),
    about="Somebody with at least one confirmed gift.",
)  # fmt: skip
PARTICIPANT = Table(
    "Participant",
    (
        Field("Id", Kind.INT, attribute("pk")),
        Field("CampaignId", Kind.INT, attribute("campaign_id")),
        Field("FirstName", S, text("person.first_name"), null=True),
        Field("LastName", S, text("person.last_name"), null=True),
        Field("Email", S, text("person.email"), null=True),
        Field("TeamId", Kind.INT, attribute("team_id"), null=True),
        Field("Url", S, lambda row: _page(row, "m")),
        Field("AmountGoal", Kind.NUMBER, _goal("amount_minor")),
        Field("AmountRaised", Kind.NUMBER, _goal("raised_minor")),
        Field("JoinedDateUtc", S, attribute("created_at")),
    ),
    about="Somebody who raises money for a campaign.",
)
TEAM = Table(
    "Team",
    (
        Field("Id", Kind.INT, attribute("pk")),
        Field("CampaignId", Kind.INT, attribute("campaign_id")),
        Field("Name", S, attribute("name")),
        Field("Url", S, lambda row: _page(row, "t")),
        Field("AmountGoal", Kind.NUMBER, _goal("amount_minor")),
        Field("AmountRaised", Kind.NUMBER, _goal("raised_minor")),
        Field("ParticipantCount", Kind.INT, attribute("participants")),
    ),
    about="Participants who raise together.",
)
_WEBHOOK = (
    Field("Id", Kind.INT, attribute("pk")),
    Field("Event", S, lambda row: next(iter(row.events), "")),
    Field("Url", S, attribute("url")),
    Field("CreatedDateUtc", S, attribute("created_at")),
)
WEBHOOK = Table("Webhook", _WEBHOOK, about="An address that is told when something happens.")
NEW_WEBHOOK = Table(
    "NewWebhook",
    (*_WEBHOOK, Field("Secret", S, attribute("secret"), "Signs the messages; shown this once.")),
    about="The same with its key.",
)
