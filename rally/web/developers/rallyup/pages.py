"""The pages for RallyUp. Open to everybody, the same for everybody, without a query."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts import machines
from accounts.webhooks import CAMPAIGN_ENDS, TRANSACTION_MADE
from rally.api.rallyup import openapi
from rally.api.rallyup.calls import Endpoint, Who
from rally.api.rallyup.endpoints import ENDPOINTS, VERSION
from rally.web.developers.dialects import DIALECTS
from rally.web.developers.rallyup import samples, snippets

ERRORS = (
    (400, gettext_lazy("Something that was sent can't be used; the sentence says what.")),
    (401, gettext_lazy("There is no token, or it is over: fetch another.")),
    (403, gettext_lazy("The token is for other calls, or the organization isn't yours to manage.")),
    (404, gettext_lazy("There is no such address or record, or it isn't yours.")),
    (405, gettext_lazy("The verb doesn't exist there, or the call is switched off for you.")),
    (429, gettext_lazy("Too many calls: wait as long as Retry-After says.")),
    (500, gettext_lazy("Our mistake.")),
    (503, gettext_lazy("Come back after as long as Retry-After says.")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """One page of calls: those whose address begins so."""

    key: str
    words: str | Promise
    prefix: str

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its calls, in the order of the table."""
        return [one for one in ENDPOINTS if one.path.startswith(self.prefix)]


SECTIONS = (
    Section("organization", gettext_lazy("Organization, pages"), "v1/api/"),
    Section("arrays", gettext_lazy("Organization, arrays"), "v3/api/"),
    Section("partner", gettext_lazy("Partner"), "v1/partnerapi/"),
)


def _show(request: HttpRequest, template: str, here: str, **context: Any) -> HttpResponse:
    entries = [
        ("rallyup", "RallyUp", reverse("developers:rallyup")),
        *((one.key, str(one.words), reverse("developers:rallyup-section", args=[one.key]))
          for one in SECTIONS),
        ("objects", _("Objects"), reverse("developers:rallyup-objects")),
    ]  # fmt: skip
    frame = {"here": here, "sections": entries, "dialects": DIALECTS}
    return render(request, f"developers/rallyup/{template}.html", frame | context)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """GET /developers/rallyup/: tokens, envelope, pages, errors, webhooks."""
    return _show(
        request, "start", "rallyup", title="RallyUp", version=VERSION, errors=ERRORS,
        base_url=settings.RALLY_BASE_URL, rate=settings.RALLY_RATES["api"],
        failures=settings.RALLY_RATES["oauth_failures"], seconds=machines.SECONDS,
        tokens=[snippets.token(Who.ORGANIZATION), snippets.token(Who.PARTNER)],
        sections_with=SECTIONS, events=(TRANSACTION_MADE, CAMPAIGN_ENDS),
    )  # fmt: skip


@require_safe
def objects(request: HttpRequest) -> HttpResponse:
    """GET /developers/rallyup/objects/: every object, key by key."""
    found = [one for one in openapi.tables().values() if one.fields]
    return _show(request, "objects", "objects", title=_("Objects"), objects=found)


@require_safe
def section(request: HttpRequest, key: str) -> HttpResponse:
    """GET /developers/rallyup/{section}/: its calls, each with all there is to know."""
    found = next((one for one in SECTIONS if one.key == key), None)
    if found is None:
        raise Http404
    calls = [described(one) for one in found.endpoints]
    return _show(request, "section", key, title=str(found.words), calls=calls)


def described(endpoint: Endpoint) -> dict[str, Any]:
    """A call as its card shows it."""
    summary, _break, more = endpoint.about.partition("\n")
    answer = json.dumps(samples.answer(endpoint), indent=2, ensure_ascii=False)
    return {
        "row": endpoint, "name": anchor(endpoint), "summary": summary, "more": more.strip(),
        "answer": answer, "snippets": snippets.of(endpoint),
        "variables": snippets.variables(endpoint),
    }  # fmt: skip


def anchor(endpoint: Endpoint) -> str:
    """What its card is called in the page's address."""
    return re.sub(r"[^a-z0-9]+", "-", f"{endpoint.verb} {endpoint.path}".lower()).strip("-")
