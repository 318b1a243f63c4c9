"""Answers as they look, made of the tables: what the documents show."""

from typing import Any

from rally.api.rallyup.calls import Endpoint
from rally.api.rallyup.fields import Field, Kind, Table

SITE = "https://rally.example.com"
KINDS: dict[str, Any] = {
    Kind.INT: 1, Kind.NUMBER: 25.5, Kind.STRING: "text", Kind.BOOLEAN: True,
}  # fmt: skip
# A value by the field's name; dates and addresses go by their endings.
VALUES: dict[str, Any] = {
    "Id": 1234, "CampaignId": 1234, "OrganizationId": 7, "OrganizationID": 7, "UserID": 12,
    "Name": "New boats", "CommonName": "Example School", "Ein": "123456789",
    "OrganizationName": "Example School", "CampaignName": "New boats", "Title": "Tile 12",
    "CampaignStatus": "Started", "Status": "Completed", "Email": "alex@example.com",
    "FirstName": "Alex", "LastName": "Example", "Country": "US", "State": "NY",
    "City": "Exampleville", "AddressLine1": "1 Example Street", "ZipCode": "00000",
    "PrimaryCurrency": "USD", "Currency": "USD", "CurrencySymbol": "$", "CtaLabel": "Pick a tile",
    "TimezoneName": "(GMT-05:00) Eastern Time (US & Canada)", "UtcOffsetMinutes": -300,
    "TimeRemainingMinutes": 28_799, "AmountGoal": 5050, "Price": 12, "CampaignType": "Sale",
    "Type": "Purchasable", "TerminologySingular": "Tile", "TerminologyPlural": "Tiles",
    "TotalSold": 0, "Description": "<p>Tiles 1 to 100</p>", "FundraisingActivityType": "Sale",
    "PaymentMethod": "Credit Card", "Source": "Online", "Role": "Administrator",
    "Event": "TransactionMade", "Secret": "whsec_…", "ApiLogin": "…", "ApiSecret": "…",
    "FeeCovered": 0, "PlatformFee": 0, "Tip": 0, "AmountRefunded": 0, "AmountDonation": 0,
    "AmountItems": 12, "AmountTotal": 12, "UnitPrice": 12, "Total": 12, "Quantity": 1,
    "IsAnonymous": False, "IsRecurring": False, "AmountRaisedInPeriod": 0,
}  # fmt: skip
EMPTY = ("Always null.",)


def answer(endpoint: Endpoint) -> dict[str, Any]:
    """What the endpoint answers, in its envelope."""
    assert endpoint.table is not None
    result: Any = shown(endpoint.table)
    if endpoint.lists:
        items = [result] if result else []
        page = {"Items": items, "Count": len(items), "PageIndex": 1, "PageSize": 100,
                "TotalCount": len(items), "TotalPages": len(items), "HasPreviousPage": False,
                "HasNextPage": False}  # fmt: skip
        result = items if endpoint.plain else page
    return {"Result": result, "Ok": True, "Error": None, "Metadata": None}


def shown(table: Table) -> dict[str, Any]:
    """An object with a value in each key."""
    return {one.name: _value(one) for one in table.fields}


def _value(one: Field) -> Any:
    if one.of is not None:
        return [shown(one.of)] if one.many else shown(one.of)
    if one.about in EMPTY:
        return None
    if one.name in VALUES:
        return VALUES[one.name]
    if one.name.endswith(("DateUtc", "Date")):
        return "2026/01/27 12:56:07"
    if one.name.endswith("Url") and not one.null:
        return f"{SITE}/8de300"
    return None if one.null else KINDS[one.kind]
