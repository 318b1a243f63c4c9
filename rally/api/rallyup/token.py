"""POST /v1/token and /v1/partnertoken: a machine's login and secret for a bearer of seven days.

The body is a form, whether it is called one or not. Answers and refusals are JSON whatever is
asked for; refusals are worded after RFC 6749, 5.2, as programs written for this API expect.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from accounts import machines
from accounts.oauth_errors import GrantRefused
from rally.api.rallyup import answers, asking
from rally.api.rallyup.basic import basic
from rally.kit import bodies
from rally.kit.errors import DomainError, RateLimited
from rally.web import base

logger = logging.getLogger(__name__)
LARGEST_BODY = 8_192
# What may never stand in an address: it would be in logs and histories.
SECRETS = {"password", "client_secret", "access_token"}
Form = dict[str, str]


class TokenError(Exception):
    """A refusal: HTTP status, the RFC's word, and a description in plain ASCII."""

    def __init__(self, status: int, error: str, words: str, retry_after: int = 0) -> None:
        self.status, self.error, self.retry_after = status, error, retry_after
        super().__init__(words)


def _invalid(words: str) -> TokenError:
    return TokenError(400, "invalid_request", words)


def _endpoint(kind: str) -> Callable[[HttpRequest], HttpResponse]:
    @csrf_exempt
    @functools.wraps(_answer)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            told = _answer(request, partner=kind == "partner")
            return answers.private(JsonResponse(told))
        except TokenError as why:
            return _refused(why)
        except RateLimited as why:
            words = "Too many requests. Wait as long as Retry-After says."
            return _refused(TokenError(429, "temporarily_unavailable", words, why.retry_after))
        except DomainError:
            return _refused(_invalid("The request can't be used."))
        except (DatabaseError, InterfaceError):
            logger.exception("The database can't be used")
            words = "Try again in a moment."
            return _refused(TokenError(503, "temporarily_unavailable", words, 5))
        except UnreadablePostError as why:
            if bodies.busy(why):
                words = "Try again in a moment."
                return _refused(TokenError(503, "temporarily_unavailable", words, 2))
            return _refused(_invalid("The body can't be read."))

    return view


def _answer(request: HttpRequest, partner: bool) -> dict[str, Any]:
    if request.method != "POST":
        raise TokenError(405, "invalid_request", "This address only takes POST.")
    form = _form(request)
    login, secret = _login(request, form)
    who = f"rallyup {login[:64]} {base.client_ip(request)}"
    base.held_off("oauth_failures", who)
    grant = form.get("grant_type")
    if grant is None:
        raise _invalid("The parameter grant_type is missing.")
    if grant != "password":
        raise TokenError(400, "unsupported_grant_type", "grant_type must be password.")
    try:
        issued = machines.exchange(login, secret, partner=partner)
    except GrantRefused:
        base.limited("oauth_failures", who)
        words = "The login or the secret is wrong."
        raise TokenError(400, "invalid_grant", words) from None
    return {
        "access_token": issued.token,
        "token_type": "bearer",
        "expires_in": machines.SECONDS,
        "UserName": issued.login,
        ".issued": http_date(issued.issued_at.timestamp()),
        ".expires": http_date(issued.expires_at.timestamp()),
    }


def _form(request: HttpRequest) -> Form:
    """The fields, each once, by names in lower case; what isn't known is let be."""
    if SECRETS & {name.lower() for name in request.GET}:
        raise _invalid("Send the parameters in the body of the request, as a form.")
    body = asking.read(request)
    if len(body) > LARGEST_BODY:
        raise _invalid("The body is too large.")
    fields: Form = {}
    for name, value in asking.form(body):
        if "\x00" in name + value:
            raise _invalid("A parameter has a character that can't be used.")
        if fields.setdefault(name.lower(), value) != value:
            raise _invalid("A parameter was sent twice.")
    return {name: value for name, value in fields.items() if value}


def _login(request: HttpRequest, form: Form) -> tuple[str, str]:
    """Login and secret: of the Basic header if there is one, which counts before the form.

    Some programs send a person's own login in the form beside it; that is never looked at.
    """
    if "HTTP_AUTHORIZATION" in request.META:
        pair = basic(request)
        if pair is None:
            raise TokenError(400, "invalid_grant", "The Authorization header can't be used.")
        return pair
    return form.get("username", ""), form.get("password", "")


def _refused(why: TokenError) -> HttpResponse:
    body = {"error": why.error, "error_description": str(why)}
    answer = answers.private(JsonResponse(body, status=why.status))
    if why.status == 405:
        answer["Allow"] = "POST"
    if why.retry_after:
        answer["Retry-After"] = str(why.retry_after)
    return answer


organization = _endpoint("organization")
partner = _endpoint("partner")
