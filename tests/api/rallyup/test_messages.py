"""Webhooks of this API are told of what happens, under its names, and others are not."""

import json

import pytest

from accounts import webhooks
from accounts.actors import SYSTEM
from accounts.models import WebhookDelivery
from boards import opening
from campaigns.models import Donation
from rally.dispatch import outbox
from tests import factories
from tests.api.rallyup.world import World, give

pytestmark = pytest.mark.django_db


def told(kind: str) -> list[dict]:
    found = WebhookDelivery.objects.filter(kind=kind).order_by("pk")
    return [json.loads(one.body) for one in found]


def test_a_sale_and_an_end_are_told_by_their_names(world: World) -> None:
    webhooks.add(world.school, SYSTEM, url="https://example.com/end", events=["CampaignEnds"],
                 dialect="rallyup")  # fmt: skip
    webhooks.add(world.school, SYSTEM, url="https://example.com/tiles",
                 events=["donation.created"])  # fmt: skip
    outbox.drain()
    WebhookDelivery.objects.all().delete()
    factories.make_sale(world.board, (4,), name="Later Giver")
    for kept in (True, False):
        more = {"payment_type": "Cash", "do_not_sync": kept}
        give(world.campaign, world.campaign.goal, 700, **more)
    opening.complete(world.campaign, SYSTEM)
    outbox.drain()
    ids = {"CampaignId": world.campaign.pk, "OrganizationId": world.school.pk}
    gifts = Donation.objects.order_by("-pk")[:3]
    # The one that must not be sent back to whoever entered it isn't.
    made, entered = told("TransactionMade")
    assert entered["Result"]["Id"] == gifts[0].pk
    assert list(made) == ["Event", "CreatedDateUtc", "Result"]
    assert made["Result"] == {"Id": gifts[2].pk} | ids
    assert [one["Result"] for one in told("CampaignEnds")] == [ids]
    assert len(told("donation.created")) == 2
    assert not WebhookDelivery.objects.filter(endpoint=world.foreign_hook).exists()
