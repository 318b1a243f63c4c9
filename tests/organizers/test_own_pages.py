"""Captains and fundraisers: their own page, its gifts and names, and nothing else of anybody."""

import csv
import io

import pytest
from django.test import Client

from accounts.actors import SYSTEM, Actor
from accounts.models import Address, AuditEntry
from campaigns import members, own, teams
from campaigns.members import Newcomer
from campaigns.models import Campaign, Member
from payments import offline
from payments.offline import Entry
from rally.kit import clock
from tests.factories import make_board, make_campaign, make_organization, make_user

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
EMAIL, STREET = "giver@example.com", "1 Example Street"


@pytest.fixture(autouse=True)
def no_rates(settings) -> None:
    settings.RALLY_LIMITS = False


class Scene:
    """A campaign with a team, its captain, a fundraiser in it, one outside, and gifts to each."""

    def __init__(self) -> None:
        self.campaign = make_campaign(make_organization())
        self.users = {name: make_user(f"{name}@example.org") for name in ("captain", "mate")}
        self.team = teams.add(self.campaign, {"name": "Falcons"}, SYSTEM)
        lines = [Newcomer(f"{name} Placeholder", f"{name}@example.org") for name in self.users]
        self.captain, self.mate = members.add_all(self.campaign, lines, SYSTEM, team=self.team)
        [self.other] = members.add_all(self.campaign, [Newcomer("Other Placeholder")], SYSTEM)
        teams.edit(self.team, {"captains": [self.captain.pk]}, SYSTEM)
        for user in self.users.values():
            own.take_over(Actor(user, "page"))
        self.give(self.mate, "Given Example", EMAIL)
        self.give(self.mate, "Hidden Example", "hidden@example.com", shown_as="anonymous")
        self.give(self.other, "Foreign Example", "foreign@example.com")

    def give(self, to: Member, name: str, email: str, **shown: str) -> None:
        board = make_board(campaign=self.campaign, member=to, goal=to.goal)
        made = offline.enter(
            board, Entry([3], name, 300, clock.now(), email=email, **shown), SYSTEM, counted=True
        )
        person = made.lines.first().donation.person
        Address.objects.create(person=person, line_1=STREET, city="Exampleville")

    def shows(self, switch: bool) -> None:
        Campaign.objects.update(donor_contact_visible=switch)

    def client(self, name: str) -> Client:
        client = Client()
        client.force_login(self.users[name])
        return client

    def read(self, name: str, owner) -> str:
        key = f"{'t' if owner == self.team else 'm'}{owner.pk}"
        answer = self.client(name).get(f"/organize/pages/{key}/")
        return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)

    def listed(self, name: str, owner) -> list[list[str]]:
        key = f"{'t' if owner == self.team else 'm'}{owner.pk}"
        answer = self.client(name).get(f"/organize/pages/{key}/gifts.csv")
        assert answer.status_code == 200
        return list(csv.reader(io.StringIO(answer.getvalue().decode()[1:])))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_fundraisers_see_their_own_gifts_and_names(scene: Scene) -> None:
    said = scene.read("mate", scene.mate)
    assert "Given Example" in said and "Anonymous" in said
    assert "Hidden Example" not in said and "Foreign Example" not in said
    for owner in (scene.other, scene.captain, scene.team):
        assert scene.read("mate", owner) == "404"


def test_captains_see_what_counts_for_their_team(scene: Scene) -> None:
    said = scene.read("captain", scene.team)
    assert "Given Example" in said and "$6.00" in said
    assert "Hidden Example" not in said and "Foreign Example" not in said
    assert scene.read("captain", scene.mate) == "404"


