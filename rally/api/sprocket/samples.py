"""Answers and bodies as they look, made of the tables: what documents show.

A test holds them against answers that went over the wire.
"""

from typing import Any

from rally.api.sprocket import answers, asking
from rally.api.sprocket.answers import JSON, XML, Answer
from rally.api.sprocket.calls import Auth, Endpoint, Takes
from rally.api.sprocket.fields import PUBLIC, Field, Kind, Level, Sight, Table

SITE = "https://rally.example.com"
MOMENT = 1_767_225_600
# Who would read what: the program alone, somebody about themselves, an admin.
SIGHTS = {
    Auth.CLIENT: PUBLIC,
    Auth.TOKEN: Sight(frozenset({Level.OWN, Level.CONTACTS})),
    Auth.ADMIN: Sight(frozenset({Level.OWN, Level.ADMIN, Level.CONTACTS})),
}
# A value by the field's name, or by object and field where the same name means two things.
VALUES: dict[str, Any] = {
    "Name": "New boats", "Team.Name": "First Team", "Organization.Name": "Example Rowing Club",
    "Series.Name": "Yearly run", "Email": "alex@example.com", "Donor_Email": "alex@example.com",
    "First_Name": "Alex", "Last_Name": "Example", "Donor_Name": "Alex Example",
    "Message": "Go on", "Title": "Day one", "Html": "<p>It rained.</p>",
    "Description": "For two new boats.", "Url": f"{SITE}/c/new-boats/",
    "Series.Url": f"{SITE}/s/yearly-run/", "Website": "https://example.com",
    "Tax_ID": "00-0000000", "Address_Line_1": "1 Example Street", "Address_Line_2": None,
    "Address_1": "1 Example Street", "Address_2": None, "City": "Exampleville", "State": "NY",
    "Zip": "00000", "Country": "US", "Profile_Image": None, "Campaign_Name": "New boats",
    "Fundraising_Page": f"{SITE}/c/new-boats/", "Fundraising_Page_Header": None,
    "Fundraising_Page_Html": None, "Goal_Amount": 5050, "Amount_Raised": 1250.5,
    "Amount_To_Goal": 3799.5, "Direct_Donate": f"{SITE}/c/new-boats/", "Amount": 100,
    "Campaign_Type": 6, "Currency_Key": "USD", "Payment_Type": "Cash", "Is_Verified": True,
    "Is_Fundraiser": True, "User_Ids": [7, 8], "Id": 7, "Campaign.Id": 1234,
    "Team.Id": 12, "Donation.Id": 55, "Update.Id": 90, "Address.Id": 31, "Series.Id": 3,
    "Organization.Id": 2, "Fundraising_Goal.Id": 9, "Campaign_Id": 1234, "Team_Id": 12,
    "Series_Id": 3, "User_Id": 7, "Recipient.Id": 9, "Recipient.Team_Id": None,
    "Displayed_Donation_Info.Id": 55, "Paid_At": 1_333_324_800, "Donor.Id": None,
}  # fmt: skip


def answer(endpoint: Endpoint) -> Answer:
    """What the endpoint answers."""
    table = endpoint.table
    if endpoint.deletes:
        return Answer({"Id": _plain(table.field("Id"), table)})
    row = shown(table, SIGHTS[endpoint.auth])
    if not endpoint.lists:
        return Answer({table.name: row}, table.name)
    counts = {"Total_Count": 1, "Limit": asking.USUAL_PAGE, "Offset": 0}
    return Answer({table.plural: [row]} | counts, table.plural)


def shown(table: Table, sight: Sight) -> dict[str, Any]:
    """An object as a caller with this sight reads it."""
    found = {}
    for one in table.fields:
        if sight.sees(one.level):
            found[one.name] = _value(one, table, sight)
        elif not one.absent:
            found[one.name] = None
    return found


def _value(one: Field, table: Table, sight: Sight) -> Any:
    if one.name.endswith("_Leaders") or (sight.plain and one.name == "Displayed_Donation_Infos"):
        return []
    if one.of is None:
        return _plain(one, table)
    row = shown(one.of, sight.within(one))
    return [row] if one.many else row


def _plain(one: Field, table: Table) -> Any:
    for name in (f"{table.name}.{one.name}", one.name):
        if name in VALUES:
            return VALUES[name]
    return {Kind.LONG: MOMENT, Kind.BOOLEAN: False, Kind.INT: 7}.get(one.kind)


# Bodies ---------------------------------------------------------------------------------------
GOAL = {"Goal_Amount": 750.5}
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "User"): {"First_Name": "Sam", "Last_Name": "Example", "Email": "sam@example.com"},
    ("PUT", "User"): {"First_Name": "Sasha", "Fundraising_Goal": GOAL},
    ("POST", "Team"): {"Name": "Second Team"},
    ("PUT", "Team"): {"Name": "Renamed Team", "Fundraising_Goal": GOAL},
    ("POST", "Donation"): {
        "Amount": 100, "Message": "Go on",
        "Donor": {"First_Name": "Alex", "Last_Name": "Example", "Email": "alex@example.com"},
        "Payment": {"Payment_Type": "Cash", "Is_Verified": True},
    },
    ("PUT", "Donation"): {"Message": "Well done", "Hide_Name": True},
    ("POST", "Update"): {"Title": "Day two", "Html": "<p>Dry.</p>"},
    ("PUT", "Update"): {"Title": "Day one, corrected"},
    ("POST", "Address"): {"Address_1": "2 Example Street", "City": "Exampleville"},
    ("PUT", "Address"): {"City": "Sampletown"},
    ("PUT", "Campaign"): {"Name": "Newer boats"},
    ("PUT", "Series"): {"Name": "Monthly run"},
    ("PUT", "Organization"): {"Address_Line_1": "3 Example Street"},
}  # fmt: skip


def body(endpoint: Endpoint) -> Answer | None:
    """What to send; None for calls without a body. A PUT to a list names its records."""
    table = endpoint.table
    if not endpoint.takes:
        return None
    record = BODIES[endpoint.verb, table.name]
    if is_batch(endpoint):
        setting = {"batch_respond_with_complete_objects": False}
        records = [{"Id": _plain(table.field("Id"), table)} | record]
        return Answer({table.plural: records, "setting": setting}, table.plural)
    return Answer({table.name: record}, table.name)


def is_batch(endpoint: Endpoint) -> bool:
    """Whether it takes batches alone: changes of what a list holds."""
    return endpoint.verb == "PUT" and endpoint.takes == Takes.MANY


def batch_answer(endpoint: Endpoint) -> Answer:
    """What a batch answers, a good record before a bad one."""
    table = endpoint.table
    bad = {"errorCode": 20001, "errorMessage": f"{table.name}.Id is required.", "httpStatus": 400}
    results = [
        {"Status_Code": 200, "Id": _plain(table.field("Id"), table)},
        {"Status_Code": 400, "Error": bad},
    ]
    return Answer({"Success_Count": 1, "Error_Count": 1, "Results": results})


def written(found: Answer, kind: str) -> str:
    """As text that people read."""
    return answers.written(found, kind, pretty=True).content.decode().strip()


def both(found: Answer) -> tuple[str, str]:
    """As JSON and as XML."""
    return written(found, JSON), written(found, XML)
