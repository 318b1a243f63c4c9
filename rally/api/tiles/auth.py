"""Who calls the authenticated routes: a browser with its CSRF token, or a program's token."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts import bearers
from accounts.actors import Actor
from accounts.oauth_errors import ScopeMissing, TokenRefused
from rally.kit.errors import DomainError
from rally.web import base

READS = {"GET", "HEAD", "OPTIONS"}


class Unauthorized(DomainError):
    """Nobody is logged in."""

    code = "unauthorized"
    sentence = _("Please sign in, or send a token.")


class CsrfFailed(DomainError):
    """A browser's cookie came without the token that proves the page is ours."""

    code = "csrf_failed"
    sentence = _("Send the CSRF token in the header X-CSRFToken with the session cookie.")


class BadToken(Unauthorized):
    """An access token that is no good: unknown, expired, revoked, or its program switched off."""


class NotGranted(DomainError):
    """A good token that wasn't given for this."""

    code = "forbidden"
    sentence = _("This token was not given for that.")


def actor(request: Request) -> Actor:
    """The actor behind a call. Raises Unauthorized, CsrfFailed, NotGranted or RateLimited.

    A token goes before the session, which browsers send by themselves. With the session,
    reads need nothing else; anything else needs the CSRF token as well.
    """
    if "Authorization" in request.headers:
        return _program(request)
    user = getattr(request._request, "user", None)
    if user is None or not user.is_authenticated or not user.is_active:
        raise Unauthorized
    if request.method not in READS:
        try:
            SessionAuthentication().enforce_csrf(request)
        except PermissionDenied:
            raise CsrfFailed from None
    return Actor(user=user, door="api")


def _program(request: Request) -> Actor:
    """A program that acts for somebody, in the organization it was let into."""
    kind, _space, token = request.headers["Authorization"].partition(" ")
    if kind.lower() != "bearer":
        raise Unauthorized
    needed = "tiles_read" if request.method in READS else "tiles_write"
    try:
        who = bearers.bearer(token.strip())
        who.require(needed)
    except TokenRefused as why:
        raise BadToken(str(why)) from None
    except ScopeMissing:
        raise NotGranted(scope=needed) from None
    if who.client is not None:
        base.limited("api", f"client:{who.client.client_id}")
    return who.actor


def challenge(why: Exception) -> str:
    """What to send along with a refusal (RFC 6750 section 3)."""
    if isinstance(why, BadToken):
        return 'Bearer realm="rally", error="invalid_token"'
    if isinstance(why, NotGranted):
        return f'Bearer realm="rally", error="insufficient_scope", scope="{why.facts["scope"]}"'
    return 'Bearer realm="rally"'