@pytest.mark.parametrize("switch", [False, True])
@pytest.mark.parametrize("who", ["captain", "mate"])
def test_contact_data_follows_the_campaign_s_switch(scene: Scene, who: str, switch: bool) -> None:
    scene.shows(switch)
    owner = scene.team if who == "captain" else scene.mate
    page, rows = scene.read(who, owner), scene.listed(who, owner)
    assert (EMAIL in page, STREET in page) == (switch, switch)
    flat = ",".join(",".join(row) for row in rows)
    assert (EMAIL in flat, STREET in flat, "E-mail" in flat) == (switch,) * 3
    # Who gave anonymously stays so, with or without the switch.
    assert "hidden@example.com" not in page + flat and "Hidden Example" not in page + flat
    assert len({len(row) for row in rows}) == 1
    assert AuditEntry.objects.filter(verb="contacts.seen").exists() == switch


@pytest.mark.parametrize("who", ["captain", "mate"])
def test_the_api_for_tiles_shows_them_no_list_of_gifts(scene: Scene, who: str) -> None:
    scene.shows(True)
    client = scene.client(who)
    for path in ("gifts", "members"):
        answer = client.get(f"/api/campaigns/{scene.campaign.public_id}/{path}")
        assert answer.status_code in (403, 404)
        assert EMAIL not in answer.content.decode()


def test_they_change_their_own_page_and_no_more(scene: Scene) -> None:
    mine, team = (
        f"/organize/pages/m{scene.mate.pk}/edit/",
        f"/organize/pages/t{scene.team.pk}/edit/",
    )
    data = {"shown_as": "initial", "goal": "250", "page_header": "I run.", "access": "inactive",
            "is_fundraiser": "", "name": "Evil"}  # fmt: skip
    assert scene.client("mate").post(mine, data).status_code == 302
    scene.mate.refresh_from_db()
    assert (scene.mate.shown_as, scene.mate.goal.amount_minor, scene.mate.access) == (
        "initial", 25_000, "public",
    )  # fmt: skip
    assert str(scene.mate.person) == "mate Placeholder"
    assert scene.client("mate").post(team, {"name": "X"}).status_code == 404
    assert scene.client("captain").post(team, {"name": "Eagles"}).status_code == 302
    bad = scene.client("captain").post(team, {"name": "a@example.com", "goal": "x"})
    assert bad.status_code == 400 and b"a@example.com" in bad.content
    scene.team.refresh_from_db()
    assert scene.team.name == "Eagles"


def test_a_page_is_taken_over_by_who_has_its_address() -> None:
    campaign = make_campaign()
    lines = [Newcomer("Ada Placeholder", "family@example.org"),
             Newcomer("Bea Placeholder", "family@example.org"),
             Newcomer("Cyn Placeholder", "else@example.org")]  # fmt: skip
    ada, bea, cyn = members.add_all(campaign, lines, SYSTEM)
    parent, client = make_user("family@example.org"), Client()
    client.force_login(parent)
    assert b"made a fundraising page" in client.get("/organize/").content
    assert client.get(f"/organize/pages/m{ada.pk}/").status_code == 404
    said = client.get("/organize/pages/").content.decode()
    assert "Ada Placeholder" in said and "Cyn Placeholder" not in said
    client.post("/organize/pages/take-over/")
    client.post("/organize/pages/take-over/")
    assert set(own.pages(Actor(parent, "page"))) == {ada, bea}
    assert AuditEntry.objects.filter(verb="page.taken_over").count() == 2
    assert client.get(f"/organize/pages/m{ada.pk}/").status_code == 200
    assert client.get(f"/organize/pages/m{cyn.pk}/").status_code == 404
    campaign.archived_at = clock.now()
    campaign.save()
    assert client.get(f"/organize/pages/m{ada.pk}/").status_code == 404


@pytest.mark.parametrize("key", ["m0", "x1", "m", "m-1", "m99999999999999999999", "t1", "1"])
def test_a_key_of_nothing_is_not_there(scene: Scene, key: str) -> None:
    assert scene.client("mate").get(f"/organize/pages/{key}/").status_code == 404


def test_a_page_of_gifts_takes_few_statements(scene: Scene, django_assert_max_num_queries) -> None:
    scene.shows(True)
    client = scene.client("captain")
    with django_assert_max_num_queries(12):
        client.get(f"/organize/pages/t{scene.team.pk}/")
