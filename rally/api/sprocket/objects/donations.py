"""Donation, as it is read and as it is written: one table for both."""

from typing import Any

from campaigns.models import Donation
from rally.api.sprocket.fields import Field, Kind, Level, Query, Sight, Table, plain
from rally.api.sprocket.objects.goals import amount
from rally.api.sprocket.objects.people import ADDRESS, DONOR, addresses

RECIPIENT = Table(
    "Recipient",
    "Recipients",
    (
        plain("Id", Kind.INT, "goal_id", "A Fundraising_Goal's id.", writable=True),
        plain("User_Id", Kind.INT, "goal.member_id", writable=True),
        plain("Team_Id", Kind.INT, "goal.team_id", writable=True),
    ),
    about="Whom it is for: the first given of Id, User_Id, Team_Id; else the campaign.",
)
PAYMENT = Table(
    "Payment",
    "Payments",
    (
        plain("Paid_At", Kind.LONG, "paid_at", default="now", writable=True),
        plain("Currency_Key", Kind.STRING, "currency", "ISO 4217.", default="the campaign's",
              writable=True, longest=3),
        plain("Payment_Type", Kind.STRING, "payment_type",
              "Cash, Check, Pledge, Credit_Card, Offline_Credit_Card or Other.", default="Other",
              writable=True, longest=19),
        plain("Is_Verified", Kind.BOOLEAN, "is_verified", default="true", writable=True),
    ),
    about="How it was paid.",
)  # fmt: skip


def _amount(gift: Donation, sight: Sight) -> Any:
    """What was given; nothing of it is left in a record that was deleted or paid back."""
    return amount(0 if gift.status == Donation.Status.VOID else gift.amount_minor, gift.currency)


def _hides(gift: Donation, sight: Sight) -> bool:
    """Admins see who gave. Fundraisers see what the donor lets everybody see."""
    return gift.shown_as == Donation.ShownAs.ANONYMOUS and not sight.sees(Level.ADMIN)


def _donor_name(gift: Donation, sight: Sight) -> str | None:
    if _hides(gift, sight):
        return None
    return gift.person.name if gift.person else gift.display_name


def _email(gift: Donation, sight: Sight) -> str | None:
    return None if _hides(gift, sight) or gift.person is None else gift.person.email


def _first_address(gift: Donation, sight: Sight) -> Any:
    return None if _hides(gift, sight) else next(iter(addresses(gift.person)), None)


class _Donor:
    """A donor who has no membership of the campaign yet has no Id."""

    def __init__(self, gift: Donation) -> None:
        self.pk, self.person = gift.donor_id, gift.person


def _donor(gift: Donation, sight: Sight) -> Any:
    return _Donor(gift) if gift.person else None


DONATION = Table(
    "Donation",
    "Donations",
    (
        plain("Id", Kind.INT, "pk"),
        plain("Date", Kind.LONG, "given_at", "When it was given, unix seconds."),
        Field("Amount", Kind.DECIMAL, _amount, "Above zero; it never changes.", writable=True,
              required=True),
        Field("Donor_Name", Kind.STRING, _donor_name, "First and last name."),
        Field("Donor_Email", Kind.STRING, _email, level=Level.CONTACTS),
        Field("Donor_Address", Kind.OBJECT, _first_address, level=Level.CONTACTS, of=ADDRESS,
              own=True),
        plain("Message", Kind.STRING, "message", writable=True, longest=1000),
        Field("Is_Pending", Kind.BOOLEAN,
              lambda gift, sight: gift.status == Donation.Status.PENDING,
              "Not verified yet: it doesn't count."),
        plain("Last_Modified_On", Kind.LONG, "modified_at"),
        plain("Campaign_Id", Kind.INT, "campaign_id"),
        Field("Donor", Kind.OBJECT, _donor, level=Level.ADMIN, absent=True, of=DONOR, own=True,
              writable=True, required=True),
        Field("Recipient", Kind.OBJECT, lambda gift, sight: gift, of=RECIPIENT, writable=True),
        Field("Payment", Kind.OBJECT, lambda gift, sight: gift, level=Level.ADMIN, absent=True,
              of=PAYMENT, writable=True),
        Field("Hide_Name", Kind.BOOLEAN,
              lambda gift, sight: gift.shown_as == Donation.ShownAs.ANONYMOUS,
              "Nobody but admins sees who gave.", writable=True),
        plain("Hide_Amount", Kind.BOOLEAN, "hide_amount", "The amount isn't shown to the public.",
              writable=True),
        plain("Is_Corp_Sponsorship", Kind.BOOLEAN, "is_corporate", writable=True),
        plain("Do_Not_Sync", Kind.BOOLEAN, "do_not_sync",
              "Webhooks leave this record out.", writable=True),
    ),
    about="A gift.",
    queries=(
        Query("id", Kind.INT, "pk"),
        Query("date", Kind.LONG, "given_at"),
        Query("amount", Kind.DECIMAL, "amount_minor", currency="currency"),
        Query("donor_name", Kind.STRING, "seen_name_key", "F", keyed=True),
        Query("donor_email", Kind.STRING, "seen_email", "F", level=Level.CONTACTS),
        Query("message", Kind.STRING, "message", "F"),
        Query("is_pending", Kind.BOOLEAN, "waits", "F"),
        Query("hide_name", Kind.BOOLEAN, "name_hidden", "F"),
        Query("hide_amount", Kind.BOOLEAN, "hide_amount", "F"),
        Query("is_corp_sponsorship", Kind.BOOLEAN, "is_corporate", "F"),
        Query("do_not_sync", Kind.BOOLEAN, "do_not_sync", "F"),
        Query("donor.id", Kind.INT, "donor_id", "F", level=Level.ADMIN),
        Query("recipient.id", Kind.INT, "goal_id", "F"),
        Query("recipient.user_id", Kind.INT, "goal__member_id", "F"),
        Query("recipient.team_id", Kind.INT, "goal__team_id", "F"),
        Query("payment.paid_at", Kind.LONG, "paid_at", level=Level.ADMIN, nullable=True),
        Query("payment.currency_key", Kind.STRING, "currency", "F", level=Level.ADMIN),
        Query("payment.payment_type", Kind.STRING, "payment_type", "F", level=Level.ADMIN),
        Query("payment.is_verified", Kind.BOOLEAN, "is_verified", "F", level=Level.ADMIN),
        Query("last_modified_on", Kind.LONG, "modified_at"),
    ),
)  # fmt: skip
