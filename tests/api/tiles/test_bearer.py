"""Programs at /api: with a token for tiles, in the organization they were let into."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts import clients, grants
from accounts.actors import SYSTEM
from accounts.models import ApiClient, Membership
from campaigns.models import Donation
from tests.factories import make_board, make_client, make_organization, make_sale, make_user

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
BOTH = ("tiles_read", "tiles_write")


class World:
    """A gift, and an admin of two organizations who lets a program into one of them."""

    def __init__(self) -> None:
        board = make_board(5)
        make_sale(board, [1])
        self.gift = Donation.objects.get()
        self.home = board.campaign.organization
        self.elsewhere = make_organization()
        self.user = make_user()
        for organization in (self.home, self.elsewhere):
            Membership.objects.create(user=self.user, organization=organization, role="admin")
        self.client, _secret = make_client("modern")

    def token(self, *scopes: str, where: Any = None, **more: Any) -> str:
        return grants.issue(
            self.client, self.user, where or self.home, scopes or BOTH, **more
        ).access_token

    def refund(self, authorization: str, web: Client | None = None) -> Any:
        return (web or Client(enforce_csrf_checks=True)).post(
            f"/api/admin/gifts/{self.gift.public_id}/refund", json.dumps({"amountCents": -1}),
            content_type="application/json", headers={"Authorization": authorization},
        )  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


def test_a_token_for_tiles_lets_a_program_in_without_csrf(world: World) -> None:
    answer = world.refund(f"Bearer {world.token()}")
    # It got past the door: what is wrong now is that cash was never with us.
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize("scopes", [("tiles_read",), ("profile",), ("admin_write", "admin_read")])
def test_a_token_for_something_else_is_told_what_it_lacks(world: World, scopes) -> None:
    answer = world.refund(f"Bearer {world.token(*scopes)}")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "forbidden"
    challenge = answer["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge and 'scope="tiles_write"' in challenge


def test_a_program_sees_nothing_of_the_user_s_other_organizations(world: World) -> None:
    assert world.refund(f"Bearer {world.token(where=world.elsewhere)}").status_code == 404


def test_a_staff_member_s_program_stays_in_its_organization_too(world: World) -> None:
    world.user.is_staff = True
    world.user.save()
    assert world.refund(f"Bearer {world.token(where=world.elsewhere)}").status_code == 404


@pytest.mark.parametrize("kind", ["expired", "unknown", "empty", "basic", "disabled"])
def test_tokens_that_are_no_good(world: World, kind: str) -> None:
    header = {
        "expired": f"Bearer {world.token(lifetime=-1)}", "unknown": "Bearer rla_unknown",
        "empty": "Bearer", "basic": "Basic YTpi", "disabled": f"Bearer {world.token()}",
    }[kind]  # fmt: skip
    if kind == "disabled":
        clients.disable(ApiClient.objects.get(), SYSTEM)
    answer = world.refund(header)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"
    assert answer["WWW-Authenticate"].startswith('Bearer realm="rally"')


def test_a_bad_token_is_not_made_good_by_a_session(world: World) -> None:
    web = Client()
    web.force_login(world.user)
    assert world.refund("Bearer rla_unknown", web).status_code == 401


def test_calls_are_counted_per_program(world: World, settings) -> None:
    settings.RALLY_LIMITS = True
    settings.RALLY_RATES = settings.RALLY_RATES | {"api": (2, 60)}
    token = world.token()
    assert [world.refund(f"Bearer {token}").status_code for _ in range(3)] == [409, 409, 429]
