"""Two organizations and everybody in them, made by the verbs that everybody uses."""

import base64
import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse
from django.test import Client

from accounts import grants, scopes
from accounts.actors import SYSTEM, Actor
from accounts.models import ApiClient, Membership, Organization, User
from campaigns import members, teams, updates
from campaigns.models import Campaign, Donation, Goal, Member, Team, Update
from payments import entering
from payments.entering import Told
from rally.api.sprocket.names import ITEMS
from rally.kit import clock
from tests import factories
from tests.api import kit

BASE = "/sprocket/v2"
ALL = tuple(scopes.SCOPES)
ADDRESS = {"line_1": "1 Example Street", "city": "Exampleville", "state": "NY", "zip": "00000",
           "country": "US"}  # fmt: skip


@dataclass
class World:
    """What is there, and a token for everybody."""

    organization: Organization
    campaign: Campaign
    team: Team
    captain: Member
    member: Member
    gift: Donation
    update: Update
    users: dict[str, User]
    tokens: dict[str, str]
    client: ApiClient
    secret: str
    elsewhere: Campaign

    @property
    def ids(self) -> dict[str, int]:
        """What stands for the names in the addresses of the table."""
        series = self.campaign.series
        assert series is not None
        return {
            "organization": self.organization.pk, "campaign": self.campaign.pk,
            "series": series.pk, "user": self.member.pk, "team": self.team.pk,
            "donation": self.gift.pk, "update": self.update.pk,
            "address": self.member.person.addresses.order_by("pk")[0].pk,
        }  # fmt: skip


def token(client: ApiClient, user: User, organization: Organization,
          wanted: Iterable[str] = ALL, **more: Any) -> str:  # fmt: skip
    return grants.issue(client, user, organization, wanted, **more).access_token


def fundraiser(campaign: Campaign, first: str, user: User | None = None, **more: Any) -> Member:
    """A public fundraiser, by name; `user` may log in as them."""
    changes = {"first_name": first, "last_name": "Example",
               "email": f"{first.lower()}@example.org", "address": ADDRESS} | more  # fmt: skip
    member = members.add(campaign, changes, SYSTEM)
    if user is not None:
        member.person.user = user
        member.person.save()
    return member


def give(
    campaign: Campaign, goal: Goal, cents: int, *, name: str = "Dana Donor",
    shown_as: str = "name", hide_amount: bool = False, message: str = "",
) -> Donation:  # fmt: skip
    """A confirmed gift to a goal."""
    first, _space, last = name.partition(" ")
    told = Told(
        amount_minor=cents, goal=goal,
        donor={"first_name": first, "last_name": last, "email": f"{first.lower()}@example.org"},
        addresses=(ADDRESS,), message=message, payment_type="Cash",
        hide_name=shown_as == "anonymous", hide_amount=hide_amount,
    )  # fmt: skip
    return entering.enter(campaign, told, SYSTEM)


