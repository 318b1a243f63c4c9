"""Writing: gifts, people, teams, news, addresses, one by one and in batches."""

from typing import Any

import pytest
from django.core import mail
from django.test import override_settings

from accounts import idempotency
from accounts.models import AuditEntry, OutboxEvent
from campaigns.models import Donation, DonationEntry, Goal, Member, Team
from rally.dispatch import outbox
from tests import factories
from tests.api.sprocket import calls
from tests.api.sprocket.world import Wire, World


def raised(goal: Goal) -> tuple[int, int]:
    found = Goal.objects.get(pk=goal.pk)
    return found.raised_minor, found.pending_minor


@pytest.fixture
def gifts(world: World) -> str:
    return f"admin/campaigns/{world.campaign.pk}/donations"


def gift(**more: Any) -> dict[str, Any]:
    return {"Donation": calls.GIFT | more}


# Offline gifts --------------------------------------------------------------------------------
def test_a_verified_gift_counts_and_is_thanked_for(world: World, wire: Wire, gifts: str) -> None:
    before = raised(world.campaign.goal)[0]
    OutboxEvent.objects.all().delete()
    made = wire.send("POST", gifts, gift(Recipient={"User_Id": world.member.pk}))["Donation"]
    assert (made["Amount"], made["Is_Pending"], made["Date"]) == (100, False, 1333324800)
    assert made["Donor_Name"] == "Alex Example" and made["Do_Not_Sync"] is True
    assert made["Recipient"] == {"Id": world.member.goal.pk, "User_Id": world.member.pk,
                                 "Team_Id": None}  # fmt: skip
    assert made["Donor"]["Addresses"][0]["Country"] == "US"
    assert raised(world.campaign.goal)[0] == before + 10_000
    entry = AuditEntry.objects.get(verb="gift.entered", object_id=str(made["Id"]))
    assert (entry.user, entry.door) == (world.users["admin"], "api")
    event = OutboxEvent.objects.get(kind="gift.entered")
    assert event.facts == {"donation": made["Id"], "do_not_sync": True}
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        outbox.drain()
    [receipt] = mail.outbox
    assert receipt.to == ["alex@example.com"] and "$100.00" in str(receipt.body)
    assert Member.objects.get(pk=made["Donor"]["Id"]).campaign_id == world.campaign.pk


def test_an_unverified_gift_waits_until_it_is_verified(
    world: World, wire: Wire, gifts: str
) -> None:  # fmt: skip
    goal = world.team.goal
    before = raised(goal)
    unverified = calls.GIFT["Payment"] | {"Is_Verified": False}
    body = gift(Payment=unverified, Recipient={"Team_Id": world.team.pk})
    made = wire.send("POST", gifts, body)["Donation"]
    assert made["Is_Pending"] is True
    assert raised(goal) == (before[0], before[1] + 10_000)
    assert not OutboxEvent.objects.filter(facts__donation=made["Id"]).exists()
    assert wire.get(gifts, query="donation.is_pending=true")["Total_Count"] == 1
    path = f"{gifts}/{made['Id']}"
    done = wire.send("PUT", path, {"Donation": {"Payment": {"Is_Verified": True}}})["Donation"]
    assert done["Is_Pending"] is False and done["Date"] == 1333324800
    assert raised(goal) == (before[0] + 10_000, before[1])
    wire.refused("PUT", path, 409, 30002, {"Donation": {"Payment": {"Is_Verified": False}}})


@pytest.mark.parametrize("verified", [True, False])
def test_deleting_takes_back_what_counted(
    world: World, wire: Wire, gifts: str, verified: bool
) -> None:
    before = raised(world.campaign.goal)
    payment = calls.GIFT["Payment"] | {"Is_Verified": verified}
    made = wire.send("POST", gifts, gift(Payment=payment))["Donation"]
    assert wire.send("DELETE", f"{gifts}/{made['Id']}", None) == {"Id": made["Id"]}
    assert raised(world.campaign.goal) == before
    wire.refused("DELETE", f"{gifts}/{made['Id']}", 404, 30001)
    kinds = DonationEntry.objects.filter(donation=made["Id"]).values_list("kind", flat=True)
    assert list(kinds) == (["gift", "void"] if verified else [])


def test_what_passed_stripe_isn_t_deleted(world: World, wire: Wire, gifts: str) -> None:
    board = factories.make_board(campaign=world.campaign)
    order = factories.make_sale(board, [1, 2])
    donation = order.lines.first().donation
    order.method = "stripe"
    order.save()
    wire.refused("DELETE", f"{gifts}/{donation.pk}", 409, 30002)
    order.method = "offline"
    order.save()
    wire.send("DELETE", f"{gifts}/{donation.pk}", None)
    assert Donation.objects.get(pk=donation.pk).status == "void"


