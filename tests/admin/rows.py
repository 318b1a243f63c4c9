"""One row of every model, on top of the demo: enough for every page to have something on it."""

import datetime as dt
from typing import Any

from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import TestCase

from accounts import models as accounts
from boards import models as boards
from boards.states import Kind, Phase
from campaigns import goals
from campaigns import models as campaigns
from payments import models as payments
from rally.demo import build
from rally.kit import clock

APPS = ("accounts", "campaigns", "boards", "payments")
SECRET = "s3cret-that-nobody-may-see"
PASSWORD = "Correct horse battery staple"


class WithRows(TestCase):
    """The rows, once for all tests of a class."""

    databases = {"default", "cache"}

    @classmethod
    def setUpTestData(cls) -> None:
        cls.made = make()
        cls.staff = accounts.User.objects.get(email="staff@example.com")


def models() -> list[type[Model]]:
    """Every model of ours that has pages."""
    return [model for model in site._registry if model._meta.app_label in APPS]


def ours() -> list[type[Model]]:
    """Every model of ours."""
    return [
        model
        for label in APPS
        for model in apps.get_app_config(label).get_models()
        if not model._meta.auto_created
    ]


def make() -> dict[str, Any]:
    """The demo, and at least one row of everything it doesn't have."""
    board = build.ensure()
    school = board.campaign.organization
    made = _people(school) | _programs(school) | _campaign(board) | {"board": board}
    return made | _money(board, made["person"]) | _records(school)


def user(email: str, **fields: Any) -> accounts.User:
    """A login with the test's password."""
    return accounts.User.objects.create_user(email, PASSWORD, **fields)


def _people(school: accounts.Organization) -> dict[str, Any]:
    asker = user("asker@example.com", name="Ann Asker")
    person = accounts.Person.objects.create(
        organization=school, first_name="Pat", last_name="Example", email="pat@example.com"
    )
    accounts.Address.objects.create(person=person, line_1="1 Example Street", country="US")
    return {
        "asker": asker,
        "person": person,
        "invitation": accounts.Invitation.objects.create(
            organization=school, role="viewer", token_hash=SECRET, expires_at=clock.now()
        ),
        "join": accounts.JoinRequest.objects.create(
            organization=school, user=asker, message="I coach the juniors."
        ),
    }


def _programs(school: accounts.Organization) -> dict[str, Any]:
    login = user("maker@example.com")
    partner = accounts.Partner.objects.create(name="Example Partner", domain="partner.example")
    client = accounts.ApiClient.objects.create(
        name="Example program", organization=school, client_type="confidential",
        authorization_grant_type="authorization-code", client_secret=SECRET,
        hash_client_secret=False,
    )  # fmt: skip
    tomorrow = clock.now() + dt.timedelta(days=1)
    common = {"application": client, "user": login, "organization": school}
    accounts.ApiGrantCode.objects.create(
        **common, code=SECRET, expires=tomorrow, redirect_uri="https://example.com/"
    )
    refresh = accounts.ApiRefreshToken.objects.create(**common, token=SECRET)
    accounts.ApiAccessToken.objects.create(
        **common, token=SECRET, expires=tomorrow, source_refresh_token=refresh
    )
    accounts.ApiIdToken.objects.create(application=client, user=login, expires=tomorrow)
    accounts.AppRequest.objects.create(
        user=login, name="Example program", site="https://example.com", scopes="tiles_read",
        redirect_uris="https://example.com/", purpose="To try it.",
    )  # fmt: skip
    accounts.ApiConsent.objects.create(client=client, organization=school, user=login)
    accounts.ApiCredential.objects.create(login="example", secret_digest=SECRET, partner=partner)
    accounts.CredentialRequest.objects.create(
        organization=school, user=login, purpose="To fill our books."
    )
    accounts.PersonalToken.objects.create(
        user=login, name="my script", digest=SECRET, last_four="abcd"
    )
    return {"client": client}


