"""Transaction: a gift with what was picked, paid back and covered; and kinds we have none of."""

from typing import Any

from campaigns.models import Donation
from rally.api.rallyup.fields import Field, Kind, Table, amount, attribute, fixed, text
from rally.api.rallyup.objects.people import GIVER
from rally.kit import money

S, N = Kind.STRING, Kind.NUMBER
COMPLETED, PENDING, REFUNDED, PARTLY, FAILED = STATUSES = (
    "Completed", "Pending", "Refunded", "PartiallyRefunded", "Failed",
)  # fmt: skip
Paid, Status = Donation.PaymentType, Donation.Status
METHODS = {
    Paid.CREDIT_CARD: ("Credit Card", "Online"),
    Paid.CASH: ("Cash", "External"),
    Paid.CHECK: ("Check", "Check"),
    Paid.PLEDGE: ("Pledge", "External"),
    Paid.OFFLINE_CREDIT_CARD: ("Credit Card", "External"),
    Paid.OTHER: ("Other", "External"),
}


def status(row: Any) -> str:
    """One of `STATUSES`. A disputed one stays Completed; the envelope's Metadata names it."""
    if row.status == Status.VOID:
        return REFUNDED if row.paid_at is not None and row.is_verified else FAILED
    if row.status == Status.PENDING:
        return FAILED if row.payment_failed and row.is_verified else PENDING
    if row.refunded <= 0:
        return COMPLETED
    return REFUNDED if row.refunded >= row.amount_minor + row.covered else PARTLY


def _money(read: Any) -> Any:
    return lambda row: amount(read(row), row.currency)


def _back(row: Any) -> int:
    whole = row.amount_minor + row.covered
    return whole if row.status == Status.VOID and status(row) == REFUNDED else row.refunded


def _team(row: Any) -> int | None:
    goal = row.goal
    return goal.team_id or (goal.member.team_id if goal.member is not None else None)


ITEM = Table(
    "TransactionItem",
    (
        Field("ItemId", Kind.INT, lambda line: line.claim.tile_id, "A CampaignItem's Id."),
        Field("Title", S, attribute("title")),
        Field("Type", S, fixed("Purchasable")),
        Field("Quantity", Kind.INT, fixed(1)),
        Field("UnitPrice", N, lambda line: amount(line.amount_minor, line.currency)),
        Field("Total", N, lambda line: amount(line.amount_minor, line.currency)),
    ),
)
TRANSACTION = Table(
    "Transaction",
    (
        Field("Id", Kind.INT, attribute("pk")),
        Field("CampaignId", Kind.INT, attribute("campaign_id")),
        Field("CampaignName", S, attribute("campaign.title")),
        Field("OrganizationId", Kind.INT, attribute("campaign.organization_id")),
        Field("TransactionDateUtc", S, attribute("given_at")),
        Field("Status", S, status, "Completed, Pending, Refunded, PartiallyRefunded or Failed."),
        Field("PaymentMethod", S, lambda row: METHODS[row.payment_type][0]),
        Field("AmountTotal", N, _money(lambda row: row.amount_minor + row.covered),
              "The gift and the covered fees."),
        Field("AmountDonation", N, _money(lambda row: row.amount_minor - row.for_items),
              "What was given without picking anything."),
        Field("AmountItems", N, _money(attribute("for_items")), "What the items cost."),
        Field("FeeCovered", N, _money(attribute("covered"))),
        Field("PlatformFee", N, _money(fixed(0))),
        Field("Tip", N, _money(fixed(0))),
        Field("AmountRefunded", N, _money(_back)),
        Field("Currency", S, attribute("currency")),
        Field("CurrencySymbol", S, lambda row: money.symbol(row.currency).strip()),
        Field("PromoCode", S, fixed(None), "Always null.", null=True),
        Field("IsAnonymous", Kind.BOOLEAN,
              lambda row: row.shown_as == Donation.ShownAs.ANONYMOUS),
        Field("IsRecurring", Kind.BOOLEAN, fixed(False)),
        Field("RecurringDonationId", Kind.INT, fixed(None), "Always null.", null=True),
        Field("Source", S, lambda row: METHODS[row.payment_type][1], "Online, External or Check."),
        Field("Comment", S, text("message"), null=True),
        Field("Donor", Kind.OBJECT, attribute("person"), of=GIVER, null=True),
        Field("ParticipantId", Kind.INT, attribute("goal.member_id"), "Whom it was given for.",
              null=True),
        Field("TeamId", Kind.INT, _team, null=True),
        Field("Items", Kind.OBJECT, attribute("tiles"), of=ITEM, many=True),
    ),
    about="A gift, online or told of by hand.",
)  # fmt: skip
RECURRING = Table("RecurringDonation", (), about="There are none here.")
NOTHING = Table("Nothing", (), about="There are none here.")
