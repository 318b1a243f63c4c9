"""A partner reads its organizations and manages those it made; every key and type as written."""

import re
from typing import Any

import pytest

from accounts import invitations
from accounts.actors import Actor
from accounts.models import ApiCredential, AuditEntry, Invitation, Membership, Organization, User
from rally.kit import clock
from tests import factories
from tests.api.rallyup import shapes
from tests.api.rallyup.world import Wire, World, give, token

API = "v1/partnerapi"
NEW = {"Name": "Example Band", "Country": "US", "Address1": "1 Example Street",
       "Address2": "Room 2", "Address3": "Back", "State": "NY", "City": "Exampleville",
       "PostalCode": "00000", "501c": "true", "EIN": "123456789"}  # fmt: skip


@pytest.fixture
def by(wire: Wire) -> Any:
    """The wire with the partner's token."""

    class Partner:
        def __getattr__(self, name: str) -> Any:
            act = getattr(wire, name)
            return lambda *args, **more: act(*args, **({"by": "partner"} | more))

    return Partner()


def custom(by: Any) -> dict[str, Any]:
    made: dict[str, Any] = by.good("POST", f"{API}/addcustomorg", NEW)
    return made


def test_organizations(by: Any, world: World) -> None:
    page = by.get(f"{API}/organizations")
    assert list(page) == shapes.PAGE
    assert [one["Id"] for one in page["Items"]] == [world.club.pk, world.school.pk]
    school = page["Items"][1]
    shapes.check(school, shapes.ORGANIZATION, "Organization")
    assert re.fullmatch(r"http.*/home/[0-9a-f]{6}", school["Url"])
    assert (school["Name"], school["CommonName"]) == ("Example School Inc.", "Example School")
    assert school["Address"]["State"] == "NY" and school["Status"] == "Approved"
    assert by.get(f"{API}/organizations/{world.school.pk}") == school
    today = f"{clock.now():%Y-%m-%d}"
    for query, count in (({"startDate": today, "ENDDATE": today}, 2),
                         ({"endDate": "2001-01-01"}, 0), ({"pageSize": 1}, 1)):  # fmt: skip
        assert len(by.items(f"{API}/organizations", query=query)) == count


def test_campaigns_items_and_transactions(by: Any, world: World) -> None:
    for name in ("organizationID", "OrganizationId", "ORGANIZATIONID"):
        found = by.items(f"{API}/campaigns", query={name: world.school.pk})
        shapes.check(found[0], shapes.CAMPAIGN, "Campaign")
    one = by.get(f"{API}/campaigns/{world.campaign.pk}")
    assert one["Id"] == found[0]["Id"]
    items = by.items(f"{API}/campaignitems", query={"campaignID": world.campaign.pk})
    assert [shapes.check(one, shapes.ITEM, "Item") for one in items] == [19] * 5
    for query in ({"organizationID": world.school.pk}, {"campaignid": world.campaign.pk}):
        gifts = by.items(f"{API}/transactions", query=query)
        assert len(gifts) == 2
        shapes.check(gifts[0], shapes.TRANSACTION, "Transaction")
    assert by.items(f"{API}/campaigns", query={"organizationID": world.club.pk}) == []
    by.refused("GET", f"{API}/transactions", 400)
    by.refused("GET", f"{API}/campaigns", 400)
    by.refused("GET", f"{API}/campaignitems", 400)


def test_an_organization_of_its_own_from_start_to_end(by: Any, world: World) -> None:
    made = custom(by)
    shapes.check(made, shapes.ORGANIZATION, "Organization")
    assert (made["Status"], made["IsTaxExempt"], made["Ein"]) == ("Pending", True, "123456789")
    assert made["Address"] == {
        "AddressLine1": "1 Example Street", "AddressLine2": "Room 2, Back",
        "City": "Exampleville", "State": "NY", "Country": "US", "ZipCode": "00000", "Phone": None,
    }  # fmt: skip
    named = {"OrganizationID": made["Id"]}
    for _ in range(2):
        assert by.good("POST", f"{API}/approvecustomorg", named)["Status"] == "Approved"
    gone = by.good("DELETE", f"{API}/deletecustomorg", named)
    assert (gone["Id"], gone["Status"]) == (made["Id"], "Deleted")
    by.refused("DELETE", f"{API}/deletecustomorg", 404, named)
    by.refused("GET", f"{API}/organizations/{made['Id']}", 404)
    verbs = set(AuditEntry.objects.filter(object_id=str(made["Id"])).values_list("verb", flat=True))
    assert {f"organization.partner_{v}" for v in ("added", "approved", "deleted")} <= verbs


@pytest.mark.parametrize(
    ("name", "text"),
    [("Name", "x" * 300), ("Address1", "x" * 300), ("Address3", "x" * 300), ("City", "x" * 300),
     ("State", "x" * 300), ("PostalCode", "9" * 50), ("Name", "<b>"), ("EIN", "12")],
)  # fmt: skip
def test_a_refusal_names_the_parameter(name: str, text: str, by: Any) -> None:
    answer = by.refused("POST", f"{API}/addcustomorg", 400, NEW | {name: text})
    told = "Address2" if name == "Address3" else name
    assert answer.json()["Error"].startswith(told), answer.content


