"""The portal's documents. Open to everybody, the same for everybody."""

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import tokens
from rally.api.tiles import contract
from rally.api.tiles.contract import Operation
from rally.api.tiles.operations import OPERATIONS, SECTIONS
from rally.web.developers import guide, openapi, snippets
from rally.web.developers.dialects import DIALECTS, named

ERRORS = (
    (400, "invalid_request"), (401, "unauthorized"), (403, "forbidden"), (404, "not_found"),
    (409, "slot_unavailable"), (410, "hold_expired"), (413, "too_large"),
    (415, "unsupported_media_type"), (429, "rate_limited"), (500, "internal"),
    (503, "unavailable"),
)  # fmt: skip


def _show(request: HttpRequest, template: str, here: str, **context: Any) -> HttpResponse:
    entries = [
        (key, str(words), reverse("developers:section", args=[key]))
        for key, words in SECTIONS.items()
    ]
    frame = {"here": here, "sections": entries, "dialects": DIALECTS}
    return render(request, template, frame | context)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """GET /developers/: the guide, from the first call to getting access."""
    return _show(
        request, "developers/start.html", "start", title=_("Developer documentation"),
        base_url=settings.RALLY_BASE_URL, quick=guide.GUIDE["quick-start"],
        integration=guide.GUIDE["integration"], verify=guide.GUIDE["verify"], rates=guide.rates(),
        limits=guide.limits(), events=guide.events(), changes=guide.CHANGES,
        scopes=tokens.SCOPES.items(), errors=ERRORS, support=settings.RALLY_SUPPORT_EMAIL,
        index=[(str(words), [o for o in OPERATIONS if o.section == key], key)
               for key, words in SECTIONS.items()],
    )  # fmt: skip


@require_safe
def section(request: HttpRequest, key: str) -> HttpResponse:
    """GET /developers/tiles/{section}/: its endpoints, each with runnable examples."""
    if key not in SECTIONS:
        raise Http404
    shown = [described(one) for one in OPERATIONS if one.section == key]
    words = str(SECTIONS[key])
    return _show(request, "developers/section.html", key, title=words, operations=shown)


@require_safe
def schema_page(request: HttpRequest) -> HttpResponse:
    """GET /api/schema/: the schema to read; as JSON for whoever asks for that."""
    if "text/html" not in request.headers.get("Accept", ""):
        return schema(request, "tiles")
    found = openapi.document()
    rows = [
        {
            "verb": verb.upper(), "path": path, "about": about,
            "request": pretty(_schema_in(about.get("requestBody"))),
            "responses": [(status, one["description"], pretty(_schema_in(one)))
                          for status, one in about["responses"].items()],
        }
        for path, verbs in found["paths"].items()
        for verb, about in verbs.items()
    ]  # fmt: skip
    return _show(request, "developers/schema.html", "schema", title=_("Schema"), rows=rows,
                 version=found["openapi"])  # fmt: skip


@require_safe
def schema(request: HttpRequest, key: str) -> HttpResponse:
    """GET /api/schema/{dialect}.json."""
    dialect = named(key)
    if dialect is None or dialect.schema is None:
        raise Http404
    answer = JsonResponse(dialect.schema())
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def described(operation: Operation) -> dict[str, Any]:
    """An operation as its card shows it."""
    return {
        "row": operation,
        "path": operation.path + ("?" if operation.table or operation.query else ""),
        "who": _who(operation),
        "request": pretty(operation.body) if operation.body else "",
        "response": pretty(openapi.plain(operation.answer)),
        "parameters": openapi.parameters(operation),
        "failures": operation.fails,
        "snippets": snippets.of(operation),
    }


def _who(operation: Operation) -> str:
    return {
        contract.ANYBODY: _("Open to everybody"),
        contract.HOLDER: _("With the hold's owner token"),
        contract.MEMBER: _("With your token"),
        contract.STRIPE: _("Signed by Stripe"),
    }[operation.who]


def pretty(value: Any) -> str:
    """JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""


def _schema_in(holder: dict[str, Any] | None) -> Any:
    content = (holder or {}).get("content", {}).get("application/json", {})
    return content.get("schema")
