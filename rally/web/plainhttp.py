"""In production, plain http never reaches an API: a redirect would hide that secrets leaked.

Pages are redirected by Django's own middleware; programs are told, each in its dialect.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

Handler = Callable[[HttpRequest], HttpResponseBase]
SENTENCE = "Use https. What was sent over plain http should be regarded as known to others."
AUTHORIZE = "/sprocket/auth/oauth2/authorize"
NUMBER = 10006


class PlainHttpMiddleware:
    """Answers 403 to an insecure call of an API. Health checks come from inside, so they pass."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        insecure = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        refused = refusal(request) if insecure else None
        return refused or self.get_response(request)


def refusal(request: HttpRequest) -> HttpResponse | None:
    """The words of the dialect whose address was called; None for pages and health checks."""
    path = request.path
    if path == "/api/healthz" or path == AUTHORIZE:
        return None
    if path.startswith("/api/"):
        return JsonResponse(
            {"ok": False, "error": {"code": "https_required", "message": SENTENCE, "details": {}}},
            status=403,
        )
    if path in {"/v1/token", "/v1/partnertoken"}:
        return _json({"error": "invalid_request", "error_description": SENTENCE})
    if path.startswith(("/v1/", "/v3/")):
        told = {"Message": SENTENCE, "Ok": False, "Error": SENTENCE}
        return _json(told | {"Result": None, "Metadata": None})
    if path.startswith("/sprocket/auth/"):
        about = {"error": "invalid_request", "error_description": SENTENCE}
        return JsonResponse(about | _sprocket(), status=403)
    if path.startswith("/sprocket/"):
        return _xml() if "xml" in request.headers.get("Accept", "") else _json(_sprocket())
    return None


def _sprocket() -> dict[str, Any]:
    return {"errorCode": NUMBER, "errorMessage": SENTENCE, "httpStatus": 403}


def _json(body: dict[str, Any]) -> JsonResponse:
    return JsonResponse(body, status=403)


def _xml() -> HttpResponse:
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in _sprocket().items())
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<Error>{inside}</Error>'
    return HttpResponse(text, content_type="application/xml; charset=utf-8", status=403)
