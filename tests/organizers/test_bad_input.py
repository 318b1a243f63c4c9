"""Everything odd that organizers type, one counted case each: said beside its field, what was
typed is still there, nothing is half done, and never a 5xx."""

import datetime as dt
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts import invitations
from accounts.actors import Actor
from accounts.models import Invitation, Membership
from boards.models import Board, Claim
from campaigns.models import Campaign, Donation
from rally.kit import clock
from tests import factories, tally
from tests.organizing import actor

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


@pytest.fixture(autouse=True)
def no_rates(settings) -> None:
    settings.RALLY_LIMITS = False


def day(days: int) -> str:
    return (clock.now() + dt.timedelta(days=days)).strftime("%Y-%m-%d")


class Desk:
    """An owner at a campaign with a board of fifty tiles, the third of them sold."""

    def __init__(self) -> None:
        self.campaign = factories.make_campaign(summary="Placeholder.")
        self.board = factories.make_board(50, campaign=self.campaign)
        factories.make_sale(self.board, [3])
        self.organization = self.campaign.organization
        self.client = Client()
        user = actor(self.organization).user
        assert user is not None
        self.owner = Actor(user, "page")
        self.client.force_login(user)

    def at(self, path: str) -> str:
        return f"/organize/{self.organization.code}/" + path.format(
            c=f"c/{self.campaign.slug}", b=f"boards/{self.board.public_id}"
        )

    def opened(self, path: str) -> dict[str, Any]:
        """What the form holds when it is opened."""
        form = self.client.get(self.at(path)).context["form"]
        found = {name: form[name].value() for name in form.fields}
        return {name: value for name, value in found.items() if value not in (None, False, "")}

    @staticmethod
    def written() -> list[int]:
        models = (Campaign, Board, Claim, Donation, Membership)
        return [model._default_manager.count() for model in models]


@dataclass(frozen=True)
class Case:
    """What is posted where, and the field to blame; the rest of the form is filled in well."""

    name: str
    path: str
    change: dict[str, str]
    blamed: str
    status: int = 400
    base: dict[str, str] = field(default_factory=dict)


NEW, LOOK, LAYOUT, CASH = "campaigns/new/", "{c}/look/", "{b}/layout/", "{b}/cash/"
BASICS = {"title": "Spring Fund", "goal": "7,500", "deadline": day(30), "takers": "24"}
BOARD = {"title": "Board", "first": "1", "last": "20", "price_model": "flat", "unit": "5",
         "columns": "5"}  # fmt: skip
MONEY = {"numbers": "7", "name": "Ada Lovelace", "amount": "7", "payment_type": "Cash",
         "paid_on": day(0), "shown_as": "name"}  # fmt: skip


def group(path: str, base: dict[str, str], blamed: str, *values: str, key: str = "") -> list[Case]:
    return [
        Case(f"{path} {key or blamed} {n}", path, {key or blamed: value}, blamed, base=base)
        for n, value in enumerate(values)
    ]  # fmt: skip


CASES = [
    *group(NEW, BASICS, "goal", "0", "-1", "lots", "1e9", "1000000000000", "12.345", "",
           "0x9"),
    *group(NEW, BASICS, "deadline", day(-1), day(0)[:4] + "-02-30", "2020-01-01", "soon", "",
           "9999-12-31", "0001-01-01"),
    *group(NEW, BASICS, "title", "", " ", "\u200b", "x" * 121),
    *group(NEW, BASICS, "takers", "0", "-1", "many", "9" * 30),
    *group("{c}/boards/new/", BOARD, "last", "0", "10001", "x", "", "-5"),
    *group("{c}/boards/new/", BOARD, "last", "21", key="first"),
    *group("{c}/boards/new/", BOARD, "first", "0", "-1", "x"),
    *group("{c}/boards/new/", BOARD, "unit", "0", "", "9999999999", "-1", "a"),
    *group("{c}/boards/new/", BOARD, "price_model", "gift", ""),
    *group(CASH, MONEY, "amount", "0", "-7", "1000000000000", "7.001", "cash", ""),
    *group(CASH, MONEY, "paid_on", day(2), "2999-01-01", "yesterday", ""),
    *group(CASH, MONEY, "numbers", "51", "0", "3", "-1", "seven", "1-99999", "7, 7, 999", ""),
    *group(CASH, MONEY, "name", "", "a@example.com"),
    *group(CASH, MONEY, "payment_type", "Credit_Card", "Shells"),
    *group("people/invite/", {"role": "viewer"}, "email", "nonsense", "a@b", "x" * 300),
    *group("people/invite/", {}, "role", "", "owner", "king", key="role"),
    *group("{c}/fundraisers/new/", {}, "people", "", "a@example.com", "x" * 121,
           "Ada Lovelace, nobody", "\n".join(f"No {n}" for n in range(201))),
    *group("{c}/teams/new/", {"access": "public"}, "name", "", "\u200b", "a@example.com",
           "x" * 121),
    *group("{c}/teams/new/", {"name": "Team", "access": "public"}, "goal", "-1", "x", "10" * 9),
    *group("{c}/teams/new/", {"name": "Team"}, "access", "", "secret"),
    *group("{c}/currency/", {}, "currency", "", "usd", "XXXX"),
]  # fmt: skip