def _campaign(board: boards.Board) -> dict[str, Any]:
    campaign = board.campaign
    series = campaigns.Series.objects.create(
        organization=campaign.organization, name="Every spring", slug="every-spring"
    )
    team = campaigns.Team.objects.create(campaign=campaign, name="Juniors", slug="juniors")
    for owner in (series, team):
        goals.ensure(owner)
    campaigns.OldSlug.objects.create(campaign=campaign, slug="spring-before")
    campaigns.Update.objects.create(campaign=campaign, title="We are half way")
    return {"team": team}


def _money(board: boards.Board, person: accounts.Person) -> dict[str, Any]:
    """An order paid by card, part of it owed back, and the charge disputed."""
    school = board.campaign.organization
    account = payments.StripeAccount.objects.create(organization=school, livemode=False)
    hold = boards.Hold.objects.create(
        organization=school, currency="USD", token_hash=SECRET, kind=Kind.BASKET,
        phase=Phase.SOLD,
    )  # fmt: skip
    tile = board.tiles.get(number=50)
    claim = boards.Claim.objects.create(
        board=board, tile=tile, number=50, hold=hold, price_minor=tile.price_minor
    )
    gift = campaigns.Donation.objects.create(
        campaign=board.campaign, goal=board.goal, person=person, amount_minor=5000,
        currency="USD", payment_type="Credit_Card",
    )  # fmt: skip
    checkout = payments.Checkout.objects.create(
        hold=hold, person=person, account=account, currency="USD", net_minor=5000,
        total_minor=5000, status="paid", request_digest=SECRET,
    )  # fmt: skip
    line = payments.Line.objects.create(
        checkout=checkout, claim=claim, goal=board.goal, donation=gift, amount_minor=5000
    )
    attempt = payments.Attempt.objects.create(
        checkout=checkout, account=account, key=SECRET, params={"key": SECRET}, url=SECRET,
        session_id="cs_test_1", expires_at=clock.now(), status="complete",
    )  # fmt: skip
    payment = payments.Payment.objects.create(
        checkout=checkout, attempt=attempt, account=account, payment_intent="pi_1",
        status="paid", amount_minor=5000, currency="USD",
    )  # fmt: skip
    refund = payments.Refund.objects.create(
        payment=payment, account=account, reason="late", amount_minor=5000, currency="USD"
    )
    payments.RefundLine.objects.create(refund=refund, line=line, amount_minor=5000)
    payments.Dispute.objects.create(
        account=account, payment=payment, dispute_id="du_1", status="needs_response",
        amount_minor=5000, currency="USD",
    )  # fmt: skip
    payments.Closing.objects.create(campaign=board.campaign, refund=True)
    task = payments.StaffTask.objects.create(
        kind="refund_due", key=str(refund.pk), organization=school,
        object_type="payments.refund", object_id=str(refund.pk),
        facts={"amount_minor": 5000, "currency": "USD"},
    )  # fmt: skip
    return {"checkout": checkout, "payment": payment, "refund": refund, "task": task, "hold": hold}


def _records(school: accounts.Organization) -> dict[str, Any]:
    accounts.IdempotencyRecord.objects.create(
        owner="user:1", method="POST", path="/api/x", key=SECRET, request_digest=SECRET,
        body=SECRET,
    )  # fmt: skip
    event = accounts.OutboxEvent.objects.create(kind="gift.paid", key="1", organization=school)
    endpoint = accounts.WebhookEndpoint.objects.create(
        organization=school, url="https://example.com/hook", secret=SECRET
    )
    accounts.WebhookDelivery.objects.create(endpoint=endpoint, event=event, kind="tile.sold")
    accounts.AuditEntry.objects.create(
        door="page", verb="board.opened", object_type="boards.board", object_id="1"
    )
    stripe = payments.StripeEvent.objects.create(
        event_id="evt_1", livemode=False, type="charge.dispute.created", body="{}",
        digest=SECRET, parked="unmatched",
    )  # fmt: skip
    payments.Reconciliation.objects.create(asked=3, healed=1)
    payments.AuditRun.objects.create(rows=2)
    return {"event": stripe}


def grant(login: accounts.User, *names: str) -> None:
    """Give a member of staff these permissions."""
    for name in names:
        label, codename = name.split(".")
        login.user_permissions.add(
            Permission.objects.get(content_type__app_label=label, codename=codename)
        )
