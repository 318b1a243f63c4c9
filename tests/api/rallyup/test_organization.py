"""An organization reads its own data: v1 by pages, v3 as arrays of the same."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rally.kit import clock
from tests import factories
from tests.api.rallyup import shapes
from tests.api.rallyup.world import Wire, World, give

LISTS = {
    "campaigns": shapes.CAMPAIGN, "campaignitems": shapes.ITEM,
    "transactions": shapes.TRANSACTION, "donors": shapes.DONOR,
    "participants": shapes.PARTICIPANT, "teams": shapes.TEAM, "webhooks": shapes.HOOK,
}  # fmt: skip
EMPTY = ("recurringdonations", "eventtickets", "bids", "pledges", "winners", "activityresults")


@pytest.mark.parametrize("name", LISTS)
def test_v3_is_the_items_of_v1(name: str, wire: Wire) -> None:
    page = wire.get(f"v1/api/{name}")
    assert list(page) == shapes.PAGE
    assert page["Count"] == page["TotalCount"] == len(page["Items"]) > 0
    assert wire.get(f"v3/api/{name}") == page["Items"]
    for one in page["Items"]:
        shapes.check(one, LISTS[name], name)
    keys = [one["Id"] for one in page["Items"]]
    assert keys == sorted(keys, reverse=True)


@pytest.mark.parametrize("name", EMPTY)
def test_kinds_there_are_none_of(name: str, wire: Wire) -> None:
    page = wire.get(f"v1/api/{name}")
    assert (page["Items"], page["TotalCount"], page["TotalPages"]) == ([], 0, 0)
    answer = wire.call("GET", f"v3/api/{name}")
    assert (answer.status_code, answer.content) == (204, b"")


def test_single_objects(wire: Wire, world: World) -> None:
    for version in ("v1", "v3"):
        own = wire.get(f"{version}/api/organization")
        assert (own["Id"], own["Ein"], own["CommonName"]) == (
            world.school.pk, "000000001", "Example School",
        )  # fmt: skip
        one = wire.get(f"{version}/api/campaigns/{world.campaign.pk}")
        assert one == wire.items("v1/api/campaigns")[0] | {
            "TimeRemainingMinutes": one["TimeRemainingMinutes"]
        }
        gift = wire.get(f"{version}/api/transactions/{world.gift.pk}")
        assert gift == wire.items("v1/api/transactions")[0]


def test_a_campaign_says_what_it_is(wire: Wire, world: World) -> None:
    (one,) = wire.items("v1/api/campaigns")
    code = world.campaign.code
    assert one["Url"].endswith(f"/{code}") and one["CampaignSetupUrl"].endswith(
        f"/Campaigns/Setup/{code}"
    )
    assert (one["AmountRaised"], one["AmountGoal"], one["AmountRaisedInPeriod"]) == (28.5, 5050, 0)
    assert (one["TotalSupporters"], one["UtcOffsetMinutes"]) == (2, -300)
    assert one["TimezoneName"] == "(GMT-05:00) Eastern Time (US & Canada)"
    assert 28_000 < one["TimeRemainingMinutes"] < 28_801
    assert (one["OrganizationName"], one["CurrencySymbol"]) == ("Example School", "$")
    assert (one["ProjectId"], one["FundCode"], one["FundraisingActivityType"]) == (
        "P-1", None, "Sale",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "days", "told"),
    [("draft", 5, "Pending"), ("active", 5, "Started"), ("paused", 5, "Started"),
     ("active", -1, "Ended"), ("paused", -1, "Ended"), ("completed", 5, "Completed"),
     ("completed", -1, "Completed"), ("cancelled", 5, "Ended")],
)  # fmt: skip
def test_statuses_of_campaigns(status: str, days: int, told: str, wire: Wire, world: World) -> None:
    world.campaign.status = status
    world.campaign.deadline = clock.now() + clock.dt.timedelta(days=days)
    world.campaign.save()
    (one,) = wire.items("v1/api/campaigns", query={"STATUS": told.lower()})
    assert one["CampaignStatus"] == told
    assert (one["TimeRemainingMinutes"] > 0) == (status == "active" and days > 0)
    for other in {"Pending", "Started", "Ended", "Completed"} - {told}:
        assert wire.items("v1/api/campaigns", query={"status": other}) == []


def test_an_item_for_each_tile_that_is_not_kept_back(wire: Wire, world: World) -> None:
    factories.make_hold(world.board, (3,))
    found = wire.items("v1/api/campaignitems", query={"campaignid": world.campaign.pk})
    told = {one["Title"]: (one["Price"], one["TotalSold"], one["Availability"]) for one in found}
    assert told == {
        "Tile 5": (5, 0, True), "Tile 4": (4, 0, True), "Tile 3": (3, 0, False),
        "Tile 2": (2, 1, False), "Tile 1": (1, 1, False),
    }  # fmt: skip
    assert {one["TotalQuantityAvailable"] for one in found} == {1}


def test_a_transaction_says_who_gave_what_to_whom(wire: Wire, world: World) -> None:
    told, sold = wire.items("v1/api/transactions")
    assert (told["Status"], told["Source"], told["PaymentMethod"]) == (
        "Completed", "Check", "Check",
    )  # fmt: skip
    assert (told["AmountTotal"], told["AmountDonation"], told["AmountItems"]) == (25.5, 25.5, 0)
    assert (told["ParticipantId"], told["TeamId"]) == (world.member.pk, world.team.pk)
    assert told["Donor"]["Address"]["AddressLine1"] == "2 Example Street"
    assert (sold["AmountTotal"], sold["AmountItems"], sold["Comment"]) == (3, 3, "Go")
    assert [one["Title"] for one in sold["Items"]] == ["Tile 1", "Tile 2"]
    assert sold["Donor"]["Address"] == dict.fromkeys(shapes.ADDRESS)


def test_donors_add_up(wire: Wire, world: World) -> None:
    give(world.campaign, world.campaign.goal, 1_000)
    robin = wire.items("v1/api/donors")[0]
    assert (robin["FirstName"], robin["AmountTotal"], robin["TransactionCount"]) in {
        ("Robin", 35.5, 2), ("Robin", 10, 1),
    }  # fmt: skip
    total = sum(one["AmountTotal"] for one in wire.items("v1/api/donors"))
    assert total == wire.items("v1/api/campaigns")[0]["AmountRaised"] == 38.5


def test_pages(wire: Wire, world: World) -> None:
    for size, index, titles in ((2, 1, ["Tile 5", "Tile 4"]), (2, 3, ["Tile 1"]), (2, 4, [])):
        query = {"pagesize": size, "PAGEINDEX": index}
        page = wire.get("v1/api/campaignitems", query=query)
        assert [one["Title"] for one in page["Items"]] == titles
        assert [page[name] for name in shapes.PAGE[1:]] == [
            len(titles), index, 2, 5, 3, index > 1, index < 3,
        ]  # fmt: skip
        answer = wire.call("GET", "v3/api/campaignitems", query=query)
        assert answer.status_code == (200 if titles else 204)


def test_a_period_tells_what_came_in_then(wire: Wire, world: World) -> None:
    today = f"{clock.now():%Y-%m-%d}"
    (one,) = wire.items("v1/api/campaigns", query={"startDate": today})
    assert one["AmountRaisedInPeriod"] == one["AmountRaised"] == 28.5
    assert wire.items("v1/api/campaigns", query={"endDate": "2001-01-01"}) == []
    assert len(wire.items("v1/api/transactions", query={"startDate": today})) == 2
    assert wire.items("v1/api/transactions", query={"endDate": "2001-01-01"}) == []


def test_sorting(wire: Wire, world: World) -> None:
    second = factories.make_campaign(world.school, title="Aardvarks")
    first = world.campaign
    for sort, wanted in (
        ("name", [second, first]), ("-NAME", [first, second]), ("amountRaised", [second, first]),
        ("-amountraised", [first, second]), ("id", [first, second]), ("-id", [second, first]),
        ("endDate", [first, second]), ("-endDate", [first, second]),
    ):  # fmt: skip
        found = wire.items("v1/api/campaigns", query={"sortBy": sort})
        assert [one["Id"] for one in found] == [one.pk for one in wanted], sort
    assert len(wire.items("v1/api/campaigns", query={"campaignType": "sale"})) == 1
    assert len(wire.items("v1/api/campaigns", query={"campaignType": "Crowdfunding"})) == 1
    assert wire.items("v1/api/campaigns", query={"campaignType": "Raffle"}) == []


def test_webhooks_are_added_with_a_key_told_once_and_taken_away(wire: Wire) -> None:
    body = {"Event": "campaignends", "Url": "https://example.com/two"}
    made = wire.good("POST", "v3/api/webhooks", body)
    shapes.check(made, shapes.HOOK | {"Secret": str}, "made")
    assert made["Event"] == "CampaignEnds" and made["Secret"].startswith("whsec_")
    assert made["Id"] == wire.get("v3/api/webhooks")[0]["Id"]
    assert "Secret" not in wire.get("v3/api/webhooks")[0]
    gone = wire.good("DELETE", f"v3/api/webhooks/{made['Id']}")
    assert gone["Id"] == made["Id"]
    wire.refused("DELETE", f"v3/api/webhooks/{made['Id']}", 404)
    sent = json.dumps(body).encode()
    assert wire.good("POST", "v1/api/webhooks", sent, kind="application/json")["Id"]


def test_no_list_asks_once_a_row(wire: Wire, world: World) -> None:
    def counted(path: str) -> int:
        with CaptureQueriesContext(connection) as sent:
            assert wire.call("GET", path).status_code == 200
        return len(sent)

    few = {name: counted(f"v1/api/{name}") for name in LISTS}
    for number in range(4):
        one = factories.make_campaign(world.school)
        board = factories.make_board(4, campaign=one)
        factories.make_sale(board, (1, 2), name=f"Giver{number} Example")
        factories.make_member(one, factories.make_team(one))
        wire.good(
            "POST", "v1/api/webhooks", {"Event": "CampaignEnds", "Url": "https://a.example.com/"}
        )
    many = {name: counted(f"v1/api/{name}") for name in LISTS}
    assert many == few
    assert few["campaigns"] <= 8 and max(few.values()) <= 12, few
