"""A developer asks for an app to be let in; staff decide; the developer takes its keys."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, clients, deciding, outbox, redirects
from accounts.actors import Actor
from accounts.deciding import Matter
from accounts.models import ApiClient, AppRequest
from accounts.rights import Forbidden
from accounts.scopes import SCOPES, UnknownScope, ordered, written
from rally.kit import text
from rally.kit.errors import DomainError, InvalidInput

MOST_WAITING = 5
APP = Matter("app", about="user", made="client", fact="app")
Status = AppRequest.Status
_site = URLValidator(schemes=["http", "https"])
__all__ = ["SCOPES", "approve", "ask", "new_secret", "refuse"]


class TooManyWaiting(DomainError):
    """One developer asks for more than anybody can look at."""

    code = "conflict"
    sentence = gettext_lazy("Several of your apps wait for an answer already.")


class NotApproved(DomainError):
    """There are no keys before somebody approved it."""

    code = "conflict"
    sentence = gettext_lazy("This app isn't approved, or it was switched off.")


def ask(
    by: Actor, *, name: str, site: str, redirect_uris: str, scopes: list[str], purpose: str
) -> AppRequest:
    """Describe an app; staff hear of it. Raises Forbidden, InvalidInput, TooManyWaiting."""
    if by.user is None or by.scopes is not None:
        raise Forbidden
    if not scopes or set(scopes) - set(ordered(scopes)):
        raise UnknownScope(field="scopes")
    asked = AppRequest(
        user=by.user, name=_line(name, "name", 100), site=_address(site), scopes=written(scopes),
        redirect_uris=_redirects(redirect_uris), purpose=_words(purpose),
    )  # fmt: skip
    with transaction.atomic():
        if AppRequest.objects.filter(user=by.user, status=Status.PENDING).count() >= MOST_WAITING:
            raise TooManyWaiting
        asked.save()
        audit.record("app.asked", about=asked, by=by.user, door=by.door)
        outbox.announce("app.asked", key=str(asked.pk), facts={"app": asked.pk})
    return asked


def approve(request: AppRequest, by: Actor) -> ApiClient:
    """Make its client. Again changes nothing. Raises Forbidden and AlreadyDecided.

    Nobody has seen its secret: the developer takes one on their own page.
    """
    _staff_only(by)

    def make(asked: AppRequest) -> None:
        made, _secret = clients.register(name=asked.name, redirect_uris=asked.redirect_uris, by=by)
        ApiClient.objects.filter(pk=made.pk).update(user=asked.user)
        asked.client = made

    deciding.approve(request, by, APP, make)
    if request.client is None:
        raise NotApproved
    return request.client


def refuse(request: AppRequest, by: Actor, reason: str) -> None:
    """Turn it down, with a reason the developer reads. Again changes nothing.

    Raises Forbidden, ReasonNeeded and AlreadyDecided.
    """
    _staff_only(by)
    deciding.refuse(request, by, APP, reason)


def new_secret(request: AppRequest, by: Actor) -> str:
    """Another secret for one's own app; the one before stops working. Shown this once.

    Raises Forbidden and NotApproved.
    """
    if by.user is None or by.user.pk != request.user_id or by.scopes is not None:
        raise Forbidden
    client = request.client
    if client is None or client.disabled_at is not None:
        raise NotApproved
    return clients.reissue_secret(client, by)


def _staff_only(by: Actor) -> None:
    if not by.is_staff or by.door == "page":
        raise Forbidden


def _line(value: str, field: str, most: int) -> str:
    value = text.one_line(value)
    if text.has_forbidden(value) or not text.is_visible(value) or len(value) > most:
        raise InvalidInput(_("Please use up to %(n)d characters.") % {"n": most}, field=field)
    return value


def _words(value: str) -> str:
    value = text.paragraphs(value)
    if text.has_forbidden(value) or not text.is_visible(value) or len(value) > 2000:
        raise InvalidInput(_("Please use up to 2,000 characters."), field="purpose")
    return value


def _address(value: str) -> str:
    value = value.strip()
    try:
        _site(value)
    except ValidationError:
        raise InvalidInput(_("This isn't an address of a website."), field="site") from None
    return value[:200]


def _redirects(value: str) -> str:
    """One https address a line, checked as those of every client are."""
    lines = [line for line in re.split(r"\s+", value) if line]
    if any(not line.startswith("https://") for line in lines):
        raise InvalidInput(_("Use https addresses, one a line."), field="redirect_uris")
    return redirects.checked("\n".join(lines))
