"""Every call of a published client's flow, in order, with what must come of each."""

from tests.api.rallyup import shapes
from tests.api.rallyup.gem import Gem

ORGANIZATION = {"Name": "Example Band", "Country": "US", "Address1": "1 Example Street",
                "Address2": None, "Address3": None, "State": "NY", "City": "Exampleville",
                "PostalCode": "00000", "501c": True, "EIN": "123456789"}  # fmt: skip


def run(gem: Gem, demo: dict[str, str]) -> None:
    """The whole flow; `demo` is what the demo prints under `rallyup`."""
    api = "/v1/partnerapi"
    token = gem.authenticate()
    assert list(token) == [
        "access_token", "token_type", "expires_in", "UserName", ".issued", ".expires",
    ]  # fmt: skip
    page = gem.call("GET", f"{api}/organizations", startDate="2020-01-01", endDate="2099-12-31")
    assert list(page) == shapes.PAGE and page["TotalCount"] >= 3
    one = gem.call("GET", f"{api}/organizations/{demo['organization_id']}")
    shapes.check(one, shapes.ORGANIZATION, "Organization")
    made = gem.call("POST", f"{api}/addcustomorg", **ORGANIZATION)
    shapes.check(made, shapes.ORGANIZATION, "Organization")
    assert (made["Status"], made["IsTaxExempt"]) == ("Pending", True)
    here = {"OrganizationID": made["Id"]}
    assert gem.call("POST", f"{api}/approvecustomorg", **here)["Status"] == "Approved"
    account = demo["stripe_account_id"]
    gem.call("POST", f"{api}/setonbehalfaccount", OrganizationId=made["Id"],
             StripeOnBehalfAccountId=account)  # fmt: skip
    person = here | {"Email": "helper@example.com"}
    added = gem.call("POST", f"{api}/addorguser", **person, Role="Administrator")
    shapes.check(added, shapes.ADDED, "AddedUser")
    users = gem.call("GET", f"{api}/listorgusers", **here)["Items"]
    assert [user["UserID"] for user in users] == [added["UserID"]]
    shapes.check(users[0], shapes.USER, "OrgUser")
    organization = {"organizationID": demo["organization_id"]}
    campaigns = gem.call(
        "GET", f"{api}/campaigns", **organization, includeDonationPages="false", status="Started"
    )
    assert [c["Id"] for c in campaigns["Items"]] == [demo["campaign_id"]]
    single = gem.call("GET", f"{api}/campaigns/{demo['campaign_id']}")
    shapes.check(single, shapes.CAMPAIGN, "Campaign")
    items = gem.call("GET", f"{api}/campaignitems", campaignID=demo["campaign_id"])
    assert (items["Count"], items["TotalCount"]) == (99, 99)
    gone = gem.call("DELETE", f"{api}/deleteorguser", **person)
    shapes.check(gone, shapes.ADDED, "AddedUser")
    assert gem.call("DELETE", f"{api}/deletecustomorg", **here)["Status"] == "Deleted"
