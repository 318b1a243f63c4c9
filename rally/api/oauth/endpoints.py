"""What programs call to get, renew, give back and look at tokens."""

import datetime as dt
import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from accounts import bearers, codes, grants
from accounts.models import ApiClient
from accounts.oauth_errors import TokenRefused
from rally.api.limits import Meter
from rally.api.oauth import callers, errors, forms
from rally.api.oauth.errors import OAuthError
from rally.kit import clock
from rally.kit.errors import DomainError
from rally.web import base

logger = logging.getLogger(__name__)
CODE, REFRESH = "authorization_code", "refresh_token"


@dataclass(frozen=True, slots=True)
class Call:
    """A request with its form, the instant it came, and the limits it is counted under."""

    request: HttpRequest
    form: forms.Form
    began: dt.datetime
    meter: Meter

    def client(self, *, public: bool = True) -> ApiClient:
        """The program that calls. Raises OAuthError, ClientRefused, ClientDisabled."""
        return callers.client(self.request, self.form, public=public)


Endpoint = Callable[[Call], dict[str, Any]]


def endpoint(act: Endpoint) -> Callable[[HttpRequest], JsonResponse]:
    """POST only; every refusal as JSON; failures are counted and then not even looked at."""

    @csrf_exempt
    @functools.wraps(act)
    def view(request: HttpRequest) -> JsonResponse:
        began, meter = clock.now(), Meter()
        if request.method != "POST":
            wrong = OAuthError(405, "invalid_request", "This address only takes POST.", 20001)
            response = errors.answer(wrong)
            response["Allow"] = "POST"
            return response
        try:
            answer = _answer(act, request, began, meter)
        except DomainError as why:
            answer = errors.answer(errors.translated(why), getattr(why, "retry_after", 0))
        except OAuthError as why:
            answer = errors.answer(why)
        except UnreadablePostError:
            answer = errors.answer(errors.invalid_request("The body can't be read."))
        except (DatabaseError, InterfaceError):
            logger.exception("The database can't be used")
            down = OAuthError(503, "temporarily_unavailable", "Try again in a moment.", 50000)
            answer = errors.answer(down, 5)
        meter.write(answer)
        return answer

    return view


def _answer(act: Endpoint, request: HttpRequest, began: dt.datetime, meter: Meter) -> JsonResponse:
    form = forms.read(request)
    who = callers.counted_as(request, form)
    base.held_off("oauth_failures", who)
    try:
        return errors.private(JsonResponse(act(Call(request, form, began, meter))))
    except (DomainError, OAuthError) as why:
        if getattr(why, "retry_after", 0) == 0:
            base.limited("oauth_failures", who)
        raise


@endpoint
def token(call: Call) -> dict[str, Any]:
    """POST /sprocket/auth/oauth2/token: a code for tokens, or a refresh as standard clients do."""
    client, form = call.client(), call.form
    kind = forms.needed(form, "grant_type")
    if kind == REFRESH:
        return _refreshed(client, call)
    if kind != CODE:
        raise _unsupported()
    code = forms.needed(form, "code")
    issued = codes.redeem(
        client, code, form.get("redirect_uri"), form.get("code_verifier"), began=call.began
    )
    return _told(issued)


@endpoint
def refresh(call: Call) -> dict[str, Any]:
    """POST /sprocket/auth/oauth2/refresh: a new access token for a refresh token."""
    client, form = call.client(), call.form
    if forms.needed(form, "grant_type") != REFRESH:
        raise _unsupported()
    return _refreshed(client, call)


@endpoint
def revoke(call: Call) -> dict[str, Any]:
    """POST /sprocket/auth/oauth2/revoke (RFC 7009). Unknown tokens are fine: they're gone."""
    client, form = call.client(), call.form
    grants.give_back(client, forms.needed(form, "token"))
    return {}


@endpoint
def introspect(call: Call) -> dict[str, Any]:
    """POST /sprocket/auth/oauth2/introspect (RFC 7662): about a program's own tokens alone."""
    client = call.client(public=False)
    text = forms.needed(call.form, "token")
    return _about_access(client, text) or _about_refresh(client, text) or {"active": False}


def _refreshed(client: ApiClient, call: Call) -> dict[str, Any]:
    text = forms.needed(call.form, "refresh_token")
    call.meter.count("api", f"client:{client.client_id}")
    return _told(grants.refresh(client, text, call.form.get("scope")))


def _told(issued: grants.Issued) -> dict[str, Any]:
    told = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": issued.scope,
    }
    if issued.refresh_token:
        told["refresh_token"] = issued.refresh_token
    return told


def _unsupported() -> OAuthError:
    words = f"grant_type must be {CODE} or {REFRESH}, each at its own address."
    return OAuthError(400, "unsupported_grant_type", words, 20003)


def _about_access(client: ApiClient, text: str) -> dict[str, Any] | None:
    try:
        who = bearers.bearer(text)
    except TokenRefused:
        return None
    if who.client != client or who.user is None:
        return None
    return {
        "active": True,
        "client_id": client.client_id,
        "scope": " ".join(sorted(who.scopes)),
        "sub": who.user.public_id,
        "token_type": "Bearer",
        "exp": int(who.expires_at.timestamp()),
    }


def _about_refresh(client: ApiClient, text: str) -> dict[str, Any] | None:
    row = grants.live_refresh(client, text)
    if row is None:
        return None
    facts: dict[str, Any] = {
        "active": True,
        "client_id": client.client_id,
        "scope": row.scope,
        "sub": row.user.public_id,
    }
    if row.expires_at is not None:
        facts["exp"] = int(row.expires_at.timestamp())
    return facts
