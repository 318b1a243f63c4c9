"""An organization's first page: its state in words, and its campaigns."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models.organizations import Role
from accounts.rights import Right
from campaigns.models import Campaign
from rally.kit import money
from rally.web.organizers import base, words
from rally.web.organizers.base import Desk

ORDER = (Campaign.Status.ACTIVE, Campaign.Status.PAUSED, Campaign.Status.DRAFT,
         Campaign.Status.COMPLETED, Campaign.Status.CANCELLED)  # fmt: skip


def row(desk: Desk, campaign: Campaign) -> dict[str, Any]:
    goal = campaign.goal
    # Who may see no amounts sees none here either.
    sees_totals = desk.standing.may(Right.SEE_TOTALS, campaign.pk)
    return {
        "url": desk.url("campaign", campaign.slug) if sees_totals else "",
        "title": campaign.title,
        "status": campaign.get_status_display(),
        "state": campaign.status,
        "raised": money.format(goal.raised_minor, campaign.currency) if sees_totals else "",
        "goal": money.format(goal.amount_minor, campaign.currency)
        if goal.amount_minor and sees_totals
        else "",
        "ends": words.day(campaign.deadline, campaign.time_zone) if campaign.deadline else "",
    }


@base.organization_page()
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET /organize/{code}/."""
    found = list(desk.campaigns().select_related("goal").order_by("-modified_at"))
    found.sort(key=lambda one: ORDER.index(Campaign.Status(one.status)))
    rows = [row(desk, one) for one in found]
    new = desk.url("campaign-new") if desk.standing.may(Right.RUN_CAMPAIGNS) else ""
    held = sorted({grant.role for grant in desk.standing.grants}, key=Role.values.index)
    return base.show(
        request, "organize/overview.html", desk, here="overview", campaigns=rows,
        title=str(desk.organization), lead=_("Your campaigns, and what to do next."),
        new=new, role=", ".join(str(Role(role).label) for role in held),
    )  # fmt: skip
