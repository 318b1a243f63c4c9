"""What captains and fundraisers see of their own: no role is asked for, only whose page it is.

Everything else of the organization is 404 for them; donors' contact data is here only where the
campaign shows it.
"""

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.actors import Actor
from campaigns import members, own, teams
from campaigns.models import Campaign, Member, Team
from payments import own_gifts
from payments.own_gifts import OwnGift
from rally.kit import money
from rally.kit.errors import DomainError
from rally.web.organizers import base, exports, words
from rally.web.organizers.group_forms import OwnPageForm, OwnTeamForm
from rally.web.organizers.teams import goal_of, link, sums

Owner = Team | Member
# "m12" is a fundraiser's page, "t12" a team.
KEY = re.compile(r"([mt])([1-9]\d{0,17})\Z")
MOST = 200


def key_of(owner: Owner) -> str:
    """What addresses call it."""
    return f"{'t' if isinstance(owner, Team) else 'm'}{owner.pk}"


def find(actor: Actor, key: str) -> Owner:
    """The actor's own page or team; Http404 for everything else."""
    parts = KEY.match(key)
    found: Owner | None = None
    if parts is not None and parts[1] == "t":
        found = own.teams(actor).filter(pk=int(parts[2])).first()
    elif parts is not None:
        found = own.pages(actor).filter(pk=int(parts[2])).first()
    if found is None:
        raise Http404
    return found


def own_page(*, methods: Iterable[str] = ("GET",)) -> Callable[[base.View], base.View]:
    """A page under /organize/pages/{key}/: view(request, actor, owner)."""

    def decorate(view: base.View) -> base.View:
        @base.signed_in(methods=methods)
        @wraps(view)
        def guarded(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
            return view(request, actor, find(actor, key))

        return guarded

    return decorate


def summary(actor: Actor) -> dict[str, int]:
    """How many pages are somebody's, and how many wait for them; for the start page."""
    mine = own.pages(actor).count() + own.teams(actor).count()
    return {"own": mine, "waiting": own.waiting(actor).count()}


def _called(owner: Owner) -> str:
    return owner.name if isinstance(owner, Team) else str(owner.person)


def _crumb() -> dict[str, str]:
    return {"url": reverse("organizers:pages"), "label": _("Your fundraising pages")}


@base.signed_in()
def pages(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET /organize/pages/."""
    mine: list[Owner] = [*own.teams(actor)[:MOST], *own.pages(actor)[:MOST]]
    rows = [
        {
            "name": _called(one), "campaign": one.campaign.title, "is_team": isinstance(one, Team),
            "url": reverse("organizers:page", args=[key_of(one)]),
            "organization": str(one.campaign.organization),
            "status": one.campaign.get_status_display(),
        } | sums(one.goal, one.campaign.currency)
        for one in mine
    ]  # fmt: skip
    waiting = [
        {"name": str(one.person), "campaign": one.campaign.title,
         "organization": str(one.campaign.organization)}
        for one in own.waiting(actor)[:MOST]
    ]  # fmt: skip
    return base.show(
        request, "organize/own/list.html", None, title=_("Your fundraising pages"), rows=rows,
        waiting=waiting, lead=_("The pages you raise money with, and the teams you lead."),
        crumb={"url": reverse("organizers:start"), "label": _("Your organizations")},
    )  # fmt: skip


@base.signed_in(methods=("POST",))
def take_over(request: HttpRequest, actor: Actor) -> HttpResponse:
    """POST /organize/pages/take-over/: the pages that wait for this address."""
    taken = own.take_over(actor)
    if taken:
        said = ngettext("%(n)d page is yours now.", "%(n)d pages are yours now.", taken)
        messages.success(request, said % {"n": taken})
    return redirect("organizers:pages")


@own_page()
def page(request: HttpRequest, actor: Actor, owner: Owner) -> HttpResponse:
    """GET /organize/pages/{key}/: how far it is, the link to share, and every gift."""
    campaign = owner.campaign
    rows = base.page_of(request, own_gifts.of(owner))
    shown = own_gifts.shown(list(rows), campaign)
    _note(actor, owner, any(one.contact for one in shown))
    return base.show(
        request, "organize/own/page.html", None, title=_called(owner), crumb=_crumb(),
        lead=campaign.title, figures=sums(owner.goal, campaign.currency), rows=rows,
        link=link(request, owner, campaign), gifts=[_row(one, campaign) for one in shown],
        key=key_of(owner), is_team=isinstance(owner, Team), found=rows.paginator.count,
        contacts=campaign.donor_contact_visible, team=getattr(owner, "team", None),
        closed="" if owner.access in ("public", "delisted") else owner.get_access_display(),
        status=200,
    )  # fmt: skip


def _row(one: OwnGift, campaign: Campaign) -> dict[str, Any]:
    return {
        "name": one.name, "day": words.day(one.at, campaign.time_zone),
        "amount": money.format(one.amount_minor, campaign.currency),
        "left": money.format(one.left_minor, campaign.currency),
        "less": one.left_minor != one.amount_minor and not one.promised,
        "promised": one.promised, "credited": one.credited, "message": one.message,
        "tiles": one.tiles.replace(" ", ", "),
        "contact": [cell for cell in one.contact if cell],
    }  # fmt: skip


@own_page(methods=("GET", "POST"))
def edit(request: HttpRequest, actor: Actor, owner: Owner) -> HttpResponse:
    """GET, POST /organize/pages/{key}/edit/: what it says and aims for."""
    is_team = isinstance(owner, Team)
    start = {
        "name": _called(owner), "goal": owner.goal.amount_minor or None,
        "page_header": owner.goal.page_header, "shown_as": getattr(owner, "shown_as", ""),
    }  # fmt: skip
    kind = OwnTeamForm if is_team else OwnPageForm
    form = kind(base.posted(request), initial=start, currency=owner.campaign.currency)
    if request.method == "POST" and form.is_valid():
        try:
            _save(owner, form.cleaned_data, actor)
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("Saved."))
            return redirect("organizers:page", key_of(owner))
    return base.show(
        request, "organize/form.html", None, form=form, button=_("Save"),
        title=_("Change the team's page") if is_team else _("Change your page"),
        crumb={"url": reverse("organizers:page", args=[key_of(owner)]), "label": _called(owner)},
        status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip


def _save(owner: Owner, data: dict[str, Any], actor: Actor) -> None:
    wanted = {"goal": goal_of(data)}
    if isinstance(owner, Team):
        teams.edit(owner, wanted | {"name": data["name"]}, actor)
    else:
        members.edit(owner, wanted | {"shown_as": data["shown_as"]}, actor)


@own_page()
def gifts(request: HttpRequest, actor: Actor, owner: Owner) -> HttpResponse:
    """GET /organize/pages/{key}/gifts.csv."""
    campaign = owner.campaign
    _note(actor, owner, campaign.donor_contact_visible, "export.own_gifts")
    rows = exports.lines(own_gifts.head(campaign), own_gifts.rows(owner, campaign))
    return exports.download(rows, f"{campaign.slug}-{owner.slug or key_of(owner)}")


def _note(actor: Actor, owner: Owner, contacts: bool, verb: str = "contacts.seen") -> None:
    """One entry per page that showed somebody's contact data, and per list."""
    if contacts or verb != "contacts.seen":
        audit.record(
            verb, about=owner, by=actor.user, door=actor.door,
            organization_id=owner.campaign.organization_id, facts={"contacts": contacts},
        )  # fmt: skip