def test_what_was_given_stays(world: World, wire: Wire, gifts: str) -> None:
    path = f"{gifts}/{world.gift.pk}"
    shown = wire.get(path)
    assert wire.send("PUT", path, shown)["Donation"]["Amount"] == 25.5
    for changed in ({"Amount": 26}, {"Recipient": {"Team_Id": world.team.pk}},
                    {"Payment": {"Paid_At": 1}}, {"Donor": {"Id": world.captain.pk}}):  # fmt: skip
        wire.refused("PUT", path, 409, 30002, {"Donation": changed})
    done = wire.send("PUT", path, {"Donation": {"Hide_Name": True, "Message": None}})["Donation"]
    assert (done["Hide_Name"], done["Message"]) == (True, None)
    public = f"campaigns/{world.campaign.pk}/displayed_donations"
    query = "displayed_donation_info.donor_name=dana*"
    assert wire.get(public, by="client", query=query)["Total_Count"] == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"Amount": 0}, "Donation.Amount"), ({"Amount": "x"}, "Donation.Amount"),
        ({"Payment": {"Payment_Type": "Gold"}}, "Donation.Payment.Payment_Type"),
        ({"Payment": {"Currency_Key": "EUR"}}, "Donation.Payment.Currency_Key"),
        ({"Donor": {"First_Name": "A", "Email": "no"}}, "Donation.Donor.Email"),
        ({"Donor": None}, "Donation.Donor"),
    ],
)  # fmt: skip
def test_every_refusal_names_the_field_by_its_place(
    wire: Wire, gifts: str, changed: dict[str, Any], field: str
) -> None:
    answer = wire.call("POST", gifts, gift(**changed), by="admin")
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    whole = {"Donations": [gift(**changed)["Donation"]]}
    [result] = wire.call("POST", gifts, whole, by="admin").json()["Results"]
    assert [one["field"] for one in result["Error"]["errors"]] == [field]


def test_a_field_of_a_goal_or_an_address_is_named_by_its_place(wire: Wire, world: World) -> None:
    users = f"admin/campaigns/{world.campaign.pk}/users"
    for body, field in (
        ({"First_Name": "A", "Email": "no"}, "User.Email"),
        ({"First_Name": "A", "Fundraising_Goal": {"Goal_Amount": -1}},
         "User.Fundraising_Goal.Goal_Amount"),
    ):  # fmt: skip
        answer = wire.call("POST", users, {"User": body}, by="admin")
        assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("changed", "status", "number"),
    [
        ({"Amount": None}, 400, 20001), ({"Donor": None}, 400, 20001),
        ({"Donor": {"Email": "x@example.com"}}, 400, 20003),
        ({"Amount": -1}, 400, 20003), ({"Amount": 0}, 400, 20003), ({"Amount": 0.001}, 400, 20003),
        ({"Amount": 19.999999}, 400, 20003), ({"Amount": 10**12}, 400, 20003),
        ({"Amount": 10**30}, 400, 20003), ({"Amount": "sNaN"}, 400, 20002),
        ({"Amount": "100"}, 400, 20002), ({"Amount": True}, 400, 20002),
        ({"Amount": [1]}, 400, 20002),
        ({"Payment": {"Paid_At": 4102444800}}, 400, 20003),
        ({"Payment": {"Paid_At": -1}}, 400, 20003),
        ({"Payment": {"Paid_At": 10**18}}, 400, 20003),
        ({"Payment": {"Paid_At": "now"}}, 400, 20002),
        ({"Payment": {"Paid_At": 1.5}}, 400, 20002),
        ({"Payment": {"Currency_Key": "EUR"}}, 400, 20003),
        ({"Payment": {"Payment_Type": "Shells"}}, 400, 20003),
        ({"Payment": {"Is_Verified": "yes"}}, 400, 20002), ({"Payment": "Cash"}, 400, 20002),
        ({"Recipient": {"Id": 10**15}}, 400, 20003),
        ({"Recipient": {"User_Id": 2**63}}, 400, 20003),
        ({"Recipient": {"Team_Id": "1"}}, 400, 20002),
        ({"Donor": {"Id": 10**15}}, 400, 20003),
        ({"Donor": {"First_Name": "x" * 101}}, 400, 20003),
        ({"Donor": {"First_Name": "A", "Email": "nobody"}}, 400, 20003),
        ({"Donor": {"First_Name": "A", "Addresses": {}}}, 400, 20002),
        ({"Donor": {"First_Name": "A", "Addresses": [{"Country": "ZZ"}]}}, 400, 20003),
        ({"Message": "x" * 1001}, 400, 20003), ({"Message": 1}, 400, 20002),
        ({"Hide_Name": 1}, 400, 20002), ({"Hide_Name": "true"}, 400, 20002),
    ],
)  # fmt: skip
def test_a_bad_gift_leaves_nothing_behind(
    world: World, wire: Wire, gifts: str, changed: dict[str, Any], status: int, number: int
) -> None:
    def kept() -> list[int]:
        return [Donation.objects.count(), OutboxEvent.objects.count(), *raised(world.campaign.goal)]

    before = kept()
    told = wire.refused("POST", gifts, status, number, gift(**changed))
    assert kept() == before
    assert told["errors"][0]["field"]
    if changed.get("Donor", 0) is None:
        assert told["errorMessage"] == "Donation.Donor is required."


