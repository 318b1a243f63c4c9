"""Fixtures of the tests about outgoing webhooks."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts import webhooks
from accounts.actors import Actor
from accounts.models import Organization, User, WebhookEndpoint
from tests import factories
from tests.api.tiles.members import member
from tests.outgoing.receiver import Receiver, receiving


@pytest.fixture(autouse=True)
def local(settings: Settings) -> None:
    settings.RALLY_ALLOW_LOCAL_WEBHOOKS = True
    settings.RALLY_LIMITS = False


@pytest.fixture
def organization(db: None) -> Organization:
    return factories.make_organization()


@pytest.fixture
def owner(organization: Organization) -> User:
    return member(organization)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def endpoint(organization: Organization, owner: User, receiver: Receiver) -> WebhookEndpoint:
    return webhooks.add(
        organization, Actor(owner, "page"), url=receiver.url, events=webhooks.EVENTS
    )
