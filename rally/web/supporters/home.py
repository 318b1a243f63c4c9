"""The landing page: what this is, and who raises money now."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.models import Organization
from campaigns.models import Campaign, Donation, Series
from rally.kit import clock
from rally.web import facts
from rally.web.supporters import pages

shelf = pages.Shelf(most=2_000_000)
MOST = 24


def listed(series: Series | None = None) -> list[Campaign]:
    """Active, listed campaigns, newest first; of a series also what is over."""
    givers = Count(
        "donations__person", distinct=True, filter=Q(donations__status=Donation.Status.CONFIRMED)
    )
    within = (
        {"series": series, "status__in": Campaign.PUBLIC}
        if series is not None
        else {"status": Campaign.Status.ACTIVE}
    )
    return list(
        Campaign.objects.filter(**within, archived_at=None, unlisted=False)
        .filter(organization__archived_at=None, organization__unlisted=False)
        .exclude(organization__status=Organization.Status.FROZEN)
        .select_related("organization", "goal")
        .annotate(givers=givers)
        .order_by("-published_at", "-pk")[:MOST]
    )


def card(campaign: Campaign) -> dict[str, Any]:
    now = clock.now(campaign.organization.clock_offset_s)
    return {
        "slug": campaign.slug,
        "title": campaign.title,
        "summary": campaign.summary,
        "palette": campaign.palette,
        "organization": str(campaign.organization),
        "thermo": facts.thermometer(
            raised_minor=campaign.goal.raised_minor,
            goal_minor=campaign.goal.amount_minor,
            currency=campaign.currency,
            supporters=campaign.givers,  # type: ignore[attr-defined]  # annotated
            deadline=campaign.deadline,
            time_zone=campaign.time_zone,
            now=now,
        ),
    }


@csrf_exempt
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """GET /: the same for everybody."""
    cards = [card(one) for one in listed()]
    key = (repr(cards), translation.get_language())
    page = shelf.get(key, lambda: render_to_string("home/page.html", {"cards": cards}))
    return pages.answer(request, page)
