"""The pages for Sprocket. Open to everybody, the same for everybody, without a query."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import scopes
from rally.api.sprocket import asking, errors, faults, openapi, parameters, samples
from rally.api.sprocket.batch import MOST
from rally.api.sprocket.calls import Endpoint, Takes
from rally.api.sprocket.endpoints import BASE, VERSION
from rally.api.sprocket.fields import Table
from rally.web.developers.dialects import DIALECTS
from rally.web.developers.sprocket import guide, snippets
from rally.web.developers.sprocket.sections import SECTIONS, named


def _show(request: HttpRequest, template: str, here: str, **context: Any) -> HttpResponse:
    entries = [
        ("sprocket", "Sprocket", reverse("developers:sprocket")),
        ("oauth", _("OAuth"), reverse("developers:sprocket-oauth")),
        *((one.key, str(one.words), reverse("developers:sprocket-section", args=[one.key]))
          for one in SECTIONS),
        ("objects", _("Objects"), reverse("developers:sprocket-objects")),
    ]  # fmt: skip
    frame = {"here": here, "sections": entries, "dialects": DIALECTS, "base": f"/{BASE}"}
    return render(request, f"developers/sprocket/{template}.html", frame | context)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """GET /developers/sprocket/: base address, authorization, lists, formats, batches, errors."""
    return _show(
        request, "start", "sprocket", title="Sprocket", version=VERSION,
        base_url=f"{settings.RALLY_BASE_URL}/{BASE}", sections_with=SECTIONS,
        scopes=scopes.SCOPES.values(), default_scopes=scopes.DEFAULT,
        errors=_errors(errors.MEANING),
        rate=settings.RALLY_RATES["api"], failures=settings.RALLY_RATES["oauth_failures"],
        most=MOST, usual=asking.USUAL_PAGE, longest=asking.LONGEST_PAGE,
        filters=asking.MOST_FILTERS, changes=guide.CHANGES,
    )  # fmt: skip


@require_safe
def oauth(request: HttpRequest) -> HttpResponse:
    """GET /developers/sprocket/oauth/: the whole walk-through."""
    return _show(request, "oauth", "oauth", title=_("OAuth 2.0, step by step"), steps=guide.STEPS,
                 metadata=guide.METADATA, base_url=settings.RALLY_BASE_URL)  # fmt: skip


@require_safe
def objects(request: HttpRequest) -> HttpResponse:
    """GET /developers/sprocket/objects/: every object, field by field."""
    found = openapi.tables().values()
    return _show(request, "objects", "objects", title=_("Objects"), objects=found)


@require_safe
def section(request: HttpRequest, key: str) -> HttpResponse:
    """GET /developers/sprocket/{section}/: its calls, each with all there is to know."""
    found = named(key)
    if found is None:
        raise Http404
    shown = [described(one) for one in found.endpoints]
    return _show(request, "section", key, title=str(found.words), calls=shown)


def described(endpoint: Endpoint) -> dict[str, Any]:
    """A call as its card shows it."""
    body = samples.body(endpoint)
    batch = endpoint.takes == Takes.MANY
    only_batch = samples.is_batch(endpoint)
    answer = samples.batch_answer(endpoint) if only_batch else samples.answer(endpoint)
    summary, _break, more = endpoint.about.partition("\n")
    return {
        "row": endpoint, "summary": summary, "more": more.strip(), "batch": batch,
        "many": MOST, "parameters": [*parameters.of(endpoint), *parameters.sent(endpoint)],
        "filters": _queries(endpoint.table, "filters") if endpoint.lists else [],
        "sorts": _queries(endpoint.table, "sorts") if endpoint.lists else [],
        "request": samples.both(body) if body else (), "answer": samples.both(answer),
        "errors": _errors(faults.of(endpoint)), "snippets": snippets.of(endpoint),
        "variables": snippets.variables(endpoint),
    }  # fmt: skip


def _queries(table: Table, does: str) -> list[str]:
    return [
        f"{table.prefix}.{path}"
        for query in table.queries
        if getattr(query, does)
        for path in (query.path, *query.aliases)
    ]


def _errors(numbers: Any) -> list[dict[str, Any]]:
    return [
        {"number": number, "status": errors.MEANING[number][0], "words": errors.MEANING[number][1]}
        for number in numbers
    ]
