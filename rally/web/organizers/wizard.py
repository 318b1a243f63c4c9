"""From an idea to a live board: goal, boards, look, publish. Each step saves a draft."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rights import Right
from boards import opening, planning
from boards.models import Board
from campaigns import checklist, editing, fitting
from campaigns.editing import Details
from campaigns.fitting import FLAT, Fit
from campaigns.models import Campaign
from rally.kit import clock, money
from rally.kit.errors import DomainError
from rally.web import words
from rally.web.organizers import base, preview, saving
from rally.web.organizers.amounts import instant
from rally.web.organizers.base import Desk
from rally.web.organizers.campaign_forms import BasicsForm, FitForm, LookForm, ScheduleForm

BOTH = ("GET", "POST")
# Where each point of the checklist is mended.
MENDS = {"basics": "campaign-settings", "boards": "campaign-boards", "look": "campaign-look"}


def steps(desk: Desk, now: str) -> list[dict[str, Any]]:
    """The four steps, as a list that says where one is."""
    slug = desk.campaign.slug if desk.campaign else ""
    names = [
        ("goal", _("Goal"), "campaign-settings"), ("boards", _("Boards"), "campaign-boards"),
        ("look", _("Look"), "campaign-look"), ("publish", _("Publish"), "campaign-publish"),
    ]  # fmt: skip
    return [
        {"label": label, "now": name == now, "url": desk.url(url, slug) if slug else ""}
        for name, label, url in names
    ]


@base.organization_page(Right.RUN_CAMPAIGNS, methods=BOTH)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/campaigns/new/: what for, how much, by when, who takes part."""
    here = desk.organization
    form = BasicsForm(
        base.posted(request), currency=here.currency, time_zone=here.time_zone,
        now=clock.now(here.clock_offset_s),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        details = Details(title=data["title"], goal_minor=data["goal"], deadline=data["deadline"])
        try:
            made = editing.create(organization=here, details=details, by=desk.actor)
        except DomainError as why:
            base.blame(form, why)
        else:
            query = f"?{urlencode({'takers': data['takers']})}" if data["takers"] else ""
            return redirect(desk.url("campaign-boards", made.slug) + query)
    return base.show(
        request, "organize/wizard/basics.html", desk, here="campaign-new", form=form,
        title=_("A new campaign"), steps=steps(desk, "goal"),
        lead=_("Four short steps. Nobody sees it until you publish."),
        status=400 if form.errors else 200,
    )  # fmt: skip


@base.campaign_page(Right.RUN_CAMPAIGNS, methods=BOTH)
def boards(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/c/{slug}/boards/?takers=: proposals, and the boards there are."""
    campaign = _campaign(desk)
    takers = _takers(request)
    form = FitForm(base.posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            fit = fitting.read(form.cleaned_data["fit"], campaign.currency)
            planning.add_fit(campaign, fit, desk.actor)
        except DomainError as why:
            base.blame(form, why)
        else:
            following = "campaign-look" if _is_draft(campaign) else "campaign"
            return redirect(desk.url(following, campaign.slug))
    own = list(Board.objects.filter(campaign=campaign, archived_at=None).order_by("position", "pk"))
    goal = campaign.goal.amount_minor
    found = fitting.fits(goal, campaign.currency, takers=takers) if goal > 0 else []
    return base.show(
        request, "organize/wizard/boards.html", desk, form=form, takers=takers,
        title=_("Boards"), crumb=_crumb(desk), steps=steps(desk, "boards"),
        draft=_is_draft(campaign), boards=[_board(desk, board) for board in own],
        lead=_("A full sale of any of these reaches your goal of %(goal)s.")
        % {"goal": money.format(goal, campaign.currency)},
        fits=[_fit(fit, campaign.currency, takers, i == 0) for i, fit in enumerate(found)],
        status=400 if form.errors else 200,
    )  # fmt: skip


@base.campaign_page(Right.RUN_CAMPAIGNS, methods=BOTH)
def look(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/c/{slug}/look/: colour, sentence, story; with a preview."""
    campaign = _campaign(desk)
    form = LookForm(base.posted(request), initial=saving.initial(campaign))
    differences: list[dict[str, str]] | None = None
    if request.method == "POST" and "preview" not in request.POST:
        differences = saving.save(desk, form)
        if differences is None:
            return redirect(desk.url("campaign-publish", campaign.slug))
    shown = form.data if form.is_bound else form.initial
    return base.show(
        request, "organize/wizard/look.html", desk, form=form, title=_("Look and story"),
        crumb=_crumb(desk), steps=steps(desk, "look"), differences=differences,
        sample=preview.sample(campaign, dict(shown.items())),
        status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip


@base.campaign_page(Right.RUN_CAMPAIGNS, methods=BOTH)
def publish(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/c/{slug}/publish/: the checklist, then now or later."""
    campaign = _campaign(desk)
    form = ScheduleForm(request.POST if "opens_at" in request.POST else None)
    if request.method == "POST":
        answer = _publish(request, desk, form)
        if answer is not None:
            return answer
    points = opening.ready(campaign)
    return base.show(
        request, "organize/wizard/publish.html", desk, form=form, crumb=_crumb(desk),
        title=_("Check and publish"), steps=steps(desk, "publish"),
        points=[_point(desk, point) for point in points],
        blocked=bool(checklist.missing(points)), draft=_is_draft(campaign),
        sandbox=not desk.organization.livemode, opens=campaign.opens_at,
        zone=campaign.time_zone, sample=preview.sample(campaign, {}),
        preview=desk.url("campaign-preview", campaign.slug),
        status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip


def _publish(request: HttpRequest, desk: Desk, form: ScheduleForm) -> HttpResponse | None:
    """None when something has to be said on the page itself."""
    campaign = _campaign(desk)
    try:
        if "never" in request.POST:
            opening.schedule(campaign, None, desk.actor)
            messages.success(request, _("It stays a draft until you publish it."))
            return redirect(desk.url("campaign-publish", campaign.slug))
        if form.is_bound:
            if not form.is_valid():
                return None
            moment = instant(form.cleaned_data["opens_at"], campaign.time_zone)
            opening.schedule(campaign, moment, desk.actor)
            messages.success(request, _("It opens by itself. You can still change everything."))
        else:
            opening.publish(campaign, desk.actor)
            messages.success(request, _("It's live. Now share the link with your families."))
    except DomainError as why:
        if form.is_bound:
            base.blame(form, why)
        else:
            messages.error(request, str(why))
        return None
    return redirect(desk.url("campaign", campaign.slug))


def _campaign(desk: Desk) -> Campaign:
    assert desk.campaign is not None
    return desk.campaign


def _is_draft(campaign: Campaign) -> bool:
    return campaign.status == Campaign.Status.DRAFT


def _crumb(desk: Desk) -> dict[str, str]:
    campaign = _campaign(desk)
    return {"url": desk.url("campaign", campaign.slug), "label": campaign.title}


def _takers(request: HttpRequest) -> int | None:
    typed = request.GET.get("takers", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):
        return None
    return int(typed) if 0 < int(typed) <= fitting.MOST_TAKERS else None


def _fit(fit: Fit, currency: str, takers: int | None, first: bool) -> dict[str, Any]:
    unit = words.tag(fit.unit_minor, currency)
    if fit.price_model == FLAT:
        price = _("Every tile costs %(price)s.") % {"price": unit}
    else:
        price = _("Tile 1 costs %(low)s, tile %(n)d costs %(high)s.") % {
            "low": unit, "n": fit.size, "high": words.tag(fit.dearest_minor, currency),
        }  # fmt: skip
    name = ngettext("One board of %(size)d tiles", "%(n)d boards of %(size)d tiles", fit.boards)
    return {
        "key": fit.key,
        "name": name % {"n": fit.boards, "size": fit.size},
        "price": price,
        "each": takers is not None and fit.boards == takers,
        "full": money.format(fit.full_raise, currency),
        "at_80": money.format(fit.raise_at_80, currency),
        "at_60": money.format(fit.raise_at_60, currency),
        "checked": first,
    }


def _board(desk: Desk, board: Board) -> dict[str, Any]:
    return {
        "title": board.title,
        "url": desk.url("board", board.public_id),
        "tiles": board.max_num - board.min_num + 1,
    }


def _point(desk: Desk, point: checklist.Point) -> dict[str, Any]:
    url = ""
    if point.step in MENDS:
        url = desk.url(MENDS[point.step], _campaign(desk).slug)
    return {"words": point.words, "done": point.done, "blocks": point.blocks, "url": url}
