"""The landing page: what this is, and who raises money now."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.models import Organization
from campaigns.models import Campaign, Donation
from rally.kit import clock
from rally.web import facts
from rally.web.supporters import pages

shelf = pages.Shelf(most=2_000_000)
MOST = 24


def listed(**within: Any) -> list[Campaign]:
    """Active campaigns that everybody may find, newest first.

    `within` names the series or organization they belong to: then also what is over.
    """
    givers = Count(
        "donations__person", distinct=True, filter=Q(donations__status=Donation.Status.CONFIRMED)
    )
    status = Campaign.PUBLIC if within else [Campaign.Status.ACTIVE]
    found = Campaign.objects.filter(
        status__in=status,
        archived_at=None,
        unlisted=False,
        organization__archived_at=None,
        **within,
    )
    if "organization" not in within:
        # One that is found by link only: whoever is on its own page had the link.
        found = found.filter(organization__unlisted=False)
    return list(
        found.exclude(organization__status=Organization.Status.FROZEN)
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
