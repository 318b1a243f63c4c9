"""The APIs this site speaks: one row each, with where its pages and its schema are.

A dialect joins the portal by its row here; the frame, the navigation and the schema's address
are made of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rally.api.rallyup import openapi as rallyup
from rally.api.sprocket import openapi as sprocket
from rally.api.sprocket.endpoints import BASE
from rally.web.developers import openapi


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API. `start` is the first page of its documents, `schema` makes its OpenAPI."""

    key: str
    name: str | Promise
    words: str | Promise
    base: str
    start: str
    schema: Callable[[], dict[str, Any]] | None = None


DIALECTS = (
    Dialect(
        "tiles", "Rally Tiles", _("Boards, holds, payments, campaigns, gifts: JSON in camelCase."),
        "/api", "/developers/tiles/boards/", openapi.document,
    ),
    Dialect(
        "sprocket", "Sprocket",
        _("Users, teams, donations, campaigns: JSON and XML, OAuth 2.0, batches."),
        f"/{BASE}", "/developers/sprocket/", lambda: sprocket.document(settings.RALLY_BASE_URL),
    ),
    Dialect(
        "rallyup", "RallyUp",
        _("An organization's own data, and partners' organizations: forms in, JSON in PascalCase."),
        "/v1, /v3", "/developers/rallyup/", lambda: rallyup.document(settings.RALLY_BASE_URL),
    ),
)  # fmt: skip


def named(key: str) -> Dialect | None:
    """The dialect of that key."""
    return next((dialect for dialect in DIALECTS if dialect.key == key), None)
