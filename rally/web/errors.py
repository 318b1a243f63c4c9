"""Error pages; whoever asked at an API is answered in its dialect."""

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.utils.translation import gettext as _

from rally.web import middleware

CODES = {
    400: "invalid_request", 403: "forbidden", 404: "not_found", 413: "too_large", 500: "internal",
}  # fmt: skip


def _answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        error = {"code": CODES[status], "message": sentence, "details": {}}
        return JsonResponse({"ok": False, "error": error}, status=status)
    if request.path.startswith(middleware.DIALECTS):
        return middleware.refuse(request, status, sentence)
    try:
        return render(request, f"{status}.html", {"sentence": sentence}, status=status)
    except TemplateDoesNotExist:
        return HttpResponse(sentence, status=status, content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, and 413 for what is larger than we take."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return _answer(
            request, 413, _("That is more than can be sent at once. Nothing was changed.")
        )
    return _answer(request, 400, _("The request can't be read."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _answer(request, 403, _("You can't do that here."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _answer(request, 404, _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without anything that could fail again."""
    return _answer(request, 500, _("Something went wrong on our side. Nothing was charged."))
