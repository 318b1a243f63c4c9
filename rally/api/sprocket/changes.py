"""From the words of the wire to those of the verbs."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from rally.api.sprocket import asking, batch, bodies, errors
from rally.api.sprocket.batch import Batch
from rally.api.sprocket.bodies import Values
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.fields import Table
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
