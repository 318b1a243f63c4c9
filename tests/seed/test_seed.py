"""The seed: sound by the audit, on its own, never in production; pages stay cheap with it."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditEntry, Organization, Person
from accounts.models.organizations import Role
from boards.models import Board, Claim
from campaigns.models import Campaign, Donation
from payments.audit import running
from rally.demo import seeding
from tests.factories import make_board, make_sale, make_user
from tests.organizing import actor
from tests.secondstep import enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])
LISTS = (
    "accounts/person", "accounts/organization", "accounts/auditentry", "boards/board",
    "boards/tile", "boards/claim", "boards/hold", "campaigns/donation", "campaigns/goal",
    "campaigns/member", "payments/checkout", "payments/line", "payments/payment",
    "payments/refund", "payments/ledgertransaction", "payments/stripeevent",
)  # fmt: skip


def seed(*options: str) -> str:
    out = io.StringIO()
    call_command("seed", "--claims", "300", "--people", "20", *options, stdout=out)
    return out.getvalue()


def test_what_is_made_is_sound_and_touches_nobody_else() -> None:
    make_sale(make_board(5), [1, 2])
    said = seed()
    assert "20 people" in said and "/organize/" in said
    mine = {"board__campaign__organization__slug": seeding.SLUG}
    assert Claim.objects.filter(**mine).count() == 300
    assert Person.objects.filter(organization__slug=seeding.SLUG, email__contains="@").count() == 20
    assert running.run().ok
    # Keys given by hand are in nobody's way afterwards.
    make_sale(make_board(5), [3])
    assert running.run().ok
    with pytest.raises(CommandError):
        seed()


def test_it_is_made_anew_and_touches_nobody_else() -> None:
    make_sale(make_board(5), [1, 2])
    seed()
    keep = AuditEntry.objects.create(
        verb="looked", user=make_user("organizer@example.com"), door="web", object_type="x",
        object_id="1",
    )  # fmt: skip
    first = Organization.objects.get(slug=seeding.SLUG).pk
    seed("--reset")
    assert Organization.objects.get(slug=seeding.SLUG).pk != first
    assert AuditEntry.objects.filter(pk=keep.pk).exists()
    assert running.run().ok


@pytest.mark.parametrize("change", [{"PRODUCTION": True}, {"STRIPE_LIVEMODE": True}])
def test_never_in_production(settings, change: dict[str, bool]) -> None:
    for name, value in change.items():
        setattr(settings, name, value)
    with pytest.raises(SystemExit) as end:
        seed()
    assert end.value.code == 2
    assert not Organization.objects.exists()


def test_a_live_organization_of_that_name_is_left_alone() -> None:
    Organization.objects.create(slug=seeding.SLUG, name="Real", livemode=True)
    with pytest.raises(CommandError):
        seed("--reset")
    assert Organization.objects.count() == 1


def test_organizers_pages_ask_a_dozen_times_at_most(django_assert_max_num_queries) -> None:
    seed()
    client, campaign = Client(), Campaign.objects.get()
    client.force_login(actor(campaign.organization, Role.OWNER).user)
    root, gift = f"/organize/{campaign.organization.code}/", Donation.objects.first()
    pages = [
        root, f"{root}c/{campaign.slug}/", f"{root}people/", f"{root}people/supporters/",
        f"{root}people/supporters/?page=2&q=supporter",
        f"{root}people/supporters/{gift.person.public_id}/", f"{root}people/teams/",
        f"{root}people/fundraisers/", f"{root}money/", f"{root}gifts/{gift.public_id}/",
        f"{root}boards/{Board.objects.first().public_id}/",
    ]  # fmt: skip
    for page in pages:
        with django_assert_max_num_queries(12):
            assert client.get(page).status_code == 200, page


def test_staff_lists_ask_a_dozen_times_at_most(django_assert_max_num_queries) -> None:
    seed()
    client = Client()
    user = make_user("root@example.com", is_staff=True, is_superuser=True)
    enter(client, user)
    for page in ("", *(f"{name}/" for name in LISTS), "campaigns/donation/?q=supporter"):
        with django_assert_max_num_queries(12):
            assert client.get(f"/admin/{page}").status_code == 200, page
