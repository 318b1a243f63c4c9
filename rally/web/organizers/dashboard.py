"""One campaign at a glance: money, tiles, pace, the latest gifts, and what can be done next."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.rights import Right
from campaigns import lifecycle
from campaigns.models import Campaign
from payments import closing
from rally.kit import clock, money
from rally.web import base as web
from rally.web import facts
from rally.web.organizers import base, figures
from rally.web.organizers.base import Desk

Status = Campaign.Status


@base.campaign_page(Right.SEE_TOTALS)
def dashboard(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET /organize/{code}/c/{slug}/. A draft leads to the step that is next."""
    campaign = desk.campaign
    assert campaign is not None
    runs = desk.may(Right.RUN_CAMPAIGNS)
    if campaign.status == Status.DRAFT and runs and "stay" not in request.GET:
        return redirect(desk.url("campaign-publish", campaign.slug))
    now = clock.now(desk.organization.clock_offset_s)
    shown = figures.boards(campaign, now)
    for row in shown:
        row["url"] = desk.url("board", row["public_id"]) if runs else ""
    today = now.astimezone(ZoneInfo(campaign.time_zone)).date()
    return base.show(
        request, "organize/campaign/dashboard.html", desk, title=campaign.title,
        status_words=campaign.get_status_display(), state=campaign.status, runs=runs,
        figures=_money(campaign), when=_when(campaign, now), boards=shown,
        tiles=_tiles(shown), acts=acts(desk) if runs else [],
        chart=figures.chart(campaign, figures.pace(campaign), today),
        latest=figures.latest(campaign) if desk.may(Right.SEE_MONEY) else [],
        sees_money=desk.may(Right.SEE_MONEY), may_count=desk.may(Right.REFUND),
        waiting=_waiting(desk) if runs else [], closing=_closing(campaign),
        link=f"{web.site(request)}/c/{campaign.slug}/",
        is_public=campaign.status in campaign.PUBLIC,
    )  # fmt: skip


def _money(campaign: Campaign) -> dict[str, Any]:
    goal = campaign.goal
    currency = campaign.currency
    permille = min(1000, goal.raised_minor * 1000 // goal.amount_minor) if goal.amount_minor else 0
    return {
        "raised": money.format(goal.raised_minor, currency),
        "promised": money.format(goal.pending_minor, currency),
        "at_risk": money.format(figures.at_risk(campaign), currency),
        "goal": money.format(goal.amount_minor, currency) if goal.amount_minor else "",
        "share": f"{permille // 10}.{permille % 10}%",
        "percent": goal.raised_minor * 100 // goal.amount_minor if goal.amount_minor else 0,
    }


def _tiles(shown: list[dict[str, Any]]) -> dict[str, int]:
    return {
        name: sum(row[name] for row in shown)
        for name in ("tiles", "free", "held", "sold", "blocked")
    }


def _when(campaign: Campaign, now: Any) -> str:
    if campaign.deadline is None:
        return _("No last day yet")
    said = facts.moment(campaign.deadline, campaign.time_zone)
    if campaign.status in lifecycle.OVER:
        return _("It ended %(when)s.") % {"when": said}
    if campaign.deadline <= now:
        return _("Its time is over; it completes when the last payment is decided.")
    days = facts.days_words(facts.days_left(campaign.deadline, now, campaign.time_zone))
    return _("%(days)s, until %(when)s") % {"days": days, "when": said}


def acts(desk: Desk) -> list[dict[str, Any]]:
    """What can be done with the campaign now, each with what it would mean."""
    campaign = desk.campaign
    assert campaign is not None
    known = [
        ("publish", "publish", _("Publish"), _("Everybody sees it and can pick tiles.")),
        ("pause", "pause", _("Pause"),
         _("Nobody sees it or picks until you resume. Payments under way finish.")),
        ("resume", "resume", _("Resume"), _("It's back as it was, and picking goes on.")),
        ("complete", "extend", _("Extend"), _("Give it more time: a later last day.")),
        ("complete", "close", _("Close"),
         _("End it now, for good. The page stays, with thanks; no new picks.")),
        ("cancel", "cancel", _("Cancel"),
         _("It shouldn't have been. You decide whether gifts are kept or refunded.")),
    ]  # fmt: skip
    found: list[dict[str, Any]] = [
        {"label": label, "words": words, "url": desk.url(f"campaign-{name}", campaign.slug),
         "danger": name in ("close", "cancel")}
        for move, name, label, words in known
        if lifecycle.may(campaign, move)
    ]  # fmt: skip
    if campaign.status != Status.DRAFT and desk.standing.may(Right.RUN_CAMPAIGNS):
        words = _("A new draft with its words, look and boards; without people or money.")
        url = desk.url("campaign-clone", campaign.slug)
        found.append({"label": _("Run it again"), "words": words, "url": url, "danger": ""})
    return found


def _waiting(desk: Desk) -> list[dict[str, Any]]:
    campaign = desk.campaign
    assert campaign is not None
    return [
        {
            "name": str(order.person),
            "amount": money.format(order.net_minor, order.currency),
            "at": order.created_at,
            "confirm": desk.url("cash-confirm", order.reference),
            "back": desk.url("cash-back", order.reference),
        }
        for order in figures.waiting(campaign)
    ]


def _closing(campaign: Campaign) -> dict[str, Any] | None:
    if campaign.status != Status.CANCELLED:
        return None
    found = closing.progress(campaign)
    if found is None:
        return None
    return {
        "refund": found.closing.refund,
        "owed": found.owed,
        "owed_words": money.format(found.owed_minor, campaign.currency),
        "sent_back": found.sent_back,
        "waiting": found.waiting,
        "stuck": found.stuck,
        "all": found.owed + found.waiting,
    }
