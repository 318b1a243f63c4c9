"""The addresses under /sprocket/v2/, out of the table of endpoints."""

import re

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, re_path
from django.views.decorators.http import require_safe

from rally.api.sprocket import openapi
from rally.api.sprocket.endpoints import by_path
from rally.api.sprocket.views import SprocketView, UnknownView

app_name = "sprocket"
NAME = re.compile(r"\{(\w+)\}")


def _pattern(path: str) -> str:
    # Ids beyond any row are 404 by this pattern, before a database sees them.
    return "^" + NAME.sub(r"(?P<\1>[0-9]{1,18})", path) + "$"


@require_safe
def description(request: HttpRequest) -> JsonResponse:
    """GET /sprocket/v2/openapi.json, for everybody."""
    answer = JsonResponse(openapi.document(settings.RALLY_BASE_URL))
    answer["Cache-Control"] = "public, max-age=300"
    return answer


urlpatterns: list[URLPattern] = [
    *(
        re_path(_pattern(path), SprocketView.as_view(endpoints=endpoints))
        for path, endpoints in by_path().items()
    ),
    re_path(r"^openapi\.json$", description),
    re_path("", UnknownView.as_view()),
]
