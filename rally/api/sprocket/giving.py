"""A gift from the words of the wire to those of the verbs."""

from typing import Any

from django.utils.translation import gettext as _

from accounts import rights
from accounts.rights import Right
from campaigns import goals
from campaigns.models import Campaign, Donation, Goal, Member, Team
from payments.entering import AmountFixed, Told
from rally.api.sprocket import errors
from rally.api.sprocket.bodies import Values
from rally.api.sprocket.changes import USER, address, minor, renamed
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.reach import Place

GIFT = {"Message": "message", "Hide_Name": "hide_name", "Hide_Amount": "hide_amount",
        "Is_Corp_Sponsorship": "is_corporate", "Do_Not_Sync": "do_not_sync"}  # fmt: skip


def told(values: Values, place: Place) -> Told:
    """A gift as `payments.entering` wants it. Raises Refusal for foreign donors, recipients."""
    campaign, donor = place.campaign, values["Donor"]
    paid = values.get("Payment") or {}
    currency = paid.get("Currency_Key") or campaign.currency
    if currency != campaign.currency:
        raise Refusal(
            errors.OUT_OF_RANGE,
            _("This campaign takes %(currency)s.") % {"currency": campaign.currency},
            field="Donation.Payment.Currency_Key",
        )
    flags = {GIFT[name]: bool(values.get(name)) for name in GIFT if name != "Message"}
    return Told(
        amount_minor=minor(values["Amount"], campaign.currency, "Donation.Amount"),
        goal=_recipient(values.get("Recipient") or {}, campaign),
        member=_known_donor(donor, campaign),
        donor=renamed(donor, USER),
        addresses=tuple(address(one) for one in donor.get("Addresses") or ()),
        message=values.get("Message") or "",
        payment_type=paid.get("Payment_Type") or Donation.PaymentType.OTHER,
        paid_at=paid.get("Paid_At"),
        is_verified=_verified(paid.get("Is_Verified"), place),
        **flags,
    )


def _verified(given: bool | None, place: Place) -> bool:
    """What isn't said is true for who may verify, and waits for them otherwise."""
    if given is not None:
        return given
    campaign = place.campaign
    actor = place.caller.actor
    return rights.may(actor, Right.REFUND, campaign.organization_id, campaign.pk)


def _known_donor(donor: Values, campaign: Campaign) -> Member | None:
    key = donor.get("Id")
    if key is None:
        return None
    rows = Member.objects.filter(campaign=campaign, archived_at=None).select_related("person")
    found = rows.filter(pk=key).first()
    if found is None:
        raise Refusal(
            errors.OUT_OF_RANGE, _("The donor isn't a user of this campaign."),
            field="Donation.Donor.Id",
        )  # fmt: skip
    return found


def _recipient(given: Values, campaign: Campaign) -> Goal:
    """Id before User_Id before Team_Id; none of them is the campaign. Raises Refusal."""
    for name, find in (("Id", _goal), ("User_Id", _goal_of_user), ("Team_Id", _goal_of_team)):
        key = given.get(name)
        if key is not None:
            found = find(campaign, key)
            if found is None:
                raise Refusal(
                    errors.OUT_OF_RANGE, _("The recipient isn't in this campaign."),
                    field=f"Donation.Recipient.{name}",
                )  # fmt: skip
            return found
    return getattr(campaign, "goal", None) or goals.ensure(campaign)


def _goal(campaign: Campaign, key: int) -> Goal | None:
    found = Goal.objects.select_related("team", "member").filter(pk=key).first()
    if found is None:
        return None
    owner = found.team or found.member
    of = owner.campaign_id if owner is not None else found.campaign_id
    return found if of == campaign.pk else None


def _goal_of_user(campaign: Campaign, key: int) -> Goal | None:
    member = Member.objects.filter(campaign=campaign, archived_at=None, pk=key).first()
    return goals.ensure(member) if member else None


def _goal_of_team(campaign: Campaign, key: int) -> Goal | None:
    team = Team.objects.filter(campaign=campaign, archived_at=None, pk=key).first()
    return goals.ensure(team) if team else None


def gift(values: Values) -> dict[str, Any]:
    """Changes of a gift for verbs."""
    changes = renamed(values, GIFT)
    verified = (values.get("Payment") or {}).get("Is_Verified")
    return changes | ({} if verified is None else {"is_verified": verified})


def must_not_differ(found: Donation, values: Values) -> None:
    """What was given, by whom and to whom stays. The same again is no change.

    Raises AmountFixed, and Refusal for what isn't an amount.
    """
    paid, to = values.get("Payment") or {}, values.get("Recipient") or {}
    donor = values.get("Donor") or {}
    pairs = [
        (to.get("Id"), found.goal_id), (to.get("User_Id"), found.goal.member_id),
        (to.get("Team_Id"), found.goal.team_id), (donor.get("Id"), found.donor_id),
        (paid.get("Currency_Key"), found.currency),
        (paid.get("Payment_Type"), found.payment_type),
        (paid.get("Paid_At"), found.paid_at and found.paid_at.replace(microsecond=0)),
    ]  # fmt: skip
    if values.get("Amount") is not None:
        pairs.append(
            (minor(values["Amount"], found.currency, "Donation.Amount"), found.amount_minor)
        )
    if any(given is not None and given != kept for given, kept in pairs):
        raise AmountFixed
