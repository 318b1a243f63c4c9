"""Making a campaign and changing it: addresses, rules, and two who save at once."""

import datetime as dt
from dataclasses import replace

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, OutboxEvent
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from campaigns import editing
from campaigns.editing import Details
from campaigns.errors import EditedMeanwhile, NotDraft
from campaigns.models import Campaign, OldSlug
from rally.kit import clock
from rally.kit.errors import InvalidInput
from tests.factories import make_organization
from tests.organizing import actor

pytestmark = pytest.mark.django_db


def details(**more: object) -> Details:
    fields = {"title": "Spring Fund", "goal_minor": 505_000, "deadline": _in(30)} | more
    return Details(**fields)


def _in(days: int) -> dt.datetime:
    return clock.now() + dt.timedelta(days=days)


def make(by: Actor, organization, **more: object) -> Campaign:
    return editing.create(organization=organization, details=details(**more), by=by)


def save(campaign: Campaign, by: Actor, **more: object) -> Campaign:
    now = editing.of(campaign)
    return editing.edit(campaign, replace(now, **more), seen=editing.version(now), by=by)


@pytest.fixture
def school():
    return make_organization(currency="EUR", time_zone="Europe/Berlin")


@pytest.fixture
def owner(school) -> Actor:
    return actor(school, Role.OWNER)


def test_a_new_campaign_is_a_draft_with_the_organization_s_money_and_zone(school, owner) -> None:
    campaign = make(owner, school)
    assert (campaign.status, campaign.currency, campaign.time_zone) == (
        "draft", "EUR", "Europe/Berlin",
    )  # fmt: skip
    assert campaign.goal.amount_minor == 505_000
    assert campaign.slug == f"spring-fund-{_in(30).year}"
    entry = AuditEntry.objects.get(verb="campaign.created")
    assert OutboxEvent.objects.filter(key=f"campaign:{campaign.pk}:{entry.pk}").exists()


def test_addresses_are_never_given_twice(school, owner) -> None:
    first, second, third = (make(owner, school) for _ in range(3))
    year = _in(30).year
    assert [second.slug, third.slug] == [f"spring-fund-{year}-2", f"spring-fund-{year}-3"]
    save(first, owner, title="Autumn Fund")
    assert first.slug == f"autumn-fund-{year}"
    # The old address leads to the first campaign for ever, so nobody else may have it.
    assert make(owner, school).slug == f"spring-fund-{year}-4"
    save(first, owner, title="Spring Fund")
    assert first.slug == f"spring-fund-{year}"
    assert list(OldSlug.objects.values_list("slug", flat=True)) == [f"autumn-fund-{year}"]


@pytest.mark.parametrize(
    ("title", "slug"),
    [("New", "new-fund"), ("Été à l’école", "ete-a-lecole"), ("春の寄付", "fundraiser"),
     ("!!!", "fundraiser"), ("Fund 2099", "fund-2099")],
)  # fmt: skip
def test_any_title_makes_an_address(school, owner, title: str, slug: str) -> None:
    assert make(owner, school, title=title, deadline=None).slug == slug


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "\u200b"}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"goal_minor": 0}, "goal"),
        ({"goal_minor": 10**12}, "goal"),
        ({"deadline": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "deadline"),
        ({"deadline": dt.datetime(2090, 1, 1, tzinfo=dt.UTC)}, "deadline"),
        ({"story": "x" * 100_000}, "story"),
        ({"summary": "x" * 201}, "summary"),
        ({"palette": "red; }"}, "palette"),
        ({"type": "nobody"}, "type"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(
    school, owner, change: dict, field: str
) -> None:
    with pytest.raises(InvalidInput) as why:
        make(owner, school, **change)
    assert why.value.facts["field"] == field
    assert not Campaign.objects.exists()


def test_the_second_to_save_sees_the_difference(school, owner) -> None:
    campaign = make(owner, school)
    opened = editing.of(campaign)
    save(campaign, owner, title="Theirs", story="Their story")
    mine = replace(opened, title="Mine")
    with pytest.raises(EditedMeanwhile) as why:
        editing.edit(campaign, mine, seen=editing.version(opened), by=owner)
    assert why.value.theirs == {"title": "Theirs", "story": "Their story"}
    # Whoever has looked may save.
    editing.edit(campaign, mine, seen=why.value.version, by=owner)
    assert (campaign.title, campaign.story) == ("Mine", "")


def test_saving_the_same_as_somebody_else_is_no_conflict(school, owner) -> None:
    campaign = make(owner, school)
    opened = editing.of(campaign)
    save(campaign, owner, title="Same")
    editing.edit(campaign, replace(opened, title="Same"), seen="old", by=owner)


def test_a_campaign_that_runs_keeps_address_and_deadline(school, owner) -> None:
    campaign = make(owner, school)
    Campaign.objects.filter(pk=campaign.pk).update(status="active")
    campaign.refresh_from_db()
    slug = campaign.slug
    save(campaign, owner, title="Another")
    assert (campaign.title, campaign.slug) == ("Another", slug)
    with pytest.raises(NotDraft):
        save(campaign, owner, deadline=_in(60))


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.VIEWER, None])
def test_others_can_t(school, owner, role: str | None) -> None:
    campaign = make(owner, school)
    stranger = actor(school if role else make_organization(), role or Role.OWNER)
    with pytest.raises(Forbidden):
        make(stranger, school)
    with pytest.raises(Forbidden):
        save(campaign, stranger, title="x")


def test_a_team_admin_can_t_show_donors_addresses_to_themselves(school, owner) -> None:
    campaign = make(owner, school)
    with pytest.raises(Forbidden):
        save(campaign, actor(school, Role.TEAM_ADMIN), donor_contact_visible=True)
    save(campaign, owner, donor_contact_visible=True)
    assert campaign.donor_contact_visible
