"""What every request goes through: an id, the true client address, headers, a size limit."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    UnreadablePostError,
)
from django.shortcuts import render

from rally.kit import bodies, ids, logs

Handler = Callable[[HttpRequest], HttpResponseBase]
LONGEST_URL = 8_000
LONGEST_HEADER = 8_000
# The numbers are those of that dialect's own table; pages don't look into dialects.
SPROCKET, RALLYUP = "/sprocket/v2/", ("/v1/", "/v3/")
TOKENS = ("/v1/token", "/v1/partnertoken")
DIALECTS = (SPROCKET, *RALLYUP)
NUMBERS, UNREADABLE = {401: 10000, 500: 50000}, 20005
REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")


class RequestIdMiddleware:
    """Names each request in the logs and in `X-Request-Id`, keeping a sane one we are given."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        name = given if REQUEST_ID.match(given) else ids.short()
        token = logs.request_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-Id"] = name
        return response


class ProxyMiddleware:
    """Believes forwarded headers only from as many proxies as the settings name.

    With RALLY_PROXIES = n the client is the n-th address from the right; anything further
    left was written by the client and would let it choose its own rate limit.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.RALLY_PROXIES:
            chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
            if len(chain) >= settings.RALLY_PROXIES and chain[-settings.RALLY_PROXIES]:
                request.META["REMOTE_ADDR"] = chain[-settings.RALLY_PROXIES]
            if request.headers.get("X-Forwarded-Proto") == "https":
                request.META["wsgi.url_scheme"] = "https"
        return self.get_response(request)


class ContentSecurityPolicyMiddleware:
    """Sends SECURE_CSP as Django 6 will; nothing on our pages is inline.

    Source: MDN "Content-Security-Policy"; setting names of Django 6's own middleware.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = "; ".join(
            f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items()
        )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        return response


class BadInputMiddleware:
    """Turns away what no view could read: endless addresses, NUL in a path, huge headers."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if len(request.META.get("QUERY_STRING", "")) + len(request.path) > LONGEST_URL:
            return refuse(request, 414, "The address is too long.")
        if "\x00" in request.path or "\x00" in request.META.get("QUERY_STRING", ""):
            return refuse(request, 400, "The address has a character that can't be used.")
        if len(request.META.get("HTTP_AUTHORIZATION", "")) > LONGEST_HEADER:
            return _header_too_long(request)
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            # A body of unknown length reads as empty (PEP 3333): better to say so.
            return refuse(request, 400, "Send the body with a Content-Length.")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, why: Exception) -> HttpResponse | None:
        """A form whose body did not come is no mistake of ours."""
        if bodies.busy(why):
            answer = refuse(request, 503, "Please try again in a moment.")
            answer["Retry-After"] = str(bodies.RETRY_SECONDS)
            return answer
        if isinstance(why, UnreadablePostError):
            return refuse(request, 400, "The request can't be read.")
        return None


def refuse(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """An answer in the shape the asker can read: each dialect's own, a page elsewhere."""
    if request.path.startswith(SPROCKET):
        number = NUMBERS.get(status, UNREADABLE)
        told = {"errorCode": number, "errorMessage": sentence, "httpStatus": status}
        return JsonResponse(told, status=status)
    if request.path.startswith(RALLYUP):
        return _rallyup(request, status, sentence)
    if request.path.startswith("/api/"):
        error = {"code": "invalid_request", "message": sentence, "details": {}}
        return JsonResponse({"ok": False, "error": error}, status=status)
    return render(request, "400.html", {"sentence": sentence}, status=status)


def _rallyup(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """That dialect answers statuses of its own list alone."""
    status = status if status in {401, 403, 404, 500, 503} else 400
    if request.path in TOKENS:
        told = {"error": "invalid_request", "error_description": sentence}
        return JsonResponse(told, status=status)
    message, error = sentence, sentence
    if status == 401:
        message, error = "Authorization has been denied for this request.", "Unauthorized"
    body = {"Message": message, "Ok": False, "Error": error, "Result": None, "Metadata": None}
    return JsonResponse(body, status=status)


def _header_too_long(request: HttpRequest) -> HttpResponse:
    """No token is that long, so in a dialect that tells tokens apart it's an unknown one."""
    realm = "Sprocket" if request.path.startswith(SPROCKET) else "RallyUp"
    if not request.path.startswith(DIALECTS) or request.path in TOKENS:
        return refuse(request, 400, "A header is too long.")
    answer = refuse(request, 401, "The Authorization header is too long.")
    answer["WWW-Authenticate"] = f'Bearer realm="{realm}"'
    return answer
