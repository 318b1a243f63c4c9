"""An organization asks for a login; staff decide; an owner takes the secret, once."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts import credential_requests, credentials, machines
from accounts.actors import SYSTEM, Actor
from accounts.models import ApiCredential, AuditEntry, CredentialRequest, Membership, User
from accounts.oauth_errors import GrantRefused
from rally.dispatch import outbox
from tests import factories

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
PATH = "/developers/access/"


@pytest.fixture
def people() -> dict[str, User]:
    here = factories.make_organization(name="Example School")
    found = {}
    for role in ("owner", "admin", "team_admin"):
        found[role] = factories.make_user(f"{role}@example.org")
        Membership.objects.create(organization=here, user=found[role], role=role)
    found["stranger"] = factories.make_user("stranger@example.org")
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(client: Client, purpose: str = "To fill our books.") -> int:
    here = Membership.objects.first().organization
    body = {"organization": here.public_id, "purpose": purpose}
    return client.post(PATH, body).status_code


def staff() -> Actor:
    return Actor(factories.make_user(is_staff=True, is_superuser=True), "admin")


def test_from_the_request_to_the_first_call(people: dict[str, User]) -> None:
    from_admin = signed_in(people["admin"])
    assert ask(from_admin) == 302 and ask(from_admin) == 302
    asked = CredentialRequest.objects.get()
    page = from_admin.get(PATH).content.decode()
    assert "pending" in page and "<h2>Logins" not in page
    outbox.drain()
    assert "To fill our books." in mail.outbox[0].body
    mail.outbox.clear()

    made = approve(asked)
    outbox.drain()
    assert [one.to for one in mail.outbox] == [["owner@example.org"]]
    with pytest.raises(GrantRefused):
        machines.exchange(made.login, "", partner=False)
    assert signed_in(people["admin"]).get(f"{PATH}{made.pk}/secret/").status_code == 404

    owner = signed_in(people["owner"])
    assert f"{PATH}{made.pk}/secret/" in owner.get(PATH).content.decode()
    assert "once" in owner.get(f"{PATH}{made.pk}/secret/").content.decode()
    shown = owner.post(f"{PATH}{made.pk}/secret/")
    secret = re.search(r"<code>(\w{43})</code>", shown.content.decode())[1]
    issued = machines.exchange(made.login, secret, partner=False)
    assert machines.bearer(issued.token).organization == made.organization
    # It can't be had twice, and nothing keeps it.
    assert owner.post(f"{PATH}{made.pk}/secret/").status_code == 404
    assert secret not in owner.get(PATH).content.decode()
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"credential.asked", "credential.approved", "credential.taken"} <= verbs
    assert secret not in str(list(AuditEntry.objects.values_list("facts", flat=True)))


def approve(asked: CredentialRequest) -> ApiCredential:
    made = credential_requests.approve(asked, staff())
    assert credential_requests.approve(asked, staff()) == made
    return made


def test_a_new_secret_of_the_staff_s_waits_for_the_owner(people: dict[str, User]) -> None:
    here = Membership.objects.first().organization
    made, old = credentials.issue(here, SYSTEM)
    token = machines.exchange(made.login, old, partner=False).token
    credentials.rotate(made, staff(), taken=False)
    with pytest.raises(Exception, match="revoked"):
        machines.bearer(token)
    outbox.drain()
    assert [one.to for one in mail.outbox] == [["owner@example.org"]]
    assert signed_in(people["owner"]).post(f"{PATH}{made.pk}/secret/").status_code == 200


def test_who_may_and_what_is_asked(people: dict[str, User]) -> None:
    for name in ("team_admin", "stranger"):
        client = signed_in(people[name])
        assert (
            "<form"
            not in client.get(PATH).content.decode().partition("<main")[2].partition("</main")[0]
        )
        assert ask(client) in {400, 404}
    assert Client().get(PATH).status_code == 302
    assert ask(signed_in(people["owner"]), " ") == 400
    assert not CredentialRequest.objects.exists()


def test_revoking_asks_first_and_ends_it(people: dict[str, User]) -> None:
    here = Membership.objects.first().organization
    made, secret = credentials.issue(here, SYSTEM)
    owner = signed_in(people["owner"])
    assert owner.get(f"{PATH}{made.pk}/revoke/").status_code == 200
    assert machines.exchange(made.login, secret, partner=False)
    assert owner.post(f"{PATH}{made.pk}/revoke/").status_code == 302
    with pytest.raises(GrantRefused):
        machines.exchange(made.login, secret, partner=False)
    assert signed_in(people["stranger"]).post(f"{PATH}{made.pk}/revoke/").status_code == 404