@pytest.fixture
def tell(record_property: Callable[..., None]) -> Callable[..., HttpResponse]:
    """Sends one case, and tells of it for the count at the end of a run."""

    def send(name: str, ask: Callable[[], HttpResponse]) -> HttpResponse:
        began = time.monotonic()
        answer = ask()
        spent = time.monotonic() - began
        record_property(tally.KEY, [f"organizers/{Path(__file__).name}", name, answer.status_code,
                                    spent])  # fmt: skip
        assert answer.status_code < 500
        return answer

    return send


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_mistake_is_said_beside_its_field(case: Case, tell: Callable[..., Any]) -> None:
    desk = Desk()
    if case.path == "{c}/currency/":
        # Nobody has picked anything there yet.
        desk.campaign = factories.make_campaign(desk.organization)
    before = desk.written()
    data = case.base | case.change
    answer = tell(case.name, lambda: desk.client.post(desk.at(case.path), data))
    assert answer.status_code == case.status
    assert case.blamed in answer.context["form"].errors, answer.context["form"].errors
    assert desk.written() == before
    # Nothing typed is lost.
    form = answer.context["form"]
    kept = {name: form[name].value() for name in data if name in form.fields}
    assert kept == {name: data[name] for name in kept}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("path", [NEW, "{c}/extend/", "{c}/clone/", "{c}/publish/", CASH])
@pytest.mark.parametrize("typed", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_end_of_the_calendar_is_a_mistake_in_every_zone(
    zone: str, path: str, typed: str, tell: Callable[..., Any]
) -> None:
    desk = Desk()
    type(desk.organization).objects.update(time_zone=zone)
    Campaign.objects.update(time_zone=zone)
    if path == "{c}/publish/":
        Campaign.objects.update(status="draft")
    days = {"deadline": typed, "paid_on": typed, "opens_at": f"{typed}T23:30"}
    answer = tell(f"{path} {typed} {zone}",
                  lambda: desk.client.post(desk.at(path), BASICS | MONEY | days))  # fmt: skip
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) & set(days)


def test_no_mistake_is_said_in_the_frameworks_words(tell: Callable[..., Any]) -> None:
    desk = Desk()
    odd = {"numbers": "x" * 999, "role": "king", "part": "zz", "tax_id": "x" * 99, "takers": "-1",
           "country": "ZZ", "columns": "3", "minutes": "x"}  # fmt: skip
    for path in (NEW, CASH, "{b}/move/", "{b}/settings/", "{c}/boards/new/", "people/invite/",
                 "settings/"):  # fmt: skip
        answer = tell(f"plain words {path}", lambda path=path: desk.client.post(desk.at(path), odd))
        said = str(answer.context["form"].errors)
        assert answer.status_code == 400 and said
        for theirs in ("This field is required", "Select a valid choice", "Ensure this value",
                       "Enter a"):  # fmt: skip
            assert theirs not in said, (path, said)


@pytest.mark.parametrize("path", [NEW, LOOK, "{c}/settings/"])
def test_all_mistakes_are_said_at_once(path: str, tell: Callable[..., Any]) -> None:
    desk = Desk()
    wrong = {"title": "x" * 121, "goal": "0", "deadline": "2020-01-01", "takers": "0",
             "summary": "s" * 201, "story": "y" * 20_001, "palette": "grey"}  # fmt: skip
    answer = tell(f"many mistakes {path}", lambda: desk.client.post(desk.at(path), wrong))
    form = answer.context["form"]
    # An active campaign's last day is changed elsewhere.
    expected = {name for name in wrong if name in form.fields}
    assert set(form.errors) == expected


