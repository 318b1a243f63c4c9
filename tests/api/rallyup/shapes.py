"""Objects key by key, typed once by hand from the API's published description.

Nothing here is read from the code's own tables: that is what they are compared with. A type in
a list may also be null.
"""

import re
from typing import Any

W, S, N, B = int, str, (int, float), bool
ADDRESS: dict[str, Any] = {
    "AddressLine1": [S], "AddressLine2": [S], "City": [S], "State": [S], "Country": S,
    "ZipCode": [S], "Phone": [S],
}  # fmt: skip
ORGANIZATION: dict[str, Any] = {
    "Id": W, "Ein": [S], "Name": S, "CommonName": S, "Email": [S], "Url": S, "IsTaxExempt": B,
    "Address": ADDRESS, "OrganizationLogoUrl": [S], "OrganizationWebsiteUrl": [S],
    "OrganizationFacebookUrl": [S], "OrganizationTwitterUrl": [S], "PrimaryCurrency": S,
    "Status": S,
}  # fmt: skip
CAMPAIGN: dict[str, Any] = {
    "Id": W, "Name": S, "Url": S, "CampaignSetupUrl": S, "CampaignStatus": S, "StartDateUtc": S,
    "EndDateUtc": S, "AmountRaised": N, "AmountRaisedInPeriod": N, "AmountGoal": [N],
    "GoalPeriod": [S], "TotalViews": W, "TotalSupporters": W, "OrganizationId": W,
    "OrganizationName": S, "TimezoneName": S, "UtcOffsetMinutes": W, "TimeRemainingMinutes": W,
    "ThumbnailUrl": S, "CtaLabel": S, "ManagementPages": {"Name": S, "Url": S},
    "PrimaryCurrency": S, "CurrencySymbol": S, "ProjectId": [S], "FundCode": [S],
    "FundraisingActivityType": S,
}  # fmt: skip
ITEM: dict[str, Any] = {
    "Id": W, "CampaignId": W, "CampaignType": S, "Title": S, "Type": S, "TerminologySingular": S,
    "TerminologyPlural": S, "ThumbnailUrl": S, "Price": N, "Description": S,
    "BundleQuantity": [W], "TotalQuantityAvailable": [W], "TotalSold": W,
    "AvailableStartDate": [S], "AvailableEndDate": [S], "Availability": B, "Category": [S],
    "AssociatedPrizeId": [W], "AssociatedPrizeTitle": [S],
}  # fmt: skip
USER = {"UserID": W, "FirstName": S, "LastName": S, "Email": S, "Role": S, "CreatedDate": S,
        "AddedDate": [S]}  # fmt: skip
ADDED = {"OrganizationID": W, "UserID": W, "Email": S, "Role": S, "AddedDate": S}
HOME = {name: [kind] if kind is S else kind for name, kind in ADDRESS.items()}
WHO: dict[str, Any] = {"Id": W, "FirstName": [S], "LastName": [S], "Email": [S], "Phone": [S],
                       "Address": HOME}  # fmt: skip
TRANSACTION: dict[str, Any] = {
    "Id": W, "CampaignId": W, "CampaignName": S, "OrganizationId": W, "TransactionDateUtc": S,
    "Status": S, "PaymentMethod": S, "AmountTotal": N, "AmountDonation": N, "AmountItems": N,
    "FeeCovered": N, "PlatformFee": N, "Tip": N, "AmountRefunded": N, "Currency": S,
    "CurrencySymbol": S, "PromoCode": [S], "IsAnonymous": B, "IsRecurring": B,
    "RecurringDonationId": [W], "Source": S, "Comment": [S], "Donor": WHO, "ParticipantId": [W],
    "TeamId": [W],
    "Items": {"ItemId": W, "Title": S, "Type": S, "Quantity": W, "UnitPrice": N, "Total": N},
}  # fmt: skip
DONOR = WHO | {"AmountTotal": N, "TransactionCount": W, "FirstTransactionDateUtc": [S],
               "LastTransactionDateUtc": [S]}  # fmt: skip
PARTICIPANT: dict[str, Any] = {
    "Id": W, "CampaignId": W, "FirstName": [S], "LastName": [S], "Email": [S], "TeamId": [W],
    "Url": S, "AmountGoal": N, "AmountRaised": N, "JoinedDateUtc": S,
}  # fmt: skip
TEAM = {"Id": W, "CampaignId": W, "Name": S, "Url": S, "AmountGoal": N, "AmountRaised": N,
        "ParticipantCount": W}  # fmt: skip
HOOK = {"Id": W, "Event": S, "Url": S, "CreatedDateUtc": S}
CREDENTIALS = {"OrganizationID": W, "ApiLogin": S, "ApiSecret": S}
PAGE = ["Items", "Count", "PageIndex", "PageSize", "TotalCount", "TotalPages", "HasPreviousPage",
        "HasNextPage"]  # fmt: skip
OBJECTS: dict[str, Any] = {
    "Organization": ORGANIZATION, "Campaign": CAMPAIGN, "CampaignItem": ITEM, "OrgUser": USER,
    "AddedUser": ADDED, "Transaction": TRANSACTION, "Donor": DONOR, "Participant": PARTICIPANT,
    "Team": TEAM, "Webhook": HOOK, "NewWebhook": HOOK | {"Secret": S},
    "Credentials": CREDENTIALS,
}  # fmt: skip
MOMENT = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d")


def check(value: dict[str, Any], shape: dict[str, Any], where: str) -> int:
    """Keys in order and types; how many values were looked at."""
    assert list(value) == list(shape), where
    return sum(_one(value[name], kind, f"{where}.{name}") for name, kind in shape.items())


def _one(value: Any, kind: Any, where: str) -> int:
    if isinstance(kind, list):
        if value is None:
            return 1
        (kind,) = kind
    if isinstance(kind, dict):
        many = value if isinstance(value, list) else [value]
        return sum(check(one, kind, where) for one in many)
    assert isinstance(value, kind) and (kind is B or not isinstance(value, bool)), (where, value)
    if isinstance(value, float):
        assert value != int(value), (where, value)
    if "Date" in where.rpartition(".")[2]:
        assert MOMENT.fullmatch(value), (where, value)
    return 1