def test_recipients_and_donors_of_elsewhere_are_refused(
    world: World, wire: Wire, gifts: str
) -> None:  # fmt: skip
    foreign = factories.make_member(world.elsewhere, factories.make_team(world.elsewhere))
    for changed in ({"Recipient": {"Id": foreign.goal.pk}}, {"Recipient": {"User_Id": foreign.pk}},
                    {"Recipient": {"Team_Id": foreign.team_id}}, {"Donor": {"Id": foreign.pk}},
                    {"Recipient": {"Id": world.elsewhere.goal.pk}}):  # fmt: skip
        wire.refused("POST", gifts, 400, 20003, gift(**changed))
    both = {"Recipient": {"Id": world.team.goal.pk, "User_Id": world.member.pk}}
    made = wire.send("POST", gifts, gift(**both))["Donation"]
    assert made["Recipient"]["Team_Id"] == world.team.pk
    known = gift(Donor={"Id": world.captain.pk})
    assert wire.send("POST", gifts, known)["Donation"]["Donor_Name"] == "Casey Example"


# Batches --------------------------------------------------------------------------------------
def test_a_batch_is_done_record_by_record(world: World, wire: Wire, gifts: str) -> None:
    good, bad = calls.GIFT, calls.GIFT | {"Amount": None}
    body = {"Donations": [good, bad, {"Donation": good}, "x", None, [good]]}
    told = wire.send("POST", gifts, body)
    assert (told["Success_Count"], told["Error_Count"]) == (2, 4)
    assert [one["Status_Code"] for one in told["Results"]] == [200, 400, 200, 400, 400, 400]
    first, second = told["Results"][:2]
    assert list(first) == ["Status_Code", "Id"]
    assert second["Error"]["errorCode"] == 20001
    assert second["Error"]["errorMessage"] == "Donation.Amount is required."
    assert Donation.objects.filter(pk=first["Id"]).exists()


def test_whole_objects_come_back_when_asked_for(world: World, wire: Wire, gifts: str) -> None:
    setting = {"batch_respond_with_complete_objects": True}
    told = wire.send("POST", gifts, {"Donations": [calls.GIFT], "setting": setting})
    assert told["Results"][0]["Donation"]["Amount"] == 100
    path = f"admin/campaigns/{world.campaign.pk}/users"
    key = world.member.pk
    records = [{"Id": key, "First_Name": "Max"}, {"First_Name": "X"}, {"Id": key, "Last_Name": "T"}]
    body = {"Users": records, "setting": setting}
    told = wire.send("PUT", path, body)
    assert [one["Status_Code"] for one in told["Results"]] == [200, 400, 200]
    assert told["Results"][2]["User"]["First_Name"] == "Max"
    team = {"Id": world.team.pk, "Name": "Sailors"}
    told = wire.send("PUT", f"admin/campaigns/{world.campaign.pk}/teams", {"Teams": [team]})
    assert told["Success_Count"] == 1 and Team.objects.get(pk=world.team.pk).name == "Sailors"


def test_a_batch_in_xml(world: World, wire: Wire, gifts: str) -> None:
    one = b"""<Donation><Amount>12.50</Amount><Message>Row &amp; row</Message><Donor><Id/>
        <First_Name>Kim</First_Name><Last_Name/><Addresses><Address><City>Exampleville</City>
        <Address_2></Address_2></Address></Addresses></Donor><Payment><Is_Verified>true
        </Is_Verified><Payment_Type>Check</Payment_Type></Payment></Donation>"""
    setting = b"<batch_respond_with_complete_objects>true</batch_respond_with_complete_objects>"
    body = b"<Donations>%s<Donation><Amount/></Donation><setting>%s</setting></Donations>"
    told = wire.send("POST", gifts, body % (one, setting), kind="text/xml")
    assert [one["Status_Code"] for one in told["Results"]] == [200, 400]
    made = told["Results"][0]["Donation"]
    assert (made["Amount"], made["Message"], made["Donor_Name"]) == (12.5, "Row & row", "Kim")
    assert made["Payment"]["Payment_Type"] == "Check"
    single = wire.send("POST", gifts, one, kind="application/xml; charset=UTF-8")
    assert single["Donation"]["Donor"]["Id"]