STORIES = {
    "script": "<script>alert(1)</script>",
    "script in script": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "on click": '<b onclick="alert(1)">bold</b><img src=x onerror=alert(1)><svg/onload=alert(1)>',
    "javascript link": "[here](javascript:alert(1)) <a href='JaVaScRiPt:alert(1)'>x</a>",
    "data link": "[here](data:text/html;base64,PHNjcmlwdD4=) <iframe src=//example.com></iframe>",
    "unclosed": "<div><table><b>**never closed <!-- <textarea> <style>*{display:none}",
    "form": "<form action=//example.com><input name=card></form><base href=//example.com>",
}
# Inside a tag: words about it are harmless.
ACTIVE = re.compile(
    r"""<(?:script|img|svg|iframe|form|base|style|table)\b|<[a-z][^>]*\son\w+=|"""
    r"""<[a-z][^>]*href=["']?(?:javascript|data):""",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_shown_harmless_in_the_preview_and_to_everybody(
    name: str, tell: Callable[..., Any]
) -> None:
    desk = Desk()
    data = desk.opened(LOOK) | {"story": f"Words. {STORIES[name]}"}
    sample = tell(f"preview {name}",
                  lambda: desk.client.post(desk.at(LOOK), data | {"preview": "1"}))  # fmt: skip
    assert not ACTIVE.search(str(sample.context["sample"]["story"]))
    assert desk.client.post(desk.at(LOOK), data).status_code == 302
    desk.campaign.refresh_from_db()
    public = desk.client.get(f"/c/{desk.campaign.slug}/").content.decode()
    story = public[public.index("Words.") :][:2000].split("</section>")[0]
    assert not ACTIVE.search(story)


def test_a_story_of_100_kb_is_refused_and_kept_on_the_page(tell: Callable[..., Any]) -> None:
    desk = Desk()
    data = desk.opened(LOOK) | {"story": "y" * 100_000}
    answer = tell("100 kB", lambda: desk.client.post(desk.at(LOOK), data))
    assert answer.status_code == 400 and b"y" * 100_000 in answer.content
    desk.campaign.refresh_from_db()
    assert desk.campaign.story == ""


INVITES = {"used": 410, "expired": 410, "revoked": 410, "for another address": 403, "unknown": 404}


@pytest.mark.parametrize("why", INVITES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_invitation_that_lets_nobody_in(
    why: str, method: str, tell: Callable[..., Any]
) -> None:  # fmt: skip
    desk, guest = Desk(), Client()
    guest.force_login(factories.make_user())
    email = "another@example.org" if why == "for another address" else ""
    made = invitations.invite(desk.organization, desk.owner, "viewer", email=email)
    secret = invitations.secret_of(made)
    if why == "used":
        invitations.accept(made, Actor(factories.make_user(), "page"))
    elif why == "expired":
        Invitation.objects.update(expires_at="2020-01-01T00:00:00Z")
    elif why == "revoked":
        invitations.revoke(made, desk.owner)
    elif why == "unknown":
        secret = "AAAA-BBBB-CCCC"
    before = desk.written()
    answer = tell(f"invitation {why} {method}", lambda: getattr(guest, method)(f"/join/{secret}/"))
    assert answer.status_code == INVITES[why]
    assert desk.written() == before
    assert "another@example.org" not in answer.content.decode()


def test_an_address_that_is_taken_gets_a_number(tell: Callable[..., Any]) -> None:
    desk = Desk()
    for _again in range(2):
        tell("slug taken", lambda: desk.client.post(desk.at(NEW), BASICS))
    slugs = list(Campaign.objects.filter(title="Spring Fund").order_by("pk").values_list("slug"))
    assert slugs[1] == (f"{slugs[0][0]}-2",)


@pytest.mark.parametrize("path", ["{c}/settings/", LOOK, "settings/"])
def test_the_second_of_two_sees_the_difference(path: str, tell: Callable[..., Any]) -> None:
    desk, other = Desk(), Client()
    user = actor(desk.organization, "admin").user
    assert user is not None
    other.force_login(user)
    opened = desk.opened(path)
    name = "common_name" if path == "settings/" else "summary"
    if path == "{c}/settings/":
        opened["goal"] = "5050"
    assert other.post(desk.at(path), opened | {name: "Theirs"}).status_code == 302
    answer = tell(f"two at once {path}",
                  lambda: desk.client.post(desk.at(path), opened | {name: "Mine"}))  # fmt: skip
    assert answer.status_code in (400, 409)
    text = answer.content.decode()
    assert "Theirs" in text and "Mine" in text
