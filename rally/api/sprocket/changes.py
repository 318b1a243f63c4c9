"""From the words of the wire to those of the verbs."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import rights
from accounts.rights import Right
from campaigns import goals
from campaigns.models import Campaign, Donation, Goal, Member, Team
from payments.entering import AmountFixed, Told
from rally.api.sprocket import asking, batch, bodies, errors
from rally.api.sprocket.batch import Batch
from rally.api.sprocket.bodies import Values
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.fields import Table
from rally.api.sprocket.reach import Place
from rally.api.sprocket.xmlin import Node
from rally.kit import money

ORGANIZATION = {"Name": "name", "Tax_ID": "tax_id", "Website": "website",
                "Address_Line_1": "line_1", "Address_Line_2": "line_2"}  # fmt: skip
ADDRESS = {"Address_1": "line_1", "Address_2": "line_2", "City": "city", "State": "state",
           "Zip": "zip", "Country": "country"}  # fmt: skip
UPDATE = {"Title": "title", "Html": "html"}
USER = {"First_Name": "first_name", "Last_Name": "last_name", "Email": "email",
        "Is_Fundraiser": "is_fundraiser", "Team_Id": "team_id",
        "External_Completed_1": "external_completed_1",
        "External_Completed_2": "external_completed_2"}  # fmt: skip
GOAL = {"Campaign_Name": "page_title", "Fundraising_Page_Header": "page_header",
        "Fundraising_Page_Html": "page_html"}  # fmt: skip
GIFT = {"Message": "message", "Hide_Name": "hide_name", "Hide_Amount": "hide_amount",
        "Is_Corp_Sponsorship": "is_corporate", "Do_Not_Sync": "do_not_sync"}  # fmt: skip


def renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The given values under the names that verbs know; nothing for null texts."""
    return {ours: values[theirs] for theirs, ours in names.items() if theirs in values}


def require(table: Table, values: Values) -> None:
    """Raises Refusal 20001 for a required field that isn't there, or is null."""
    for one in table.fields:
        if one.required and values.get(one.name) in (None, "", {}):
            path = f"{table.name}.{one.name}"
            sentence = _("%(name)s is required.") % {"name": path}
            raise Refusal(errors.MISSING, sentence, field=path)


# Records of a batch ---------------------------------------------------------------------------
def several(body: Any, table: Table) -> Batch:
    """The batch that a PUT to a list must be. Raises Refusal."""
    found = batch.within(body, table)
    if found is None:
        sentence = _("The body must hold %(name)s.") % {"name": table.plural}
        raise Refusal(errors.UNREADABLE, sentence)
    return found


def _bare(table: Table, record: Any) -> Any:
    if isinstance(record, Node):
        return record
    return bodies.unwrapped(record, table) if record else {}


def record(table: Table, record: Any) -> Values:
    """One record of a batch, typed. Raises Refusal."""
    if record is not None and not isinstance(record, Mapping | Node):
        raise Refusal(errors.WRONG_TYPE, _("A record must be an object."), field=table.name)
    return bodies.values(table, _bare(table, record))


def named(table: Table, record: Any) -> int:
    """The `Id` a record is about. Raises Refusal."""
    if record is not None and not isinstance(record, Mapping | Node):
        raise Refusal(errors.WRONG_TYPE, _("A record must be an object."), field=table.name)
    found = bodies.identity(_bare(table, record), table.name)
    if found is None:
        sentence = _("%(name)s is required.") % {"name": f"{table.name}.Id"}
        raise Refusal(errors.MISSING, sentence, field=f"{table.name}.Id")
    return found


# Amounts --------------------------------------------------------------------------------------
def minor(amount: Decimal, currency: str, path: str) -> int:
    """A decimal amount in minor units. Raises Refusal for more decimals than there are."""
    scaled = amount.scaleb(money.decimals(currency))
    if scaled != scaled.to_integral_value() or abs(scaled) > asking.BIGGEST_INT:
        raise Refusal(
            errors.OUT_OF_RANGE,
            _("%(name)s isn't an amount of %(currency)s.") % {"name": path, "currency": currency},
            field=path,
        )
    return int(scaled)


def goal(values: Values, currency: str) -> dict[str, Any]:
    """`{"goal": {...}}` when a Fundraising_Goal was given."""
    given = values.get("Fundraising_Goal")
    if not given:
        return {}
    changes = renamed(given, GOAL)
    if "Goal_Amount" in given:
        amount = given["Goal_Amount"]
        path = "Fundraising_Goal.Goal_Amount"
        changes["amount_minor"] = None if amount is None else minor(amount, currency, path)
    return {"goal": changes}


# Objects --------------------------------------------------------------------------------------
def address(values: Mapping[str, Any]) -> dict[str, Any]:
    """An address for verbs."""
    return renamed(values, ADDRESS)


def user(values: Values, campaign: Campaign) -> dict[str, Any]:
    """A user for verbs."""
    changes = renamed(values, USER) | goal(values, campaign.currency)
    if values.get("Address"):
        changes["address"] = address(values["Address"])
    return changes


def team(values: Values, campaign: Campaign) -> dict[str, Any]:
    """A team for verbs. Raises Refusal for captains without an Id."""
    changes = renamed(values, {"Name": "name"}) | goal(values, campaign.currency)
    if "Captains" in values:
        changes["captains"] = [_captain(one) for one in values["Captains"]]
    return changes


def _captain(values: Values) -> int:
    key = values.get("Id")
    if key is None:
        raise Refusal(errors.MISSING, _("Captains are named by Id."), field="Team.Captains")
    return int(key)


# Gifts ----------------------------------------------------------------------------------------
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