def build() -> World:
    """One of everything, twice where privacy is at stake."""
    home = factories.make_organization(name="Example School", tax_id="00-0000000")
    users = {name: factories.make_user(f"{name}@example.org") for name in
             ("user", "captain", "admin", "runner", "outsider")}  # fmt: skip
    series = factories.make_series(home)
    campaign = factories.make_campaign(
        home, series=series, title="New boats", story="Two boats.", deadline=clock.now()
    )
    team = teams.add(campaign, {"name": "Our Rowers", "goal": {"amount_minor": 100_000}}, SYSTEM)
    captain = fundraiser(campaign, "Casey", users["captain"], team_id=team.pk)
    teams.edit(team, {"captains": [captain.pk]}, SYSTEM)
    member = fundraiser(campaign, "Morgan", users["user"], team_id=team.pk,
                        goal={"amount_minor": 50_000, "page_html": "<p>Hi</p>"})  # fmt: skip
    gift = give(campaign, member.goal, 2_550, message="Good luck & <row> on")
    give(campaign, member.goal, 99_900, name="Robin Hidden", shown_as="anonymous",
         hide_amount=True)  # fmt: skip
    give(campaign, team.goal, 1_000, name="Terry Team")
    give(campaign, campaign.goal, 700, name="Gerry General")
    update = updates.post(
        member, {"title": "Day one", "html": "<p>Wet.</p>"}, Actor(user=users["user"], door="page")
    )
    other = factories.make_organization(name="Example Club")
    elsewhere = factories.make_campaign(other, title="New nets")
    Membership.objects.create(organization=home, user=users["admin"], role="admin")
    Membership.objects.create(
        organization=home, user=users["runner"], role="team_admin", campaign=campaign
    )
    Membership.objects.create(organization=other, user=users["outsider"], role="owner")
    client, secret = factories.make_client()
    tokens = {name: token(client, user, other if name == "outsider" else home)
              for name, user in users.items()}  # fmt: skip
    tokens["unscoped"] = token(client, users["admin"], home, ["tiles_read"])
    tokens["unscoped user"] = token(client, users["user"], home, ["tiles_read"])
    for model in (Goal, Member, Team, Donation, Update):
        # Lists of what changed stop five seconds ago.
        model.objects.update(modified_at=clock.now() - dt.timedelta(minutes=1))
    campaign.refresh_from_db()
    return World(home, campaign, team, captain, member, gift, update, users, tokens, client,
                 secret, elsewhere)  # fmt: skip


class Wire:
    """Calls the API as programs do."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = Client(raise_request_exception=False)
        self.http.handler = kit.HANDLER

    def call(
        self, verb: str, path: str, body: Any = None, *, by: str = "admin", query: str = "",
        kind: str | None = None, **headers: str,
    ) -> HttpResponse:  # fmt: skip
        """`by` names who calls: "client", somebody with a token, or "" for nobody."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if by and "Authorization" not in named:
            named["Authorization"] = self.authorization(by)
        return self.http.generic(
            verb, f"{BASE}/{path}" + (f"?{query}" if query else ""), body or b"",
            content_type="application/json" if kind is None else kind, headers=named,
        )  # fmt: skip

    def authorization(self, by: str) -> str:
        if by == "client":
            pair = f"{self.world.client.client_id}:{self.world.secret}"
            return "Basic " + base64.b64encode(pair.encode()).decode()
        return f"Bearer {self.world.tokens[by]}"

    def get(self, path: str, **more: Any) -> Any:
        answer = self.call("GET", path, **more)
        assert answer.status_code == 200, (answer.status_code, answer.content[:500])
        return json.loads(answer.content)

    def send(self, verb: str, path: str, body: Any, **more: Any) -> Any:
        answer = self.call(verb, path, body, **more)
        assert answer.status_code == 200, (answer.status_code, answer.content[:800])
        return json.loads(answer.content)

    def refused(self, verb: str, path: str, status: int, number: int, body: Any = None,
                **more: Any) -> dict[str, Any]:  # fmt: skip
        answer = self.call(verb, path, body, **more)
        found: dict[str, Any] = json.loads(answer.content)
        assert (answer.status_code, found["errorCode"]) == (status, number), found
        assert found["httpStatus"] == status and type(found["errorCode"]) is int
        return found


def parsed(xml: bytes) -> tuple[str, Any]:
    """XML back into names and texts: what a JSON answer is compared with."""
    root = ElementTree.fromstring(xml)
    return root.tag, _node(root)


def _node(element: ElementTree.Element) -> Any:
    if not len(element):
        return element.text
    return [(child.tag, _node(child)) for child in element]


def as_texts(value: Any, name: str = "") -> Any:
    """A JSON value as XML says it: pairs in order, texts, and None for nothing."""
    if isinstance(value, dict):
        return [(key, as_texts(inner, key)) for key, inner in value.items()] or None
    if isinstance(value, list):
        return [(ITEMS[name], as_texts(inner)) for inner in value] or None
    if value is True or value is False:
        return "true" if value else "false"
    return None if value in (None, "") else str(value)


def flattened(data: dict[str, Any], root: str) -> Any:
    """The same with the object or list called like the root taken apart."""
    found: list[Any] = []
    for name, value in data.items():
        inner = as_texts(value, name)
        if name == root:
            found += inner or []
        else:
            found.append((name, inner))
    return found or None
