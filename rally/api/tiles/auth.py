"""Who calls the authenticated routes: a program with its token, or a signed-in browser.

A token comes as `Authorization: Bearer`: a personal one (`rlp_`) or one of OAuth (`rla_`). The
cookie needs the CSRF token as well for whatever changes something. What is in the header
counts: browsers send their session by themselves, so it is not looked at beside a token.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts import bearers, tokens
from accounts.actors import Actor
from accounts.models import User
from accounts.oauth_errors import TokenRefused
from rally.api.limits import Meter
from rally.kit.errors import DomainError
from rally.web import base

READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Unauthorized(DomainError):
    """Nobody is logged in."""

    code = "unauthorized"
    sentence = _("Please sign in, or send a token.")


class CsrfFailed(DomainError):
    """A browser's cookie came without the token that proves the page is ours."""

    code = "csrf_failed"
    sentence = _("Send the CSRF token in the header X-CSRFToken with the session cookie.")


class BadToken(Unauthorized):
    """A token that is no good: unknown, expired, revoked, or its program switched off."""


class NotGranted(DomainError):
    """A good token that wasn't given for this."""

    code = "forbidden"
    sentence = _("This token was not given for that.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and the name that limits are counted under."""

    actor: Actor
    name: str


def caller(request: Request, meter: Meter) -> Caller:
    """Who is calling. Raises Unauthorized, CsrfFailed, NotGranted and RateLimited."""
    header = request.META.get("HTTP_AUTHORIZATION")
    found = _browser(request) if header is None else _program(request._request, header, meter)
    scopes = found.actor.scopes
    needed = tokens.READ if request.method in READS else tokens.WRITE
    if scopes is not None and needed not in scopes:
        raise NotGranted(scope=needed)
    meter.count("api", found.name)
    return found


def _program(request: HttpRequest, header: str, meter: Meter) -> Caller:
    kind, _space, secret = header.partition(" ")
    try:
        if kind.lower() != "bearer":
            raise Unauthorized
        return _bearer(secret.strip())
    except DomainError:
        # Guessing is counted by the address it comes from; a good token is never slowed by it.
        meter.count("api_refused", base.client_ip(request))
        raise


def _bearer(secret: str) -> Caller:
    """Told apart by their first letters. Raises BadToken."""
    try:
        if secret.startswith(tokens.PREFIX):
            mine = tokens.bearer(secret)
            return Caller(mine.actor, f"token:{mine.token.pk}")
        who = bearers.bearer(secret)
    except (tokens.TokenRefused, TokenRefused) as why:
        raise BadToken(str(why)) from None
    name = f"client:{who.client.client_id}" if who.client else f"bearer:{who.token_id}"
    return Caller(who.actor, name)


def _browser(request: Request) -> Caller:
    user = getattr(request._request, "user", None)
    if not isinstance(user, User) or not user.is_active:
        raise Unauthorized
    if request.method not in READS:
        try:
            SessionAuthentication().enforce_csrf(request)
        except PermissionDenied:
            raise CsrfFailed from None
    return Caller(Actor(user=user, door="api"), f"user:{user.pk}")


def challenge(why: Exception) -> str:
    """What to send along with a refusal (RFC 6750 section 3)."""
    if isinstance(why, BadToken):
        return 'Bearer realm="rally", error="invalid_token"'
    if isinstance(why, NotGranted):
        return f'Bearer realm="rally", error="insufficient_scope", scope="{why.facts["scope"]}"'
    return 'Bearer realm="rally"'
