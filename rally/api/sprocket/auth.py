"""Who calls: a program with its secret, or a program acting for a user."""

import base64
import binascii
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import bearers
from accounts.actors import Actor
from accounts.bearers import Bearer
from accounts.models import ApiClient
from accounts.oauth_errors import ClientDisabled, ClientRefused, TokenUnknown
from rally.api.sprocket import errors
from rally.api.sprocket.errors import Refusal
from rally.web import base


@dataclass(frozen=True, slots=True)
class Caller:
    """A program, and the bearer token it showed, if it acts for somebody."""

    client: ApiClient | None
    bearer: Bearer | None

    @property
    def counted_as(self) -> str:
        """Under which name its calls are counted: the program's, whoever it acts for."""
        return f"client:{self.client.client_id}" if self.client else "client:"

    @property
    def actor(self) -> Actor:
        """For verbs: the user behind the token, or nobody."""
        return self.bearer.actor if self.bearer else Actor(user=None, door="api")

    @property
    def user_id(self) -> int | None:
        """The user's key, or None for a program of its own."""
        return self.bearer.user.pk if self.bearer and self.bearer.user else None

    @property
    def organization_id(self) -> int | None:
        """The one organization the token is for; None reaches public things only."""
        return self.bearer.organization.pk if self.bearer else None


def caller(request: HttpRequest, *, secret_will_do: bool) -> Caller:
    """The caller of a request. Raises Refusal and the errors of `accounts.oauth_errors`.

    A token in the address is refused: addresses are written to logs (RFC 9700, 4.3.2).
    """
    if any(name.lower() == "access_token" for name in request.GET):
        raise Refusal(errors.OUT_OF_RANGE, _("Send the token in the Authorization header."))
    kind, _space, credential = request.headers.get("Authorization", "").strip().partition(" ")
    credential = credential.strip()
    if kind.lower() == "bearer" and credential:
        return _by_token(request, credential)
    if kind.lower() == "basic" and credential and secret_will_do:
        return _by_secret(request, credential)
    raise Refusal(errors.NO_AUTHORIZATION)


def _by_token(request: HttpRequest, token: str) -> Caller:
    """Unknown tokens are counted by the address they come from; expired ones aren't guesses."""
    try:
        who = bearers.bearer(token)
    except TokenUnknown:
        base.limited("api_refused", base.client_ip(request))
        raise
    if who.user is None:
        raise Refusal(errors.UNKNOWN_TOKEN)
    return Caller(who.client, who)


def _by_secret(request: HttpRequest, credential: str) -> Caller:
    """Id and secret as they are, without escapes (RFC 7617, 2).

    Who guessed too often isn't even looked at. Raises RateLimited.
    """
    guesser = f"sprocket {base.client_ip(request)}"
    base.held_off("oauth_failures", guesser)
    try:
        text = base64.b64decode(credential, validate=True).decode("utf-8")
        client_id, _colon, secret = text.partition(":")
        client = bearers.client_by_secret(client_id, secret)
    except (binascii.Error, ValueError, ClientDisabled, ClientRefused):
        base.limited("oauth_failures", guesser)
        raise ClientRefused from None
    return Caller(client, None)
