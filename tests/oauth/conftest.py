"""A program, an admin who may let it in, and how the program calls."""

import base64
import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts import clients, codes, grants, scopes
from accounts.actors import SYSTEM
from accounts.models import ApiClient, Membership
from tests.factories import make_client, make_organization, make_user

BASE = "/sprocket/auth/oauth2/"
REDIRECT = "https://app.example.com/cb"
FORM = "application/x-www-form-urlencoded"


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


class World:
    """Everything a flow needs, made by the verbs."""

    def __init__(self, profile: str = "sprocket", **fields: Any) -> None:
        self.organization = make_organization()
        self.user = make_user()
        self.membership = Membership.objects.create(
            organization=self.organization, user=self.user, role="admin"
        )
        self.client, self.secret = make_client(profile, **fields)
        # A network of its own: counters outlive a test.
        unseen = uuid.uuid4().hex
        self.web = Client(REMOTE_ADDR=f"2001:db8:{unseen[:4]}:{unseen[4:8]}::1")

    @property
    def header(self) -> str:
        return basic(self.client.client_id, self.secret)

    def code(self, client: ApiClient | None = None, **more: Any) -> str:
        more = {"redirect_uri": REDIRECT} | more
        return codes.give(
            client or self.client, self.user, self.organization, scopes.DEFAULT, **more
        )

    def issue(self, **more: Any) -> grants.Issued:
        return grants.issue(self.client, self.user, self.organization, scopes.DEFAULT, **more)

    def post(
        self, name: str, body: Any = "", header: str | None = None, **more: Any
    ) -> HttpResponse:
        """POST a form given as a dict or as text; `header` "" sends none."""
        if isinstance(body, dict):
            body = "&".join(f"{key}={value}" for key, value in body.items())
        header = self.header if header is None else header
        if header:
            more["HTTP_AUTHORIZATION"] = header
        more.setdefault("content_type", FORM)
        return self.web.generic("POST", BASE + name, body, **more)

    def redeem(self, code: str, **more: Any) -> HttpResponse:
        return self.post("token", f"grant_type=authorization_code&code={code}"
                         f"&redirect_uri={more.pop('redirect_uri', REDIRECT)}", **more)  # fmt: skip

    def refresh(self, token: str, **more: Any) -> HttpResponse:
        return self.post("refresh", f"grant_type=refresh_token&refresh_token={token}", **more)

    def approve(self) -> None:
        clients.approve_prefixes(self.client, SYSTEM)


@pytest.fixture
def both(request: pytest.FixtureRequest) -> None:
    """The database, and the one that counts calls."""
    request.applymarker(pytest.mark.django_db(databases=["default", "cache"]))
    request.getfixturevalue("db")


@pytest.fixture
def world(both: None) -> World:
    return World()


@pytest.fixture
def modern(both: None) -> World:
    return World("modern")
