"""The APIs this site speaks: one row each, with where its pages and its schema are.

A dialect joins the portal by its row here; the frame, the navigation and the schema's address
are made of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
)  # fmt: skip


def named(key: str) -> Dialect | None:
    """The dialect of that key."""
    return next((dialect for dialect in DIALECTS if dialect.key == key), None)
