"""A series' page: what all its campaigns raised together, and each of them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.models import Organization
from campaigns.models import Series
from rally.kit import money
from rally.web.supporters import home, pages


@csrf_exempt
@require_safe
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /s/{slug}/: the same for everybody. 404 where its organization isn't open."""
    found = (
        Series.objects.filter(slug=slug, archived_at=None, organization__archived_at=None)
        .exclude(organization__status=Organization.Status.FROZEN)
        .select_related("organization", "goal")
        .first()
    )
    if found is None:
        raise Http404(_("There is no such series."))
    return pages.answer(request, pages.page(render_to_string("campaign/together.html", _of(found))))


def _of(found: Series) -> dict[str, Any]:
    goal = getattr(found, "goal", None)
    raised = money.format(goal.raised_minor, found.organization.currency) if goal else ""
    return {
        "title": found.name,
        "organization": str(found.organization),
        "organization_slug": found.organization.slug,
        "noindex": found.organization.unlisted or found.organization.noindex,
        "lead": _("%(raised)s raised together") % {"raised": raised} if raised else "",
        "cards": [home.card(one) for one in home.listed(series=found)],
    }
