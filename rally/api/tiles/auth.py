"""Who calls the authenticated routes: a program with its token, or a signed-in browser.

A token comes as `Authorization: Bearer`; the cookie needs the CSRF token as well for whatever
changes something. What is in the header counts: a cookie beside it is not looked at.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts import tokens
from accounts.actors import Actor
from accounts.models import User
from accounts.rights import ScopeLacking
from rally.api.tiles.limits import Meter
from rally.kit.errors import DomainError
from rally.web import base

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Unauthorized(DomainError):
    """Nobody is logged in."""

    code = "unauthorized"
    sentence = _("Please sign in, or send a token.")


class CsrfFailed(DomainError):
    """A browser's cookie came without the token that proves the page is ours."""

    code = "csrf_failed"
    sentence = _("Send the CSRF token in the header X-CSRFToken with the session cookie.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and the name that limits are counted under."""

    actor: Actor
    name: str


def caller(request: Request, meter: Meter) -> Caller:
    """Who is calling. Raises Unauthorized, CsrfFailed, ScopeLacking and RateLimited."""
    header = request.META.get("HTTP_AUTHORIZATION")
    found = _browser(request) if header is None else _program(request._request, header, meter)
    scopes = found.actor.scopes
    if scopes is not None:
        needed = tokens.READ if request.method in SAFE else tokens.WRITE
        if needed not in scopes:
            raise ScopeLacking(scope=needed)
    meter.count("api_caller", found.name)
    return found


def _program(request: HttpRequest, header: str, meter: Meter) -> Caller:
    scheme, _space, secret = header.partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise Unauthorized
        found = tokens.bearer(secret)
    except DomainError:
        # Guessing is counted by the address it comes from; a good token is never slowed by it.
        meter.count("api_refused", base.client_ip(request))
        raise
    return Caller(found.actor, f"token:{found.token.pk}")


def _browser(request: Request) -> Caller:
    user = getattr(request._request, "user", None)
    if not isinstance(user, User) or not user.is_active:
        raise Unauthorized
    if request.method not in SAFE:
        try:
            SessionAuthentication().enforce_csrf(request)
        except PermissionDenied:
            raise CsrfFailed from None
    return Caller(Actor(user=user, door="api"), f"user:{user.pk}")
