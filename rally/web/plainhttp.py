"""In production, plain http never reaches an API: a redirect would hide that secrets leaked.

Pages are redirected by Django's own middleware; programs are told, each in its dialect.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from rally.api.sprocket import answers, errors
from rally.api.sprocket.answers import JSON, XML, Answer

Handler = Callable[[HttpRequest], HttpResponseBase]
AUTHORIZE = "/sprocket/auth/oauth2/authorize"


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
    told = errors.insecure()
    sentence = told["errorMessage"]
    if path.startswith("/api/"):
        about = {"code": "https_required", "message": sentence, "details": {}}
        return JsonResponse({"ok": False, "error": about}, status=403)
    if path in {"/v1/token", "/v1/partnertoken"}:
        rfc = {"error": "invalid_request", "error_description": sentence}
        return JsonResponse(rfc, status=403)
    if path.startswith(("/v1/", "/v3/")):
        envelope = {
            "Message": sentence, "Ok": False, "Error": sentence, "Result": None, "Metadata": None,
        }  # fmt: skip
        return JsonResponse(envelope, status=403)
    if path.startswith("/sprocket/auth/"):
        rfc = {"error": "invalid_request", "error_description": sentence}
        return JsonResponse(rfc | told, status=403)
    if path.startswith("/sprocket/"):
        kind = XML if "xml" in request.headers.get("Accept", "") else JSON
        return answers.written(Answer(told, "Error"), kind, status=403)
    return None
