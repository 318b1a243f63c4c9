"""Addresses that RallyUp's answers name by a six-hex code: each leads to a page of ours."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Organization
from campaigns.models import Campaign
from rally.web.supporters import home

# What stands between /Account/Organizer/ and the code, in lower case: the organizers' page.
OF_CAMPAIGN = {
    "contributions": "organizers:campaign", "externalcontributions": "organizers:campaign",
    "manualcontributions": "organizers:campaign", "widgetwizard": "organizers:campaign-look",
    "donorpromocodes/index": "organizers:campaign-boards",
    "eventregistrations": "organizers:campaign", "prizewinners": "organizers:campaign",
    "sweepstakeofflineentries": "organizers:campaign",
    "sweepstakeswinners": "organizers:campaign", "bids": "organizers:campaign",
}  # fmt: skip
OF_ORGANIZATION = {
    "administrators": "organizers:people", "members": "organizers:fundraisers",
    "teams": "organizers:teams",
}  # fmt: skip


@require_safe
def organization(request: HttpRequest, code: str) -> HttpResponse:
    """GET /home/{code}: its page, or the way to join one that has nothing to show yet."""
    found = Organization.objects.filter(code=code.lower(), archived_at=None, unlisted=False).first()
    if found is None:
        raise Http404(_("There is no such organization."))
    if home.listed(organization=found):
        return redirect("supporters:organization", found.slug)
    return redirect("organizers:ask", found.code)


@require_safe
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """GET /{code} and /{code}/Updates: the campaign's page, if the public may see it."""
    found = Campaign.objects.filter(
        code=code.lower(), status__in=Campaign.PUBLIC, archived_at=None
    ).first()
    if found is None:
        raise Http404(_("There is no such campaign."))
    return redirect("supporters:campaign", found.slug)


@require_safe
def setup(request: HttpRequest, code: str) -> HttpResponse:
    """GET /Campaigns/Setup/{code}: where organizers change it; others are asked to sign in."""
    return _organizers(code, "organizers:campaign-settings", True)


@require_safe
def managed(request: HttpRequest, name: str, code: str) -> HttpResponse:
    """GET /Account/Organizer/{name}/{code}: the organizers' page with what is asked for."""
    name = name.lower()
    if name in OF_ORGANIZATION:
        return _organizers(code, OF_ORGANIZATION[name], False)
    if name not in OF_CAMPAIGN:
        raise Http404
    return _organizers(code, OF_CAMPAIGN[name], True)


def _organizers(code: str, page: str, of_campaign: bool) -> HttpResponse:
    """Whoever may not see the page is told so there; here only the code is looked up."""
    found = Campaign.objects.filter(code=code.lower(), archived_at=None)
    one = found.select_related("organization").first()
    if one is None:
        raise Http404(_("There is no such campaign."))
    args = [one.organization.code, *([one.slug] if of_campaign else [])]
    return HttpResponseRedirect(reverse(page, args=args))
