"""Refusals as RFC 6749 section 5.2 words them, with the dialect's number beside them.

Descriptions stay in English: the RFC allows plain ASCII only, and developers read them.
"""

from typing import Any

from django.http import JsonResponse

from accounts.oauth_errors import ClientDisabled, ClientRefused, GrantRefused
from accounts.scopes import UnknownScope
from rally.kit.errors import DomainError, RateLimited

CHALLENGE = 'Basic realm="sprocket", charset="UTF-8"'


class OAuthError(Exception):
    """An answer: HTTP status, the RFC's word, a description, and the dialect's number."""

    def __init__(self, status: int, error: str, description: str, number: int) -> None:
        self.status, self.error, self.number = status, error, number
        super().__init__(description)


def invalid_request(description: str) -> OAuthError:
    """The request itself is wrong: a parameter is missing, doubled or unreadable."""
    return OAuthError(400, "invalid_request", description, 20001)


def invalid_client(description: str) -> OAuthError:
    """The program didn't prove who it is."""
    return OAuthError(401, "invalid_client", description, 10004)


def translated(why: DomainError) -> OAuthError:
    """The core's refusals in the RFC's words."""
    if isinstance(why, ClientDisabled):
        return invalid_client("This client has been disabled.")
    if isinstance(why, ClientRefused):
        return invalid_client("The client id or the client secret is wrong.")
    if isinstance(why, GrantRefused):
        words = "The code or refresh token is unknown, used, expired, revoked or not yours."
        return OAuthError(400, "invalid_grant", words, 10002)
    if isinstance(why, UnknownScope):
        words = "A scope doesn't exist or wasn't granted."
        return OAuthError(400, "invalid_scope", words, 10003)
    if isinstance(why, RateLimited):
        words = "Too many requests. Wait as long as Retry-After says."
        return OAuthError(429, "temporarily_unavailable", words, 40001)
    return invalid_request("The request can't be used.")


def answer(error: OAuthError, retry_after: int = 0) -> JsonResponse:
    """The error as it goes over the wire, never to be cached."""
    body: dict[str, Any] = {
        "error": error.error,
        "error_description": str(error),
        "errorCode": error.number,
        "errorMessage": str(error),
        "httpStatus": error.status,
    }
    response = private(JsonResponse(body, status=error.status))
    if error.status == 401:
        response["WWW-Authenticate"] = CHALLENGE
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def private(response: JsonResponse) -> JsonResponse:
    """Kept by nobody on the way (RFC 6749 section 5.1)."""
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response
