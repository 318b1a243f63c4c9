"""Which program is calling: by `Authorization: Basic`, or by name alone if it is public."""

import base64
import binascii

from django.http import HttpRequest
from oauth2_provider.models import AbstractApplication

from accounts import bearers, clients
from accounts.models import ApiClient
from accounts.oauth_errors import ClientDisabled, ClientRefused
from rally.api.oauth.errors import invalid_client, invalid_request
from rally.api.oauth.forms import Form
from rally.web import base

NO_PARAMETERS = (
    "Client credentials are not accepted as request parameters: "
    "send them in the Authorization header (Basic)."
)
Pair = tuple[str, str]


def client(request: HttpRequest, form: Form, *, public: bool = True) -> ApiClient:
    """The program behind a call, and a note that it was here.

    Raises OAuthError, ClientRefused, ClientDisabled.
    """
    pair = basic(request)
    if "client_secret" in form or "client_assertion" in form:
        raise (invalid_request if pair else invalid_client)(NO_PARAMETERS)
    if pair is None:
        found = _public(form) if public else None
        if found is None:
            raise invalid_client("Send the client credentials in the Authorization header (Basic).")
    else:
        found = bearers.client_by_secret(*pair)
        if form.get("client_id", found.client_id) != found.client_id:
            raise invalid_request("client_id is not the client that authenticated.")
    clients.seen(found)
    return found


def basic(request: HttpRequest) -> Pair | None:
    """Id and secret of the header; None without one. Raises ClientRefused for an unsound one."""
    header = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        return None
    scheme, _space, text = header.partition(" ")
    if scheme.lower() != "basic":
        raise ClientRefused
    try:
        plain = base64.b64decode(text.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise ClientRefused from None
    name, colon, secret = plain.partition(":")
    if not colon or not name:
        raise ClientRefused
    return name, secret


def _public(form: Form) -> ApiClient | None:
    """A program that can't keep a secret; PKCE is what protects it."""
    found = bearers.client_by_id(form.get("client_id", ""))
    if found is None or found.client_type != AbstractApplication.CLIENT_PUBLIC:
        return None
    if found.disabled_at is not None:
        raise ClientDisabled
    return found


def counted_as(request: HttpRequest, form: Form) -> str:
    """Under which name failures are counted: the program named, from this network.

    The network is part of it, so that nobody can lock a program out by guessing elsewhere.
    """
    try:
        pair = basic(request)
    except ClientRefused:
        pair = None
    name = pair[0] if pair else form.get("client_id", "")
    return f"{name[:64]} {base.client_ip(request)}"