@pytest.mark.parametrize(
    "body",
    [{"Donations": []}, {"Donations": [{}] * 101}, {"Donations": "x"}, {"Donations": {}},
     {"Gifts": []}, {"Donation": []}, [], [{}], {"setting": {}}],
)  # fmt: skip
def test_shapeless_batches_are_refused(wire: Wire, gifts: str, body: Any) -> None:
    answer = wire.call("POST", gifts, body)
    assert answer.status_code == 400, answer.content


def test_a_hundred_records(
    world: World, wire: Wire, gifts: str, record_property: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(1500) as captured:
        told = wire.send("POST", gifts, {"Donations": [calls.GIFT] * 100})
    assert told["Success_Count"] == 100
    each = len(captured) / 100
    record_property("figure", f"sprocket batch of 100: {each:.1f} statements for each record")
    assert not Donation.objects.filter(donor=None, campaign=world.campaign).exists()


def test_the_same_key_again_answers_the_same(world: World, wire: Wire, gifts: str) -> None:
    body = {"Donations": [calls.GIFT, calls.GIFT | {"Amount": 0}]}
    first = wire.send("POST", gifts, body, Idempotency_Key="one")
    again = wire.call("POST", gifts, body, Idempotency_Key="one", Accept="text/xml")
    assert again["Idempotent-Replayed"] == "true"
    assert f"<Id>{first['Results'][0]['Id']}</Id>" in again.content.decode()
    answer = wire.call("POST", gifts, gift(), Idempotency_Key="one")
    assert answer.status_code == 422
    assert wire.call("POST", gifts, gift(), Idempotency_Key="k" * 256).status_code == 400


def test_a_second_try_after_a_crash_finds_the_first_one_s_gifts(
    world: World, wire: Wire, gifts: str, monkeypatch: pytest.MonkeyPatch
) -> None:

    body = {"Donations": [calls.GIFT] * 3}
    lost = {"on": True}
    finish = idempotency.finish

    def crash(record: Any, status: int, data: Any) -> None:
        if lost["on"]:
            record.delete()  # as if the claim had been given up after a minute
        else:
            finish(record, status, data)

    monkeypatch.setattr("accounts.idempotency.finish", crash)
    first = wire.send("POST", gifts, body, Idempotency_Key="again")
    lost["on"] = False
    second = wire.send("POST", gifts, body, Idempotency_Key="again")
    assert second == first
    assert len({one["Id"] for one in first["Results"]}) == 3


# People, teams, news, addresses ---------------------------------------------------------------
def test_a_new_user_has_a_page(world: World, wire: Wire) -> None:
    path = f"admin/campaigns/{world.campaign.pk}/users"
    body = {"User": {"First_Name": "Sam", "Last_Name": "Example", "Email": "SAM@example.com",
                     "Team_Id": world.team.pk, "Address": {"City": "Exampleville"},
                     "Fundraising_Goal": {"Goal_Amount": 250.5, "Fundraising_Page_Html":
                         "<p onclick='x'>Hi<script>alert(1)</script></p>"}}}  # fmt: skip
    made = wire.send("POST", path, body)["User"]
    assert made["Fundraising_Goal"]["Goal_Amount"] == 250.5
    assert made["Fundraising_Goal"]["Fundraising_Page_Html"] == "<p>Hi</p>"
    assert (made["Email"], made["Is_Fundraiser"]) == ("sam@example.com", True)
    assert made["Address"]["City"] == "Exampleville"
    wire.refused("POST", path, 409, 30002, body)
    wire.refused("POST", path, 400, 20001, {"User": {"Last_Name": "Example"}})
    wire.send("DELETE", f"{path}/{made['Id']}", None)
    wire.refused("GET", f"{path}/{made['Id']}", 404, 30001)


def test_people_change_themselves_and_nobody_else(world: World, wire: Wire) -> None:
    users = f"campaigns/{world.campaign.pk}/users"
    mine = f"{users}/{world.member.pk}"
    body = {"User": {"First_Name": "Mo", "Address": {"City": "Sampletown"}, "Id": 1,
                     "Campaign_Id": 99}}  # fmt: skip
    made = wire.send("PUT", mine, body, by="user")["User"]
    assert (made["Id"], made["First_Name"], made["Address"]["City"]) == (
        world.member.pk, "Mo", "Sampletown",
    )  # fmt: skip
    wire.refused("PUT", mine, 403, 10005, {"User": {"Is_Fundraiser": False}}, by="user")
    wire.refused("PUT", mine, 409, 30002, {"User": {"Team_Id": None}}, by="user")
    wire.refused("PUT", f"{users}/{world.captain.pk}", 403, 10005, body, by="user")
    wire.refused("PUT", mine, 400, 20003, {"User": {"Email": "no"}}, by="user")


def test_captains_change_their_team(world: World, wire: Wire) -> None:
    path = f"campaigns/{world.campaign.pk}/teams/{world.team.pk}"
    made = wire.send("PUT", path, {"Team": {"Name": "Oars"}}, by="captain")["Team"]
    assert made["Name"] == "Oars"
    wire.refused("PUT", path, 403, 10005, {"Team": {"Name": "X"}}, by="user")
    captains = {"Team": {"Captains": [{"Id": world.member.pk}]}}
    wire.refused("PUT", path, 403, 10005, captains, by="captain")
    done = wire.send("PUT", f"admin/{path}", captains)["Team"]
    assert [one["Id"] for one in done["Captains"]] == [world.member.pk]
    wire.send("DELETE", f"admin/{path}", None)
    wire.refused("GET", path, 404, 30001, by="client")


def test_what_is_deleted_leaves_its_boards_to_the_campaign(world: World, wire: Wire) -> None:
    goal = world.member.goal
    board = factories.make_board(campaign=world.campaign, member=world.member, goal=goal)
    wire.send("DELETE", f"admin/campaigns/{world.campaign.pk}/users/{world.member.pk}", None)
    board.refresh_from_db()
    assert (board.member, board.goal) == (None, world.campaign.goal)


def test_news_is_sanitised(world: World, wire: Wire) -> None:
    path = f"campaigns/{world.campaign.pk}/users/{world.member.pk}/updates"
    html = ("<h2>Hi</h2><svg onload=x></svg><base href=//e><form action=//e><style>@import 'x'"
            "</style><a href='javascript:x'>a</a><a href='https://example.com/'>b</a>")  # fmt: skip
    made = wire.send("POST", path, {"Update": {"Title": "T", "Html": html}}, by="user")["Update"]
    assert made["Html"] == (
        '<h2>Hi</h2><a rel="nofollow noopener noreferrer">a</a>'
        '<a href="https://example.com/" rel="nofollow noopener noreferrer">b</a>'
    )
    wire.refused("POST", path, 400, 20001, {"Update": {"Html": "x"}}, by="user")
    wire.refused("POST", path, 403, 10005, {"Update": {"Title": "x"}}, by="captain")
    item = f"{path}/{made['Id']}"
    assert wire.send("DELETE", item, None, by="user") == {"Id": made["Id"]}
    wire.refused("GET", item, 404, 30001, by="client")


def test_a_running_campaign_keeps_its_date(world: World, wire: Wire) -> None:
    path = f"admin/campaigns/{world.campaign.pk}"
    body = {"Campaign": {"Name": "Boats", "Fundraising_Goal": {"Goal_Amount": 6000}}}
    made = wire.send("PUT", path, body)["Campaign"]
    assert (made["Name"], made["Fundraising_Goal"]["Goal_Amount"]) == ("Boats", 6000)
    wire.refused("PUT", path, 409, 30002, {"Campaign": {"Date": 1999999999}})
    wire.refused("PUT", path, 400, 20003, {"Campaign": {"Fundraising_Goal": {"Goal_Amount": 0}}})


def test_the_books_are_right_after_all_this(world: World, wire: Wire, gifts: str) -> None:
    unverified = calls.GIFT["Payment"] | {"Is_Verified": False}
    made = wire.send("POST", gifts, {"Donations": [
        calls.GIFT, calls.GIFT | {"Payment": unverified}, calls.GIFT]})["Results"]  # fmt: skip
    wire.send("DELETE", f"{gifts}/{made[0]['Id']}", None)
    wire.send("PUT", f"{gifts}/{made[1]['Id']}", {"Donation": {"Payment": {"Is_Verified": True}}})
    total = Goal.objects.get(campaign=world.campaign).raised_minor
    entries = DonationEntry.objects.filter(donation__campaign=world.campaign)
    assert total == sum(entries.values_list("amount_minor", flat=True))
