"""An organization's page: who they are, and what they raise money for."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.models import Organization
from rally.web.supporters import home, pages


@csrf_exempt
@require_safe
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /o/{slug}/: the same for everybody, found by link or not.

    404 for one that staff hasn't verified and that has nothing to show: anybody can name one.
    """
    found = Organization.objects.filter(slug=slug, archived_at=None).first()
    cards = [home.card(one) for one in home.listed(organization=found)] if found else []
    if found is None or not (cards or found.status != Organization.Status.PENDING):
        raise Http404(_("There is no such organization."))
    page = render_to_string("campaign/together.html", _of(found) | {"cards": cards})
    return pages.answer(request, pages.page(page))


def _of(found: Organization) -> dict[str, Any]:
    frozen = found.status == Organization.Status.FROZEN
    return {
        "title": str(found),
        "organization": "",
        "noindex": found.unlisted or found.noindex,
        "place": ", ".join(part for part in (found.city, found.state) if part),
        "website": found.website,
        "notice": _("Its campaigns are paused. Payments under way still finish.") if frozen else "",
    }
