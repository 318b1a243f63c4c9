"""Every authenticated operation, made of the declared table, as those who may not call it."""

from typing import Any

import pytest

from accounts import joinrequests, tokens, webhooks
from accounts.actors import Actor
from accounts.models import Membership, Organization, WebhookDelivery
from accounts.models.organizations import Role
from campaigns.models import Campaign, Donation
from rally.api.tiles import contract
from rally.api.tiles.operations import OPERATIONS
from rally.dispatch import outbox
from tests import factories
from tests.api.kit import Api, error
from tests.api.tiles.members import Program, member, program

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
OURS = [one for one in OPERATIONS if one.who == contract.MEMBER]
PLACED = [one for one in OURS if one.placeholders]
named = pytest.mark.parametrize("operation", OURS, ids=lambda one: one.name)
placed = pytest.mark.parametrize("operation", PLACED, ids=lambda one: one.name)


@pytest.fixture
def organization() -> Organization:
    return factories.make_organization()


@pytest.fixture
def things(organization: Organization) -> dict[str, str]:
    """One of everything an address can name, all of one organization."""
    by = Actor(member(organization), "page")
    board = factories.make_board(9, campaign=factories.make_campaign(organization))
    hook = webhooks.add(organization, by, url="https://example.com/", events=webhooks.EVENTS)
    factories.make_sale(board, [1])
    outbox.drain()
    asked = joinrequests.ask(organization, Actor(factories.make_user(), "page"), "")
    return {
        "campaignId": board.campaign.public_id, "webhookId": hook.public_id,
        "deliveryId": WebhookDelivery.objects.first().public_id, "requestId": asked.public_id,
        "giftId": Donation.objects.get().public_id,
    }  # fmt: skip


def path_of(operation: contract.Operation, things: dict[str, str]) -> str:
    path = operation.path
    for name in operation.placeholders:
        path = path.replace("{" + name + "}", things[name])
    return path


def call(script: Api, operation: contract.Operation, things: dict[str, str]) -> Any:
    return script.call(operation.verb, path_of(operation, things), operation.body)


@named
def test_nobody(operation: contract.Operation, things: dict[str, str]) -> None:
    error(call(Api(), operation, things), 401, "unauthorized")


@placed
@pytest.mark.parametrize("kind", ["owner elsewhere", "nowhere", "own organization alone"])
def test_whoever_does_not_belong(
    kind: str, operation: contract.Operation, things: dict[str, str], organization: Organization
) -> None:
    other = factories.make_organization()
    if kind == "nowhere":
        script = Program(factories.make_user())
    elif kind == "owner elsewhere":
        script = program(other)
    else:
        # Owner of both, with a token for the other one alone.
        user = member(other)
        Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
        script = Program(user, organization=other)
    error(call(script, operation, things), 404, "not_found")


@named
def test_a_token_without_the_scope(
    operation: contract.Operation, things: dict[str, str], organization: Organization
) -> None:
    scope = tokens.WRITE if operation.verb == "GET" else tokens.READ
    before = Campaign.objects.count()
    script = program(organization, Role.OWNER, scope)
    error(call(script, operation, things), 403, "forbidden")
    assert Campaign.objects.count() == before


@placed
@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR])
def test_roles_that_only_look_change_nothing(
    role: str, operation: contract.Operation, things: dict[str, str], organization: Organization
) -> None:
    if operation.verb == "GET":
        return
    answer = call(program(organization, role), operation, things)
    assert answer.status_code in {403, 404}, answer.content
