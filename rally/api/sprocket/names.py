"""What stands in a list: the element that XML wraps each item of it in."""

ITEMS = {
    "Users": "User", "Teams": "Team", "Donations": "Donation", "Updates": "Update",
    "Addresses": "Address", "Campaigns": "Campaign", "Series": "Series", "Captains": "User",
    "User_Ids": "int", "Displayed_Donation_Infos": "Displayed_Donation_Info",
    "Fundraiser_Leaders": "User", "Team_Leaders": "Team", "Results": "Result",
    "errors": "error", "Organizations": "Organization",
}  # fmt: skip
# What may stand before the dot of a filter; each list knows one of them.
OBJECTS = frozenset(name.lower() for name in ITEMS.values()) - {"int", "result", "error"}
