"""A partner with two organizations, another's organization, and everybody's programs."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from accounts import credentials, machines, webhooks
from accounts.actors import SYSTEM, Actor
from accounts.models import Address, ApiCredential, Membership, Organization, Partner, User
from boards import reserving
from boards.models import Board
from boards.states import Kind
from campaigns import members, teams
from campaigns.models import Campaign, Donation, Member, Team
from payments import entering
from payments.entering import Told
from rally.kit import clock
from tests import factories
from tests.api import kit

FORM = "application/x-www-form-urlencoded"


@dataclass
class World:
    """What is there, and a token for everybody."""

    partner: Partner
    school: Organization
    club: Organization
    foreign: Organization
    campaign: Campaign
    elsewhere: Campaign
    board: Board
    team: Team
    member: Member
    gift: Donation
    owner: User
    tokens: dict[str, str]
    credentials: dict[str, tuple[ApiCredential, str]]
    hook: Any
    foreign_hook: Any


def token(made: tuple[ApiCredential, str]) -> str:
    credential, secret = made
    issued = machines.exchange(credential.login, secret, partner=credential.partner is not None)
    return issued.token


def _campaign(organization: Organization, **more: Any) -> Campaign:
    now = clock.now()
    more = {"published_at": now - dt.timedelta(days=2), "deadline": now + dt.timedelta(days=20),
            "time_zone": "America/New_York"} | more  # fmt: skip
    return factories.make_campaign(organization, **more)


def build() -> World:
    """One of each kind for both sides of every wall."""
    partner = Partner.objects.create(name="Partner", domain="partner.example.com", custom_list=True)
    other = Partner.objects.create(name="Other", domain="other.example.com", custom_list=True)
    bare = Partner.objects.create(name="Bare", domain="bare.example.com")
    school = factories.make_organization(
        name="Example School Inc.", common_name="Example School", tax_id="00-0000001",
        partner=partner, line_1="1 Example Street", city="Exampleville", state="NY", zip="00000",
    )  # fmt: skip
    club = factories.make_organization(name="Example Club", partner=partner)
    foreign = factories.make_organization(name="Foreign Secret", partner=other)
    owner = factories.make_user("owner@example.org", name="Olive Owner")
    Membership.objects.create(organization=school, user=owner, role="owner")
    campaign = _campaign(school, project_id="P-1")
    board = factories.make_board(6, campaign=campaign)
    factories.make_sale(board, (1, 2), name="Dana Donor", message="Go")
    reserving.take(board_id=board.pk, numbers=[6], kind=Kind.BLOCK, note="kept")
    team = teams.add(campaign, {"name": "Rowers", "goal": {"amount_minor": 100_000}}, SYSTEM)
    member = members.add(
        campaign,
        {"first_name": "Morgan", "last_name": "Example", "email": "morgan@example.org",
         "team_id": team.pk, "goal": {"amount_minor": 50_000}},
        SYSTEM,
    )  # fmt: skip
    gift = give(campaign, member.goal, 2_550)
    Address.objects.create(person=gift.person, line_1="2 Example Street", city="Exampleville",
                           state="NY", zip="00000", country="US")  # fmt: skip
    elsewhere = _campaign(foreign, title="Foreign Secret")
    factories.make_sale(factories.make_board(3, campaign=elsewhere), (1,), name="Foreign Secret")
    made = {
        "school": credentials.issue(school, SYSTEM),
        "foreign": credentials.issue(foreign, SYSTEM),
        "partner": credentials.issue(partner, SYSTEM),
        "other": credentials.issue(other, SYSTEM),
        "bare": credentials.issue(bare, SYSTEM),
    }
    hooks = [
        webhooks.add(where, SYSTEM, url="https://example.com/hook", events=["TransactionMade"],
                     dialect="rallyup")
        for where in (school, foreign)
    ]  # fmt: skip
    return World(
        partner, school, club, foreign, campaign, elsewhere, board, team, member, gift, owner,
        {name: token(one) for name, one in made.items()}, made, *hooks,
    )  # fmt: skip


def give(campaign: Campaign, goal: Any, cents: int, first: str = "Robin", **more: Any) -> Donation:
    """A gift told of by hand."""
    donor = {"first_name": first, "last_name": "Giver", "email": f"{first.lower()}@example.org"}
    told = Told(amount_minor=cents, goal=goal, donor=donor, **({"payment_type": "Check"} | more))
    return entering.enter(campaign, told, SYSTEM)


class Wire:
    """Calls the API as programs do: the form's type on every call, whatever the verb."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = Client(raise_request_exception=False)
        self.http.handler = kit.HANDLER

    def call(
        self, verb: str, path: str, body: Any = None, *, by: str = "school", query: Any = "",
        kind: str = FORM, **headers: str,
    ) -> HttpResponse:  # fmt: skip
        """`by` names whose token; "" sends none."""
        if isinstance(body, dict):
            body = urlencode(body).encode()
        if not isinstance(query, str):
            query = urlencode(query)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if by and "Authorization" not in named:
            named["Authorization"] = f"Bearer {self.world.tokens[by]}"
        return self.http.generic(
            verb, f"/{path}" + (f"?{query}" if query else ""), body or b"", content_type=kind,
            headers=named,
        )  # fmt: skip

    def good(self, verb: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self.call(verb, path, body, **more)
        assert answer.status_code == 200, (answer.status_code, answer.content[:800])
        told = json.loads(answer.content)
        assert list(told) == ["Result", "Ok", "Error", "Metadata"]
        assert told["Ok"] is True and told["Error"] is None
        return told["Result"]

    def get(self, path: str, **more: Any) -> Any:
        return self.good("GET", path, **more)

    def items(self, path: str, **more: Any) -> list[Any]:
        found: list[Any] = self.get(path, **more)["Items"]
        return found

    def refused(
        self, verb: str, path: str, status: int, body: Any = None, **more: Any
    ) -> HttpResponse:
        answer = self.call(verb, path, body, **more)
        assert answer.status_code == status, (answer.status_code, answer.content[:500])
        envelope(answer)
        return answer


def envelope(answer: HttpResponse) -> dict[str, Any]:
    """A refusal's members, which are always the same."""
    told: dict[str, Any] = json.loads(answer.content)
    assert list(told) == ["Message", "Ok", "Error", "Result", "Metadata"], told
    assert (told["Ok"], told["Result"], told["Metadata"]) == (False, None, None)
    assert told["Message"] and told["Error"]
    assert answer["Content-Type"].startswith("application/json")
    return told


__all__ = ["Actor", "Wire", "World", "build", "envelope", "give", "token"]
