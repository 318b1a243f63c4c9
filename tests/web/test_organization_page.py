"""An organization's page: what it raises money for."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organization
from campaigns.models import Campaign
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Organization:
    organization = factories.make_organization(
        name="Example Club", slug="example-club", city="Exampleville", website="https://example.com"
    )
    for title, change in (
        ("Open now", {}), ("Over", {"status": "completed"}), ("Not yet", {"status": "draft"}),
        ("By link", {"unlisted": True}),
    ):  # fmt: skip
        made = factories.make_campaign(organization, title=title)
        Campaign.objects.filter(pk=made.pk).update(**change)
    factories.make_campaign(title="Another's")
    return organization


def page() -> str:
    answer = Client().get("/o/example-club/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_lists_what_everybody_may_find(
    club: Organization, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(2):
        html = page()
    assert "Open now" in html and "Over" in html and "Exampleville" in html
    assert 'href="https://example.com"' in html and "noindex" not in html
    assert not any(title in html for title in ("Not yet", "By link", "Another"))


def test_its_campaigns_lead_to_it(club: Organization) -> None:
    one = Campaign.objects.get(title="Open now")
    assert 'href="/o/example-club/"' in Client().get(f"/c/{one.slug}/").content.decode()


def test_one_found_by_link_only_is_there_and_kept_from_search_engines(club: Organization) -> None:
    Organization.objects.filter(pk=club.pk).update(unlisted=True)
    html = page()
    assert "Open now" in html and "noindex" in html
    assert "Open now" not in Client().get("/").content.decode()


def test_a_frozen_one_says_so_and_shows_no_way_to_give(club: Organization) -> None:
    Organization.objects.filter(pk=club.pk).update(status=Organization.Status.FROZEN)
    html = page()
    assert "paused" in html and "Open now" not in html


def test_an_unknown_name_that_anybody_may_have_typed_has_no_page(club: Organization) -> None:
    Organization.objects.filter(pk=club.pk).update(status=Organization.Status.PENDING)
    assert Client().get("/o/example-club/").status_code == 200, "it has something to show"
    Campaign.objects.update(status="draft")
    assert Client().get("/o/example-club/").status_code == 404
    Organization.objects.filter(pk=club.pk).update(archived_at="2026-01-01T00:00:00Z")
    assert Client().get("/o/example-club/").status_code == 404
    assert Client().get("/o/nothing/").status_code == 404
