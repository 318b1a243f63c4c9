"""Objects field by field, typed once by hand from the API's published description.

Nothing here is read from the code's own tables: that is what they are compared with.
"""

from typing import Any

N, L, S, D, B = "int", "long", "string", "decimal", "boolean"
INFO = {"Id": N, "Date": L, "Amount": D, "Donor_Name": S, "Message": S}
GOAL: dict[str, Any] = {
    "Id": N, "Campaign_Name": S, "Fundraising_Page": S, "Fundraising_Page_Header": S,
    "Fundraising_Page_Html": S, "Goal_Amount": D, "Amount_Raised": D, "Amount_To_Goal": D,
    "Direct_Donate": S, "Displayed_Donation_Infos": [INFO],
}  # fmt: skip
ADDRESS = {"Id": N, "Address_1": S, "Address_2": S, "City": S, "State": S, "Zip": S, "Country": S}
USER: dict[str, Any] = {
    "Id": N, "Email": S, "First_Name": S, "Last_Name": S, "Profile_Image": S, "Is_Fundraiser": B,
    "Team_Id": N, "Campaign_Id": N, "Fundraising_Goal": GOAL, "Address": ADDRESS,
    "External_Completed_1": B, "External_Completed_2": B,
}  # fmt: skip
TEAM: dict[str, Any] = {
    "Id": N, "Name": S, "Profile_Image": S, "Captains": [USER], "User_Ids": [N],
    "Campaign_Id": N, "Fundraising_Goal": GOAL,
}  # fmt: skip
ORGANIZATION = {"Id": N, "Name": S, "Tax_ID": S, "Website": S, "Address_Line_1": S,
                "Address_Line_2": S}  # fmt: skip
CAMPAIGN: dict[str, Any] = {
    "Id": N, "Name": S, "Description": S, "Date": L, "Url": S, "Campaign_Type": N,
    "Fundraising_Goal": GOAL, "Organization": ORGANIZATION, "Series_Id": N,
    "Fundraiser_Leaders": [USER], "Team_Leaders": [TEAM],
}  # fmt: skip
SERIES: dict[str, Any] = {"Id": N, "Name": S, "Url": S, "Fundraising_Goal": GOAL,
                          "Fundraiser_Leaders": [USER], "Team_Leaders": [TEAM]}  # fmt: skip
UPDATE = {"Id": N, "User_Id": N, "Campaign_Id": N, "Date": L, "Title": S, "Html": S,
          "Last_Modified_On": L}  # fmt: skip
OWN_DONATION: dict[str, Any] = {
    "Id": N, "Date": L, "Amount": D, "Donor_Name": S, "Donor_Email": S, "Donor_Address": ADDRESS,
    "Message": S, "Is_Pending": B, "Last_Modified_On": L, "Campaign_Id": N,
    "Recipient": {"Id": N, "User_Id": N, "Team_Id": N}, "Hide_Name": B, "Hide_Amount": B,
    "Is_Corp_Sponsorship": B, "Do_Not_Sync": B,
}  # fmt: skip
DONATION = OWN_DONATION | {
    "Donor": {"Id": N, "First_Name": S, "Last_Name": S, "Email": S, "Addresses": [ADDRESS]},
    "Payment": {"Paid_At": L, "Currency_Key": S, "Payment_Type": S, "Is_Verified": B},
}
# Admins also read when a record last changed, here and in what is nested.
ALSO_FOR_ADMINS = {"User", "Team", "Campaign"}
OBJECTS: dict[str, dict[str, Any]] = {
    "User": USER, "Team": TEAM, "Campaign": CAMPAIGN, "Series": SERIES, "Update": UPDATE,
    "Organization": ORGANIZATION, "Address": ADDRESS, "Donation": DONATION,
    "Displayed_Donation_Info": INFO,
}  # fmt: skip
LISTS = {
    "Users": "User", "Teams": "Team", "Campaigns": "Campaign", "Series": "Series",
    "Updates": "Update", "Addresses": "Address", "Donations": "Donation",
    "Displayed_Donation_Infos": "Displayed_Donation_Info",
}  # fmt: skip
TYPES = {N: (int,), L: (int,), S: (str,), D: (int, float), B: (bool,)}


def check(value: Any, shape: Any, where: str = "") -> int:
    """Compare key sets and JSON types; answers how many values were looked at."""
    if value is None:
        assert not isinstance(shape, list), f"{where} must be a list"
        return 1
    if isinstance(shape, list):
        assert type(value) is list, where
        return 1 + sum(check(one, shape[0], f"{where}[]") for one in value)
    if isinstance(shape, dict):
        assert set(value) - {"Last_Modified_On"} == set(shape) - {"Last_Modified_On"}, where
        return 1 + sum(check(value[key], shape[key], f"{where}.{key}") for key in shape
                       if key in value)  # fmt: skip
    assert type(value) in TYPES[shape], (where, value)
    return 1
