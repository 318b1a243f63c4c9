"""An organization starts in one step; two who edit it at once don't overwrite each other."""

import pytest

from accounts import countries, profiles
from accounts.actors import Actor
from accounts.errors import EditedMeanwhile, NotLiveYet, TooMany
from accounts.models import AuditEntry, Membership, Organization
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from payments import livemode
from rally.kit.errors import InvalidInput
from tests.accounts.people import House, at_page, make_house
from tests.factories import make_board, make_campaign, make_organization, make_sale, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house(name="Old name")


def test_a_new_organization_is_pending_a_sandbox_and_owned() -> None:
    by = at_page(make_user())
    made = profiles.create(by, name="  Escola   Exemplo ", country="BR")
    assert (made.name, made.currency, made.time_zone) == (
        "Escola Exemplo", "BRL", countries.time_zone("BR"),
    )  # fmt: skip
    assert (made.status, made.livemode) == ("pending", False)
    assert Membership.objects.get(organization=made).role == Role.OWNER
    assert AuditEntry.objects.filter(verb="organization.created", user=by.user).count() == 1


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"name": " \u200b "}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"country": "ZZ"}, "country"),
        ({"currency": "dollars"}, "currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_what_can_t_be_used_is_blamed_on_its_field(fields: dict, blamed: str) -> None:
    with pytest.raises(InvalidInput) as why:
        profiles.create(at_page(make_user()), **({"name": "A", "country": "US"} | fields))
    assert why.value.facts["field"] == blamed
    assert not Organization.objects.exists()


def test_same_names_get_addresses_of_their_own() -> None:
    slugs = [
        profiles.create(at_page(make_user()), name=name, country="US").slug
        for name in ("Our School", "Our School", "Our School", "Admin", "学校")
    ]
    assert slugs == ["our-school", "our-school-2", "our-school-3", "admin-organization",
                     "organization"]  # fmt: skip


def test_one_person_can_t_start_them_by_the_dozen() -> None:
    by = at_page(make_user())
    for _each in range(profiles.MOST_PENDING):
        profiles.create(by, name="Another", country="US")
    with pytest.raises(TooMany):
        profiles.create(by, name="Another", country="US")
    with pytest.raises(Forbidden):
        profiles.create(Actor(None, "page"), name="Nobody's", country="US")


@pytest.mark.parametrize("country", ["US", "DE", "JP", "GB", "BR", "AQ"])
def test_every_country_has_a_currency_and_a_zone(country: str) -> None:
    made = profiles.create(at_page(make_user()), name="Here", country=country)
    assert made.currency and made.time_zone


def test_the_second_of_two_editors_sees_what_differs(house: House) -> None:
    seen = profiles.version(house.organization)
    first = {"name": "First name", "city": "Springfield"}
    assert sorted(profiles.edit(house.organization, house.owner, first, seen)) == ["city", "name"]
    with pytest.raises(EditedMeanwhile) as why:
        profiles.edit(house.organization, house.admin, {"name": "Second name", "city": ""}, seen)
    assert sorted(why.value.differences) == [
        ("city", "Springfield", ""), ("name", "First name", "Second name"),
    ]  # fmt: skip
    house.organization.refresh_from_db()
    assert house.organization.name == "First name"
    profiles.edit(house.organization, house.admin, {"name": "Second name"}, why.value.seen)
    house.organization.refresh_from_db()
    assert (house.organization.name, house.organization.city) == ("Second name", "Springfield")
    entry = AuditEntry.objects.filter(verb="organization.edited").order_by("pk")[0]
    assert entry.facts == {"fields": ["city", "name"]}, "names of fields, never what was in them"


def test_saving_what_is_there_already_changes_nothing(house: House) -> None:
    assert profiles.edit(house.organization, house.owner, {"name": "Old name"}, "long ago") == []
    with pytest.raises(Forbidden):
        profiles.edit(house.organization, house.stranger, {"name": "X"}, "")
    for url in ("javascript:alert(1)", "ftp://example.org", "nothing"):
        with pytest.raises(InvalidInput):
            profiles.edit(house.organization, house.owner, {"website": url}, "")


def test_a_search_tells_only_of_verified_and_listed_ones() -> None:
    live = make_organization(name="Riverside School")
    hidden = make_organization(name="Riverside Club", unlisted=True)
    pending = make_organization(name="Riverside Choir", status="pending")
    make_organization(name="Riverside Past", archived_at="2026-01-01T00:00:00Z")
    assert list(profiles.search("riverside")) == [live]
    for one in (hidden, pending):
        assert list(profiles.search(one.code.upper())) == [one]
    assert not profiles.search("ri") and not profiles.search("%%%") and not profiles.search("")


def test_real_money_needs_staff_keys_and_no_play_money(house: House, settings) -> None:
    organization = house.organization
    Organization.objects.filter(pk=organization.pk).update(status="pending")
    organization.refresh_from_db()
    assert "verify" in livemode.obstacle(organization)
    Organization.objects.filter(pk=organization.pk).update(status="live", clock_offset_s=60)
    organization.refresh_from_db()
    assert "live keys" in livemode.obstacle(organization)
    settings.STRIPE_LIVEMODE = True
    board = make_board(campaign=make_campaign(organization, title="Played"))
    make_sale(board, [1])
    with pytest.raises(NotLiveYet, match="Played"):
        livemode.go_live(organization, house.owner)
    board.campaign.status = "cancelled"
    board.campaign.save()
    with pytest.raises(Forbidden):
        livemode.go_live(organization, house.admin)
    for _twice in range(2):
        livemode.go_live(organization, house.owner)
    assert (organization.livemode, organization.clock_offset_s) == (True, 0)
    assert AuditEntry.objects.filter(verb="organization.went_live").count() == 1
    livemode.back_to_sandbox(organization, house.owner)
    assert not organization.livemode
