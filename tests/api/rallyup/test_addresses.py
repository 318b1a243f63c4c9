"""Addresses in answers work: each leads to a page of ours."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.api.rallyup.world import Wire, World

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
OTHERS = ("Contributions", "DonorPromoCodes/Index", "WidgetWizard", "EventRegistrations",
          "PrizeWinners", "SweepstakeOfflineEntries", "SweepstakesWinners", "Bids")  # fmt: skip


@pytest.fixture
def owner(world: World) -> Client:
    client = Client()
    client.force_login(world.owner)
    return client


def follow(client: Client, url: str) -> tuple[int, str]:
    answer = client.get(urlsplit(url).path, follow=True)
    return answer.status_code, answer.redirect_chain[-1][0] if answer.redirect_chain else ""


def test_every_address_of_a_campaign_leads_somewhere(
    wire: Wire, world: World, owner: Client
) -> None:
    (one,) = wire.items("v1/api/campaigns")
    code, slug = world.school.code, world.campaign.slug
    assert follow(Client(), one["Url"]) == (200, f"/c/{slug}/")
    assert follow(Client(), one["Url"].upper().replace("HTTP", "http")) == (200, f"/c/{slug}/")
    pages = {page["Name"]: page["Url"] for page in one["ManagementPages"]}
    assert pages["Edit Campaign"] == one["CampaignSetupUrl"]
    base = f"/organize/{code}/"
    wanted = {
        "Edit Campaign": f"{base}c/{slug}/settings/", "View Donations": f"{base}c/{slug}/",
        "Manage External Donations": f"{base}c/{slug}/",
        "Manage Check Donations": f"{base}c/{slug}/", "Manage Administrators": f"{base}people/",
        "View Participants": f"{base}people/fundraisers/", "View Teams": f"{base}people/teams/",
    }  # fmt: skip
    assert {name: follow(owner, url) for name, url in pages.items()} == {
        name: (200, url) for name, url in wanted.items()
    }
    # Strangers are asked who they are, and those of another organization find nothing.
    assert "/login/" in follow(Client(), pages["View Donations"])[1]


def test_an_organization_s_address(wire: Wire, world: World) -> None:
    url = wire.get("v1/api/organization")["Url"]
    assert follow(Client(), url) == (200, f"/o/{world.school.slug}/")
    world.campaign.status = "draft"
    world.campaign.save()
    assert Client().get(urlsplit(url).path)["Location"] == f"/organize/ask/{world.school.code}/"


NOWHERE = (
    "/899999", "/home/000000", "/Campaigns/Setup/899999", "/Account/Organizer/Nothing/{code}",
    "/Account/Organizer/Bids/899999", "/home/{code}", "/{organization}",
)  # fmt: skip


def test_what_is_not_there(world: World) -> None:
    for path in NOWHERE:
        path = path.format(code=world.campaign.code, organization=world.school.code)
        assert Client().get(path).status_code == 404, path


def test_a_draft_has_no_page(world: World) -> None:
    world.campaign.status = "draft"
    world.campaign.save()
    assert Client().get(f"/{world.campaign.code}").status_code == 404


def test_pages_of_other_kinds_of_campaigns_lead_near(world: World, owner: Client) -> None:
    for name in OTHERS:
        assert follow(owner, f"/Account/Organizer/{name}/{world.campaign.code}")[0] == 200, name