def test_what_is_not_its_own_is_not_managed(by: Any, world: World) -> None:
    named = {"OrganizationID": world.school.pk, "Email": "a@example.org"}
    for verb, name in (("POST", "approvecustomorg"), ("DELETE", "deletecustomorg"),
                       ("POST", "addorguser"), ("DELETE", "deleteorguser")):  # fmt: skip
        by.refused(verb, f"{API}/{name}", 403, named)
    assert len(by.items(f"{API}/listorgusers", query={"OrganizationID": world.school.pk})) == 1


def test_an_organization_with_gifts_or_a_running_campaign_stays(by: Any, world: World) -> None:
    made = Organization.objects.get(pk=custom(by)["Id"])
    campaign = factories.make_campaign(made)
    named = {"OrganizationID": made.pk}
    by.refused("DELETE", f"{API}/deletecustomorg", 400, named)
    give(campaign, campaign.goal, 500)
    campaign.status = "completed"
    campaign.save()
    by.refused("DELETE", f"{API}/deletecustomorg", 400, named)
    assert Organization.objects.get(pk=made.pk).archived_at is None


def test_people_are_invited_listed_and_taken_out(by: Any, world: World) -> None:
    named = {"OrganizationID": custom(by)["Id"]}
    body = named | {"Email": "Helper@Example.org"}
    added = by.good("POST", f"{API}/addorguser", body)
    shapes.check(added, shapes.ADDED, "AddedUser")
    assert (added["Email"], added["Role"]) == ("helper@example.org", "Administrator")
    assert by.good("POST", f"{API}/addorguser", body | {"Role": "staff"}) == added
    staff = by.good(
        "POST", f"{API}/addorguser", named | {"email": "s@example.org", "ROLE": "Staff"}
    )
    page = by.get(f"{API}/listorgusers", query=named)
    assert page["TotalCount"] == 2
    assert [one["UserID"] for one in page["Items"]] == [staff["UserID"], added["UserID"]]
    for one in page["Items"]:
        shapes.check(one, shapes.USER, "OrgUser")
        assert one["AddedDate"] is None
    asked = Invitation.objects.get(email="helper@example.org")
    user = User.objects.get(email="helper@example.org")
    assert not user.has_usable_password()
    invitations.accept(asked, Actor(user, "page"))
    assert Membership.objects.get(user=user).role == "owner"
    told = by.items(f"{API}/listorgusers", query=named)[1]
    assert (told["Role"], bool(told["AddedDate"])) == ("Administrator", True)
    by.refused("DELETE", f"{API}/deleteorguser", 400, body)
    gone = by.good("DELETE", f"{API}/deleteorguser", named | {"Email": "s@example.org"})
    shapes.check(gone, shapes.ADDED, "AddedUser")
    by.refused("DELETE", f"{API}/deleteorguser", 404, named | {"Email": "s@example.org"})


def test_credentials_are_made_once_more_and_the_old_ones_end(by: Any, world: World) -> None:
    named = {"OrganizationID": world.school.pk}
    first = by.good("POST", f"{API}/generateorgcredentials", named, Idempotency_Key="x")
    shapes.check(first, shapes.CREDENTIALS, "Credentials")
    made = ApiCredential.objects.get(login=first["ApiLogin"])
    bearer = {"Authorization": f"Bearer {token((made, first['ApiSecret']))}"}
    assert by.get("v1/api/organization", **bearer)["Id"] == world.school.pk
    second = by.good("POST", f"{API}/generateorgcredentials", named, Idempotency_Key="x")
    assert second["ApiSecret"] != first["ApiSecret"]
    by.refused("GET", "v1/api/organization", 401, **bearer)
    # Those that staff gave to the organization itself go on.
    by.get("v1/api/organization", by="school")
    assert AuditEntry.objects.filter(verb="credential.revoked", object_id=str(made.pk)).exists()


def test_calls_that_are_switched_off(by: Any, world: World) -> None:
    for verb, name in (("POST", "addcustomorg"), ("POST", "approvecustomorg"),
                       ("DELETE", "deletecustomorg"), ("GET", "listorgusers"),
                       ("POST", "addorguser"), ("DELETE", "deleteorguser")):  # fmt: skip
        answer = by.refused(verb, f"{API}/{name}", 405, NEW, by="bare")
        # The verb that was just refused is not among those that would do.
        assert answer["Allow"] == "OPTIONS"
    assert by.items(f"{API}/organizations", by="bare") == []


def test_the_same_key_is_answered_the_same(by: Any, world: World) -> None:
    first = by.call("POST", f"{API}/addcustomorg", NEW, Idempotency_Key="one")
    again = by.call("POST", f"{API}/addcustomorg", NEW, Idempotency_Key="one")
    assert again.content == first.content and again["Idempotent-Replayed"] == "true"
    by.refused("POST", f"{API}/addcustomorg", 400, NEW | {"Name": "Else"}, Idempotency_Key="one")
    assert Organization.objects.filter(partner_made=True).count() == 1
    custom(by)
    assert Organization.objects.filter(partner_made=True).count() == 2
