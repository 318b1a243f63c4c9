"""A series' page: its campaigns, and what they raised together."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organization
from campaigns import goals
from campaigns.models import Campaign, Goal, Series
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def series() -> Series:
    organization = factories.make_organization(name="Example Club")
    made = Series.objects.create(organization=organization, name="Yearly run", slug="yearly-run")
    for title, change in (
        ("Open now", {}), ("Over", {"status": "completed"}), ("Not yet", {"status": "draft"}),
        ("By link", {"unlisted": True}),
    ):  # fmt: skip
        campaign = factories.make_campaign(organization, title=title)
        Campaign.objects.filter(pk=campaign.pk).update(series=made, **change)
    factories.make_campaign(organization, title="Another")
    goals.ensure(made)
    Goal.objects.filter(series=made).update(raised_minor=123_450)
    return made


def test_it_lists_what_everybody_may_find(
    series: Series, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        page = Client().get("/s/yearly-run/").content.decode()
    assert "Yearly run" in page and "Example Club" in page and "$1,234.50" in page
    assert "Open now" in page and "Over" in page
    assert not any(title in page for title in ("Not yet", "By link", "Another"))
    assert "style=" not in page


def test_an_empty_one_says_so(series: Series) -> None:
    Campaign.objects.update(series=None)
    assert "No campaign is open right now" in Client().get("/s/yearly-run/").content.decode()


@pytest.mark.parametrize("closed", ["archived", "frozen"])
def test_a_closed_one_is_not_there(series: Series, closed: str) -> None:
    if closed == "archived":
        Series.objects.update(archived_at="2026-01-01T00:00:00Z")
    else:
        Organization.objects.update(status=Organization.Status.FROZEN)
    assert Client().get("/s/yearly-run/").status_code == 404
    assert Client().get("/s/nothing/").status_code == 404
