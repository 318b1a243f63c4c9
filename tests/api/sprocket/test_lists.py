"""Paging, filters and sorting: what they find, what they refuse, and what they never tell."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from accounts.models import Address, Person
from campaigns import teams
from campaigns.models import Campaign, Donation, Goal, Member, Team, Update
from rally.api.sprocket import paging
from rally.api.sprocket.endpoints import ENDPOINTS
from rally.kit import clock
from tests.api.sprocket import calls
from tests.api.sprocket.world import Wire, World, fundraiser, give

ROWS = 100


@pytest.fixture
def names(world: World, wire: Wire) -> Any:
    """Asks for teams by a query; answers their names."""
    for name, cents in (("our boats", 300), ("Yours", 200), ("Four", 100)):
        team = teams.add(world.campaign, {"name": name, "goal": {"amount_minor": 1000}}, SYSTEM)
        give(world.campaign, team.goal, cents)
    path = f"admin/campaigns/{world.campaign.pk}/teams"
    return lambda query: [one["Name"] for one in wire.get(path, query=query)["Teams"]]


def test_paging(world: World, wire: Wire, names: Any) -> None:
    path = f"campaigns/{world.campaign.pk}/teams"
    page = wire.get(path, by="client")
    assert (page["Total_Count"], page["Limit"], page["Offset"]) == (4, 10, 0)
    assert [one["Id"] for one in page["Teams"]] == sorted(one["Id"] for one in page["Teams"])
    page = wire.get(path, by="client", query="limit=2&offset=3")
    assert (len(page["Teams"]), page["Total_Count"], page["Offset"]) == (1, 4, 3)
    for offset in (4, 10**12, 10**18, 10**40):
        page = wire.get(path, by="client", query=f"offset={offset}")
        assert (page["Teams"], page["Total_Count"], page["Offset"]) == ([], 4, offset)
    assert wire.get(path, by="client", query="limit=0")["Teams"] == []
    assert len(wire.get(path, by="client", query="LIMIT=100")["Teams"]) == 4


@pytest.mark.parametrize("query", ["team.name=x", "user.password=x", "donation.amount=1",
                                   "sort=team.name", "organization.id=1"])  # fmt: skip
def test_another_object_s_names_are_refused_and_other_words_passed_over(
    world: World, wire: Wire, query: str
) -> None:
    path = f"campaigns/{world.campaign.pk}/displayed_donations"
    wire.refused("GET", path, 400, 20004, by="client", query=query)
    assert wire.get(path, by="client", query="utm.source=x&version=1.2&user=7")["Total_Count"]


@pytest.mark.parametrize(
    "path", ["campaigns/{c}/teams", "admin/campaigns/{c}/donations", "admin/campaigns/{c}/users",
             "campaigns/{c}/displayed_donations", "campaigns"],
)  # fmt: skip
def test_far_pages_are_the_same_by_another_way(
    world: World, wire: Wire, names: Any, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    path = path.format(c=world.campaign.pk)
    by = "admin" if "admin" in path else "client"
    for query in ("limit=2&offset=1", "limit=3&offset=2", "limit=2&offset=50"):
        near = wire.get(path, by=by, query=query)
        monkeypatch.setattr(paging, "FAR", 0)
        assert wire.get(path, by=by, query=query) == near
        monkeypatch.undo()


def test_from_id_is_inclusive(world: World, wire: Wire, names: Any) -> None:
    path = f"campaigns/{world.campaign.pk}/teams"
    keys = [one["Id"] for one in wire.get(path, by="client")["Teams"]]
    page = wire.get(path, by="client", query=f"from_id={keys[1]}")
    assert [one["Id"] for one in page["Teams"]] == keys[1:]
    assert page["Total_Count"] == 3


def test_starting_is_about_creation_and_on_modified_about_change(
    world: World, wire: Wire
) -> None:  # fmt: skip
    path = f"admin/campaigns/{world.campaign.pk}/donations"
    now = int(clock.now().timestamp())
    Donation.objects.filter(pk=world.gift.pk).update(
        created_at=clock.now() - dt.timedelta(days=2),
        modified_at=clock.now() - dt.timedelta(days=1),
    )
    late = wire.get(path, query=f"starting={now - 86_400 - 60}")["Donations"]
    assert world.gift.pk not in {one["Id"] for one in late}
    changed = wire.get(f"{path}/modified", query=f"starting={now - 86_400 - 60}")["Donations"]
    assert world.gift.pk in {one["Id"] for one in changed}
    assert wire.get(path, query=f"starting={now + 60}")["Total_Count"] == 0


def test_modified_shows_voids_at_zero_and_stops_five_seconds_ago(
    world: World, wire: Wire
) -> None:  # fmt: skip
    path = f"admin/campaigns/{world.campaign.pk}/donations"
    wire.send("DELETE", f"{path}/{world.gift.pk}", None)
    wire.refused("GET", f"{path}/{world.gift.pk}", 404, 30001)
    found = {one["Id"] for one in wire.get(f"{path}/modified")["Donations"]}
    assert world.gift.pk not in found
    Donation.objects.filter(pk=world.gift.pk).update(
        modified_at=clock.now() - dt.timedelta(seconds=6)
    )
    found = {one["Id"]: one["Amount"] for one in wire.get(f"{path}/modified")["Donations"]}
    assert found[world.gift.pk] == 0


def test_text_filters(names: Any) -> None:
    assert names("team.name=our*") == ["Our Rowers", "our boats"]
    assert names("team.name=*OUR") == ["Four"]
    assert names("team.name=*our*") == ["Our Rowers", "our boats", "Yours", "Four"]
    assert names("team.name=yours") == ["Yours"]
    assert names("TEAM.Name=Yours&team.name=*s") == ["Yours"]
    for literal in ("*%25*", "*_*", "our%25", "*%5C*"):
        assert names(f"team.name={literal}") == []


def test_number_filters_and_their_names(names: Any) -> None:
    assert names("team.amount_raised=>2&team.amount_raised=<10") == ["our boats"]
    assert names("team.amount_raised=%3E200") == ["Our Rowers"]
    assert names("team.fundraising_goal.amount_raised=3") == ["our boats"]
    assert names("team.amount_to_goal=0") == ["Our Rowers"]
    assert names("team.amount_raised=2.005") == []
    assert names("team.amount_raised=<1" + "0" * 25) == ["Our Rowers", "our boats", "Yours", "Four"]
    assert names("team.amount_raised=>1" + "0" * 25) == []


def test_sorting(names: Any) -> None:
    assert names("sort=-team.amount_raised")[1:] == ["our boats", "Yours", "Four"]
    assert names("sort=team.name") == ["Four", "our boats", "Our Rowers", "Yours"]
    assert names("sort=-team.goal_amount,-team.name") == [
        "Our Rowers", "Yours", "our boats", "Four",
    ]  # fmt: skip


def test_nulls_come_last_both_ways(world: World, wire: Wire) -> None:
    loner = fundraiser(world.campaign, "Lee")
    path = f"admin/campaigns/{world.campaign.pk}/users"
    for sort in ("user.team_id", "-user.team_id"):
        found = [one["Team_Id"] for one in wire.get(path, query=f"sort={sort}")["Users"]]
        assert None not in found[:2] and set(found[2:]) == {None}
    query = "user.is_fundraiser=true&user.last_name=example&sort=-user.first_name"
    assert [one["First_Name"] for one in wire.get(path, query=query)["Users"]] == [
        "Morgan", "Lee", "Casey",
    ]  # fmt: skip
    assert wire.get(path, query="user.address.city=example*")["Total_Count"] >= 3
    assert wire.get(path, query=f"user.id={loner.pk}")["Total_Count"] == 1


def test_rows_without_a_value_follow_page_by_page(world: World, wire: Wire) -> None:
    for name in ("Lee", "Kim", "Jo"):
        fundraiser(world.campaign, name)
    path = f"admin/campaigns/{world.campaign.pk}/users"
    for sort in ("user.team_id", "-user.team_id", "-user.amount_raised", "user.goal_amount"):
        whole = [one["Id"] for one in wire.get(path, query=f"sort={sort}")["Users"]]
        total = wire.get(path)["Total_Count"]
        assert len(set(whole)) == len(whole) == total >= 5
        for size in (1, 2, 3):
            pages = [
                one["Id"]
                for offset in range(0, total + size, size)
                for one in wire.get(path, query=f"sort={sort}&limit={size}&offset={offset}")[
                    "Users"
                ]
            ]
            assert pages == whole, (sort, size)


def test_gift_filters(world: World, wire: Wire) -> None:
    path = f"admin/campaigns/{world.campaign.pk}/donations"

    def count(query: str) -> int:
        return int(wire.get(path, query=query)["Total_Count"])

    assert count("donation.amount=>25") == 2
    assert count("donation.amount=25.5") == 1
    assert count("donation.payment.currency_key=usd") == 4
    assert count("donation.payment.payment_type=Cash&donation.payment.is_verified=true") == 4
    assert count("donation.hide_name=true") == 1
    assert count("donation.is_pending=true") == 0
    assert count("donation.donor_name=robin*") == 1
    assert count("donation.donor_email=dana@example.org") == 1
    assert count(f"donation.recipient.user_id={world.member.pk}") == 2
    assert count(f"donation.recipient.id={world.team.goal.pk}") == 1
    assert count("donation.date=>0") == 4
    assert count("donation.message=*LUCK*") == 1


# What is hidden -------------------------------------------------------------------------------
def test_hidden_amounts_and_names_can_t_be_probed(world: World, wire: Wire) -> None:
    path = f"campaigns/{world.campaign.pk}/displayed_donations"
    info = "displayed_donation_info"

    def found(query: str) -> list[Any]:
        page = wire.get(path, by="client", query=query)
        return [one["Amount"] for one in page["Displayed_Donation_Infos"]]

    assert found(f"{info}.amount=>500") == found(f"{info}.amount=999") == []
    assert found(f"{info}.amount=<100000") == [25.5, 10, 7]
    for sort in ("", "-"):
        assert found(f"sort={sort}{info}.amount")[-1] is None
    assert found(f"{info}.donor_name=Robin*") == found(f"{info}.donor_name=*Hidden*") == []
    assert found(f"{info}.donor_name=dana*") == [25.5]
    own = f"campaigns/{world.campaign.pk}/users/{world.member.pk}/donations"
    assert wire.get(own, by="user", query="donation.donor_name=*o*")["Total_Count"] == 1
    for told in (path, own, f"campaigns/{world.campaign.pk}"):
        assert "ETag" not in wire.call("GET", told, by="user").headers


@pytest.mark.parametrize(
    "query",
    ["user.email=*a*", "sort=user.email", "user.address.city=E*", "user.last_modified_on=>1",
     "sort=-user.last_modified_on"],
)  # fmt: skip
def test_hidden_fields_are_no_filters(world: World, wire: Wire, query: str) -> None:
    wire.refused("GET", f"campaigns/{world.campaign.pk}/users", 400, 20004, by="client",
                 query=query)  # fmt: skip


def test_unpublished_pages_are_in_no_public_list(world: World, wire: Wire) -> None:
    users = f"campaigns/{world.campaign.pk}/users"
    for access in ("delisted", "inactive", "pending"):
        Member.objects.filter(pk=world.member.pk).update(access=access)
        Team.objects.filter(pk=world.team.pk).update(access=access)
        assert [one["Id"] for one in wire.get(users, by="client")["Users"]] == [world.captain.pk]
        wire.refused("GET", f"{users}/{world.member.pk}", 404, 30001, by="client")
        assert wire.get(f"{users}/{world.member.pk}", by="user")["User"]["Email"]
        assert wire.get(f"campaigns/{world.campaign.pk}/teams", by="client")["Total_Count"] == 0
        wire.refused("GET", f"campaigns/{world.campaign.pk}/teams/{world.team.pk}", 404, 30001,
                     by="client")  # fmt: skip
        leaders = wire.get(f"campaigns/{world.campaign.pk}", by="client", query="leader_count=9")
        assert [one["Id"] for one in leaders["Campaign"]["Fundraiser_Leaders"]] == [
            world.captain.pk
        ]
        assert leaders["Campaign"]["Team_Leaders"] == []


def test_an_unpaid_order_is_no_gift(world: World, wire: Wire) -> None:
    Donation.objects.filter(pk=world.gift.pk).update(status="pending")
    path = f"admin/campaigns/{world.campaign.pk}/donations"
    assert wire.get(path)["Total_Count"] == 3


# How many statements --------------------------------------------------------------------------
def many(world: World) -> None:
    """A hundred more of everything that is listed."""
    campaign, home = world.campaign, world.organization
    people = Person.objects.bulk_create(
        Person(organization=home, first_name=f"P{n}", user=world.users["user"]) for n in range(ROWS)
    )
    Address.objects.bulk_create(Address(person=one, city="Exampleville") for one in people)
    Address.objects.bulk_create(
        Address(person=world.member.person, city=f"C{n}") for n in range(ROWS)
    )
    more = Team.objects.bulk_create(
        Team(campaign=campaign, name=f"T{n}", slug=f"t{n}") for n in range(ROWS)
    )
    members = Member.objects.bulk_create(
        Member(campaign=campaign, person=one, team=team, is_fundraiser=True)
        for one, team in zip(people, more, strict=True)
    )
    aims = Goal.objects.bulk_create(
        [*(Goal(kind="member", member=one) for one in members),
         *(Goal(kind="team", team=one) for one in more)]
    )  # fmt: skip
    captaincies = Team.captains.through.objects
    captaincies.bulk_create(
        Team.captains.through(team=team, member=one)
        for team, one in zip(more, members, strict=True)
    )
    Donation.objects.bulk_create(
        Donation(campaign=campaign, goal=goal, person=one, amount_minor=100, currency="USD",
                 status="confirmed", payment_type="Cash", paid_at=clock.now())
        for goal in [*aims, *[world.member.goal, world.team.goal] * ROWS]
        for one in people[:1]
    )  # fmt: skip
    Update.objects.bulk_create(
        Update(campaign=campaign, member=world.member, title=f"U{n}") for n in range(ROWS)
    )
    extra = Campaign.objects.bulk_create(
        Campaign(organization=home, title=f"C{n}", slug=f"c{n}", status="active",
                 code=f"9{n:05}", series=campaign.series) for n in range(ROWS)
    )  # fmt: skip
    Goal.objects.bulk_create(Goal(kind="campaign", campaign=one) for one in extra)
    Member.objects.bulk_create(Member(campaign=one, person=people[0]) for one in extra)


def test_a_page_of_a_hundred_costs_the_statements_of_a_page_of_one(
    world: World, wire: Wire, record_property: Any
) -> None:  # fmt: skip
    many(world)
    Donation.objects.update(modified_at=clock.now() - dt.timedelta(minutes=1))
    Member.objects.update(modified_at=clock.now() - dt.timedelta(minutes=1))
    Team.objects.update(modified_at=clock.now() - dt.timedelta(minutes=1))
    most = 0
    for endpoint in ENDPOINTS:
        if not endpoint.lists:
            continue
        counts = []
        for limit in (1, ROWS):
            with CaptureQueriesContext(connection) as captured:
                page = wire.get(
                    endpoint.path.format(**world.ids), by=calls.caller(endpoint),
                    query=f"limit={limit}&leader_count=3",
                )  # fmt: skip
            # The world's own questions for ids come before the call.
            counts.append(len(captured))
            rows = page[endpoint.table.plural]
            assert len(rows) == min(limit, page["Total_Count"])
        assert page["Total_Count"] >= ROWS or "team}/users" in endpoint.path, endpoint.path
        assert counts[0] == counts[1], (endpoint.path, counts)
        most = max(most, counts[0])
    record_property("figure", f"sprocket lists: at most {most} statements, at 1 row and at {ROWS}")
    assert most <= 22


def test_pages_of_users_without_goals_cost_no_other_number_of_statements(
    world: World, wire: Wire
) -> None:  # fmt: skip
    people = Person.objects.bulk_create(
        Person(organization=world.organization, first_name=f"P{n}") for n in range(10)
    )
    bare = Member.objects.bulk_create(Member(campaign=world.campaign, person=p) for p in people)
    for n in range(10):
        fundraiser(world.campaign, f"F{n}")
    Member.objects.update(modified_at=clock.now() - dt.timedelta(minutes=1))
    for name in ("users", "users/modified"):
        counts = set()
        for limit in (1, 10, 20):
            with CaptureQueriesContext(connection) as captured:
                wire.get(
                    f"admin/campaigns/{world.campaign.pk}/{name}",
                    query=f"limit={limit}&from_id={bare[0].pk}",
                )
            counts.add(len(captured))
        assert len(counts) == 1, counts


def test_addresses_in_answers_lead_to_pages(world: World, wire: Wire) -> None:
    root = f"campaigns/{world.campaign.pk}"
    one: Any = lambda path, name: wire.get(path, by="client")[name]  # noqa: E731  # short
    campaign, series = one(root, "Campaign"), one(f"series/{world.ids['series']}", "Series")
    user = one(f"{root}/users/{world.member.pk}", "User")["Fundraising_Goal"]
    team = one(f"{root}/teams/{world.team.pk}", "Team")["Fundraising_Goal"]
    found = [campaign["Url"], series["Url"]]
    found += [goal[name] for goal in (user, team, campaign["Fundraising_Goal"])
              for name in ("Fundraising_Page", "Direct_Donate")]  # fmt: skip
    for address in set(found):
        assert Client().get(urlsplit(address).path).status_code == 200, address
    assert {part for address in found for part in ("/s/", "/m/", "/t/") if part in address} == {
        "/s/", "/m/", "/t/"
    }  # fmt: skip
