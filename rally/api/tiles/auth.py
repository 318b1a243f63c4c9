"""Who calls the authenticated routes: a logged-in browser with its CSRF token."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.actors import Actor
from rally.kit.errors import DomainError


class Unauthorized(DomainError):
    """Nobody is logged in."""

    code = "unauthorized"
    sentence = _("Please sign in, or send a token.")


class CsrfFailed(DomainError):
    """A browser's cookie came without the token that proves the page is ours."""

    code = "csrf_failed"
    sentence = _("Send the CSRF token in the header X-CSRFToken with the session cookie.")


def actor(request: Request) -> Actor:
    """The actor behind a call. Raises Unauthorized or CsrfFailed.

    Reads need the session alone; anything else needs the CSRF token as well.
    """
    user = getattr(request._request, "user", None)
    if user is None or not user.is_authenticated or not user.is_active:
        raise Unauthorized
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        try:
            SessionAuthentication().enforce_csrf(request)
        except PermissionDenied:
            raise CsrfFailed from None
    return Actor(user=user, door="api")
