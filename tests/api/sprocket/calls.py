"""One call for each endpoint, in an order in which each of them works."""

import json
from dataclasses import dataclass
from typing import Any

from rally.api.sprocket.calls import Auth, Endpoint
from rally.api.sprocket.endpoints import ENDPOINTS
from tests.api.sprocket.world import World

GIFT = {
    "Amount": 100, "Message": "Go on", "Donor": {
        "Id": None, "First_Name": "Alex", "Last_Name": "Example", "Email": "alex@example.com",
        "Addresses": [{"Address_1": "1 Example Street", "Address_2": None, "City": "Exampleville",
                       "State": "NY", "Zip": "00000", "Country": "US"}]},
    "Payment": {"Paid_At": 1333324800, "Currency_Key": "USD", "Payment_Type": "Cash",
                "Is_Verified": True},
    "Hide_Name": False, "Hide_Amount": False, "Is_Corp_Sponsorship": False, "Do_Not_Sync": True,
}  # fmt: skip
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "User"): {"User": {"First_Name": "Sam", "Last_Name": "Example",
                                "Email": "sam@example.com"}},
    ("PUT", "User"): {"User": {"First_Name": "Sasha", "Fundraising_Goal": {"Goal_Amount": 750.5}}},
    ("POST", "Team"): {"Team": {"Name": "Second Team"}},
    ("PUT", "Team"): {"Team": {"Name": "Renamed Team"}},
    ("POST", "Donation"): {"Donation": GIFT},
    ("PUT", "Donation"): {"Donation": {"Message": "Well done", "Hide_Name": True}},
    ("POST", "Update"): {"Update": {"Title": "Day two", "Html": "<p>Dry.</p>"}},
    ("PUT", "Update"): {"Update": {"Title": "Day one, corrected"}},
    ("POST", "Address"): {"Address": {"Address_1": "2 Example Street", "City": "Exampleville"}},
    ("PUT", "Address"): {"Address": {"City": "Sampletown"}},
    ("PUT", "Campaign"): {"Campaign": {"Name": "Newer boats"}},
    ("PUT", "Series"): {"Series": {"Name": "Monthly run"}},
    ("PUT", "Organization"): {"Organization": {"Address_Line_1": "3 Example Street"}},
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """An endpoint with somebody who may call it, and what they send."""

    endpoint: Endpoint
    by: str
    body: Any = None

    @property
    def name(self) -> str:
        return self.endpoint.name

    def path(self, world: World) -> str:
        return self.endpoint.path.format(**world.ids)


def caller(endpoint: Endpoint) -> str:
    """Who may: the client, the user themselves, the captain for teams, the admin."""
    if endpoint.auth == Auth.CLIENT:
        return "client"
    if endpoint.auth == Auth.ADMIN:
        return "admin"
    return "captain" if "{team}" in endpoint.path else "user"


def examples() -> list[Example]:
    """Readers first, then writers, then what deletes."""
    order = {"GET": 0, "POST": 1, "PUT": 2, "DELETE": 3}
    listed = sorted(ENDPOINTS, key=lambda one: order[one.verb])
    return [Example(one, caller(one), body(one)) for one in listed]


def body(endpoint: Endpoint) -> Any:
    """What the example sends; to a list with PUT goes a batch."""
    found = BODIES.get((endpoint.verb, endpoint.table.name)) if endpoint.takes else None
    if endpoint.verb == "PUT" and endpoint.takes == "one object, or several":
        record = found[endpoint.table.name]
        return {endpoint.table.plural: [{"Id": "ID"} | record, {"Id": 0} | record],
                "setting": {"batch_respond_with_complete_objects": True}}  # fmt: skip
    return found


def filled(body: Any, world: World, table: str) -> Any:
    """The body with the world's ids."""
    key = str(world.ids.get(table.lower(), 0))
    return None if body is None else json.loads(json.dumps(body).replace('"ID"', key))
