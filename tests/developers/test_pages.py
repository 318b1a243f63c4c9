"""The portal's pages: what everybody reads, and a developer's own tokens, webhooks and apps."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as conf
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import access
from accounts.actors import Actor
from accounts.errors import AlreadyDecided, ReasonNeeded
from accounts.models import AppRequest, PersonalToken, User, WebhookDelivery, WebhookEndpoint
from accounts.rights import Forbidden
from rally.api.tiles.operations import OPERATIONS, SECTIONS
from rally.api.tiles.urls import urlpatterns
from rally.dispatch import outbox
from tests import factories
from tests.api.tiles.members import member

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
ASKED = {
    "name": "Kiosk", "site": "https://example.com", "redirect_uris": "https://example.com/cb",
    "scopes": ["tiles_read"], "purpose": "Sells tiles at the door.",
}  # fmt: skip


@pytest.fixture
def owner() -> User:
    return member(factories.make_organization())


@pytest.fixture
def client(owner: User) -> Client:
    found = Client()
    found.force_login(owner)
    return found


# Documents ------------------------------------------------------------------------------------
def test_the_guide_has_its_sections_and_this_site_s_numbers(settings: Settings) -> None:
    settings.RALLY_SUPPORT_EMAIL = "help@example.com"
    settings.RALLY_RATES = settings.RALLY_RATES | {"checkout_ip": (4321, 60)}
    page = Client().get("/developers/").content.decode()
    for heading in (
        "Quick Start", "Base URL", "Authentication", "API Endpoints", "Health", "Campaigns",
        "Boards", "Checkout", "Webhooks", "Admin", "Code Examples", "Integration Examples",
        "Rate Limits", "Security", "Need API Access", "Change log",
    ):  # fmt: skip
        assert re.search(rf"<h[23][^>]*>\s*(<a[^>]*>)?{heading}", page), heading
    assert "4321" in page and "help@example.com" in page


@pytest.mark.parametrize("key", list(SECTIONS))
def test_a_section_shows_every_operation_without_a_query(
    key: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(0):
        page = Client().get(f"/developers/tiles/{key}/").content.decode()
    for one in OPERATIONS:
        assert (f'id="{one.name}"' in page) == (one.section == key)
    assert "style=" not in page and "<script" not in page


def test_unknown_sections_and_dialects_do_not_exist() -> None:
    assert Client().get("/developers/tiles/nothing/").status_code == 404
    assert Client().get("/api/schema/nothing.json").status_code == 404
    assert Client().post("/developers/").status_code == 405


def test_the_schema_names_every_operation_and_every_status() -> None:
    found = json.loads(Client().get("/api/schema/").content)
    assert found["openapi"].startswith("3.1")
    named = {one["operationId"] for verbs in found["paths"].values() for one in verbs.values()}
    assert named == {one.name for one in OPERATIONS}
    listing = found["paths"]["/api/campaigns"]["get"]
    assert {"status", "sort", "limit", "after"} <= {one["name"] for one in listing["parameters"]}
    page = Client().get("/api/schema/", headers={"Accept": "text/html"})
    assert "text/html" in page["Content-Type"] and b"/api/campaigns" in page.content


def test_every_route_of_the_dialect_is_documented() -> None:
    routes = {re.sub(r"<[^>]+>", "{}", str(one.pattern)) for one in urlpatterns} - {"^.*$"}
    documented = {re.sub(r"{\w+}", "{}", one.path).removeprefix("/api/") for one in OPERATIONS}
    assert routes == documented


# Tokens ---------------------------------------------------------------------------------------
def test_a_token_is_made_in_three_clicks_and_shown_once(client: Client, owner: User) -> None:
    start = client.get("/developers/").content.decode()  # 1: "Make a personal token"
    assert 'href="/accounts/tokens/"' in start
    page = client.get("/accounts/tokens/").content.decode()  # 2: the form as it stands
    assert 'value="My script"' in page
    body = {"name": "My script", "scopes": ["tiles_read"], "days": "90"}
    made = client.post("/accounts/tokens/", body).content.decode()
    secret = re.search(r"rlp_[\w-]{20,}", made)[0]
    assert secret not in client.get("/accounts/tokens/").content.decode()
    answer = Client().get("/api/campaigns", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    token = PersonalToken.objects.get()
    path = f"/accounts/tokens/{token.pk}/revoke/"
    assert "can" in client.get(path).content.decode()
    assert PersonalToken.objects.get().revoked_at is None
    client.post(path)
    answer = Client().get("/api/campaigns", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401


def test_mistakes_in_a_token_are_said_beside_the_field(client: Client) -> None:
    answer = client.post("/accounts/tokens/", {"name": "", "days": "90"})
    page = answer.content.decode()
    assert answer.status_code == 400 and "Please give it a name." in page
    assert "Choose at least one." in page and not PersonalToken.objects.exists()
    odd = client.post("/accounts/tokens/", {"name": "x", "scopes": ["all"], "organization": "y"})
    assert odd.status_code == 400


def test_others_tokens_do_not_exist(client: Client) -> None:
    other = factories.make_user()
    token = PersonalToken.objects.create(user=other, name="x", digest="x", last_four="x")
    assert client.get(f"/accounts/tokens/{token.pk}/revoke/").status_code == 404
    assert client.post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 404
    assert Client().get("/accounts/tokens/").status_code == 302


# Webhooks -------------------------------------------------------------------------------------
def test_a_webhook_from_its_form_to_its_end(client: Client, owner: User) -> None:
    organization = owner.memberships.get().organization
    body = {
        "owner": organization.public_id,
        "url": "https://example.com/x",
        "events": ["tile.sold"],
    }
    made = client.post("/developers/webhooks/", body).content.decode()
    assert "whsec_" in made
    hook = WebhookEndpoint.objects.get()
    path = f"/developers/webhooks/{hook.public_id}/"
    assert "whsec_" not in client.get(path).content.decode()
    assert "whsec_" in client.post(path, {"act": "rotate"}).content.decode()
    board = factories.make_board(9, campaign=factories.make_campaign(organization))
    factories.make_sale(board, [2])
    outbox.drain()
    assert "tile.sold" in client.get(path).content.decode()
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(state="failed")
    client.post(f"{path}{delivery.public_id}/replay/")
    assert WebhookDelivery.objects.get().state == "waiting"
    client.post(path, {"act": "off"})
    assert client.post(f"{path}{delivery.public_id}/replay/").status_code == 409
    assert "Turned off" in client.get(path).content.decode()
    stranger = Client()
    stranger.force_login(member(factories.make_organization()))
    assert stranger.get(path).status_code == stranger.post(path).status_code == 404
    assert stranger.post(f"{path}remove/").status_code == 404
    client.get(f"{path}remove/")
    assert WebhookEndpoint.objects.exists()
    client.post(f"{path}remove/")
    assert not WebhookEndpoint.objects.exists()


def test_a_bad_address_keeps_what_was_typed(client: Client, owner: User) -> None:
    organization = owner.memberships.get().organization
    body = {"owner": organization.public_id, "url": "http://10.0.0.1/", "events": ["tile.sold"]}
    answer = client.post("/developers/webhooks/", body)
    assert answer.status_code == 400 and "http://10.0.0.1/" in answer.content.decode()


def test_nobody_s_webhooks_have_no_form() -> None:
    client = Client()
    client.force_login(factories.make_user())
    assert "You have neither yet" in client.get("/developers/webhooks/").content.decode()


# Apps -----------------------------------------------------------------------------------------
def mails() -> list[str]:
    outbox.drain()
    folder = Path(conf.VAR, "mail")
    texts = [path.read_text() for path in sorted(folder.iterdir())] if folder.exists() else []
    return [*texts, *(str(one.message()) for one in getattr(mail, "outbox", []))]


def test_an_app_is_asked_for_approved_and_gets_its_keys_once(client: Client, owner: User) -> None:
    client.post("/developers/apps/", ASKED)
    asked = AppRequest.objects.get()
    assert any("Kiosk asks for API access" in text for text in mails())
    staff = Actor(factories.make_user(is_staff=True), "admin")
    made = access.approve(asked, staff)
    assert access.approve(asked, staff) == made
    assert made.user == owner
    assert any("Kiosk has API access" in text for text in mails())
    page = client.get("/developers/apps/").content.decode()
    assert made.client_id in page and "never used" in page
    path = f"/developers/apps/{asked.public_id}/secret/"
    client.get(path)
    before = made.client_secret
    shown = client.post(path).content.decode()
    made.refresh_from_db()
    assert made.client_secret != before
    secret = re.search(r"<pre[^>]*>\s*<code>([^<]{20,})</code>", shown)[1]
    assert secret not in client.get("/developers/apps/").content.decode()


def test_an_app_is_refused_with_a_reason(owner: User) -> None:
    asked = access.ask(Actor(owner, "page"), **ASKED)
    staff = Actor(factories.make_user(is_staff=True), "admin")
    with pytest.raises(ReasonNeeded):
        access.refuse(asked, staff, " ")
    access.refuse(asked, staff, "Which school is it for?")
    with pytest.raises(AlreadyDecided):
        access.approve(asked, staff)
    assert any("Which school is it for?" in text for text in mails())


def test_only_staff_decide(owner: User) -> None:
    asked = access.ask(Actor(owner, "page"), **ASKED)
    for actor in (Actor(owner, "page"), Actor(factories.make_user(is_staff=True), "page")):
        with pytest.raises(Forbidden):
            access.approve(asked, actor)
        with pytest.raises(Forbidden):
            access.refuse(asked, actor, "No.")


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""}, {"site": "javascript:alert(1)"}, {"redirect_uris": "http://example.com/"},
        {"redirect_uris": "javascript:x"}, {"scopes": []}, {"scopes": ["root"]}, {"purpose": " "},
        {"redirect_uris": "https://user@example.com/"}, {"name": "x" * 101},
    ],
)  # fmt: skip
def test_a_bad_app_is_said_so_and_kept(change: dict[str, Any], client: Client) -> None:
    answer = client.post("/developers/apps/", ASKED | change)
    assert answer.status_code == 400 and not AppRequest.objects.exists()
