"""The addresses under /v1/ and /v3/, out of the table of endpoints."""

import re

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, re_path
from django.views.decorators.http import require_safe

from rally.api.rallyup import openapi, token
from rally.api.rallyup.endpoints import by_path
from rally.api.rallyup.views import RallyUpView, UnknownView

app_name = "rallyup"
NAME = re.compile(r"\{(\w+)\}")


def _pattern(path: str) -> str:
    # What stands in an id's place is looked at by the act: letters are another mistake than
    # an id that isn't there.
    return "^" + NAME.sub(r"(?P<\1>[^/]+)", path) + "$"


@require_safe
def description(request: HttpRequest) -> JsonResponse:
    """GET /v1/openapi.json, for everybody."""
    answer = JsonResponse(openapi.document(settings.RALLY_BASE_URL))
    answer["Cache-Control"] = "public, max-age=300"
    return answer


urlpatterns: list[URLPattern] = [
    re_path(r"^v1/token$", token.organization),
    re_path(r"^v1/partnertoken$", token.partner),
    re_path(r"^v1/openapi\.json$", description),
    *(
        re_path(_pattern(path), RallyUpView.as_view(endpoints=endpoints))
        for path, endpoints in by_path().items()
    ),
    re_path(r"^v[13](/.*)?$", UnknownView.as_view()),
]
