"""Teams: the list, a new one, its name and captains, and putting it away."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.rights import Right
from boards import owners
from campaigns import crediting
from campaigns import teams as verbs
from campaigns.models import Campaign, Goal, Member, Team
from rally.kit import money
from rally.kit.errors import DomainError
from rally.web import base as web
from rally.web.organizers import base, people
from rally.web.organizers.base import Desk
from rally.web.organizers.group_forms import TeamForm
from rally.web.organizers.supporting import chosen

BOTH = ("GET", "POST")
MOST_CAPTAINS = 300
page = base.campaign_page(Right.RUN_CAMPAIGNS, methods=BOTH)


def campaign_of(desk: Desk) -> Campaign:
    """The campaign the page is under."""
    assert desk.campaign is not None
    return desk.campaign


def crumb(desk: Desk, name: str = "teams") -> dict[str, str]:
    """The way back to the list."""
    return {"url": desk.url(name), "label": campaign_of(desk).title}


def link(request: HttpRequest, owner: Team | Member, campaign: Campaign) -> str:
    """The address to share, if the page is open."""
    if owner.access not in crediting.OPEN or campaign.status not in Campaign.PUBLIC:
        return ""
    kind = "t" if isinstance(owner, Team) else "m"
    return f"{web.site(request)}/c/{campaign.slug}/{kind}/{owner.slug}/"


def sums(goal: Goal, currency: str) -> dict[str, str]:
    """What was raised, and of how much."""
    return {
        "raised": money.format(goal.raised_minor, currency),
        "goal": money.format(goal.amount_minor, currency) if goal.amount_minor else "–",
    }


@base.organization_page(Right.RUN_CAMPAIGNS, anywhere=True)
def teams(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET /organize/{code}/people/teams/?campaign=."""
    mine, asked = chosen(request, desk, Right.RUN_CAMPAIGNS)
    there = Q(members__is_fundraiser=True, members__archived_at=None)
    found = (
        Team.objects.filter(campaign__in=asked, archived_at=None)
        .select_related("campaign", "goal")
        .prefetch_related("captains__person")
        .annotate(n=Count("members", filter=there))
        .order_by("campaign", "name_key", "pk")
    )
    rows = base.page_of(request, found)
    slug = asked[0].slug if len(asked) == 1 else ""
    return base.show(
        request, "organize/people/teams.html", desk, here="people", title=_("Teams"),
        tabs=people.tabs(desk, "teams"), rows=rows, campaigns=mine,
        owners=[_row(request, desk, one) for one in rows],
        slug=slug, filter=urlencode({"campaign": slug}) + "&",
        lead=_("Who raises money together. Each team has a page and a link of its own."),
    )  # fmt: skip


def _row(request: HttpRequest, desk: Desk, team: Team) -> dict[str, Any]:
    campaign = team.campaign
    return {
        "name": team.name,
        "url": desk.url("team", campaign.slug, team.pk),
        "cells": (
            cell(_("Captains"), ", ".join(str(one.person) for one in team.captains.all())),
            cell(_("Fundraisers"), team.n),  # type: ignore[attr-defined]  # annotated
        ),
    } | listed(request, team, campaign)


def cell(label: str, value: str | int) -> dict[str, Any]:
    """What one column says of a team or fundraiser; numbers stand to the right."""
    return {"label": label, "text": "–" if value == "" else value, "num": isinstance(value, int)}


def listed(request: HttpRequest, owner: Team | Member, campaign: Campaign) -> dict[str, Any]:
    """What lists of teams and of fundraisers say alike."""
    return {
        "campaign": campaign.title,
        "link": link(request, owner, campaign),
        "access": owner.get_access_display(),
    } | sums(owner.goal, campaign.currency)


def goal_of(data: dict[str, Any]) -> dict[str, Any]:
    """What forms say about a page's goal, as verbs know it."""
    return {"amount_minor": data["goal"], "page_header": data["page_header"]}


def _changes(data: dict[str, Any]) -> dict[str, Any]:
    return {"name": data["name"], "access": data["access"], "goal": goal_of(data)}


@page
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/c/{slug}/teams/new/."""
    campaign = campaign_of(desk)
    form = TeamForm(base.posted(request), currency=campaign.currency)
    del form.fields["captains"]
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.add(campaign, _changes(form.cleaned_data), desk.actor)
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("%(name)s is there.") % {"name": made.name})
            return redirect(desk.url("teams"))
    return base.show(
        request, "organize/form.html", desk, here="people", form=form, title=_("A new team"),
        crumb=crumb(desk), button=_("Make the team"), status=400 if form.errors else 200,
    )  # fmt: skip


def _team(desk: Desk, pk: int) -> Team:
    rows = Team.objects.filter(campaign=desk.campaign, archived_at=None, pk=pk)
    found = rows.select_related("goal").first()
    if found is None:
        raise Http404
    found.campaign = campaign_of(desk)
    return found


@page
def team(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """GET, POST /organize/{code}/c/{slug}/teams/{pk}/."""
    campaign, found = campaign_of(desk), _team(desk, pk)
    members = {
        str(one.pk): one
        for one in Member.objects.filter(campaign=campaign, is_fundraiser=True, archived_at=None)
        .filter(Q(team=found) | Q(team=None) | Q(captain_of=found))
        .select_related("person").order_by("person__name_key").distinct()[:MOST_CAPTAINS]
    }  # fmt: skip
    start = {
        "name": found.name, "goal": found.goal.amount_minor or None, "access": found.access,
        "page_header": found.goal.page_header,
        "captains": [str(pk) for pk in found.captains.values_list("pk", flat=True)],
    }  # fmt: skip
    form = TeamForm(base.posted(request), initial=start, currency=campaign.currency)
    field = form.fields["captains"]
    assert isinstance(field, forms.MultipleChoiceField)
    field.choices = [(key, str(one.person)) for key, one in members.items()]
    if request.method == "POST" and form.is_valid():
        captains = [members[key].pk for key in form.cleaned_data["captains"]]
        wanted = _changes(form.cleaned_data) | {"captains": captains}
        try:
            verbs.edit(found, wanted, desk.actor)
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("Saved."))
            return redirect(desk.url("teams"))
    return base.show(
        request, "organize/people/owner.html", desk, here="people", form=form, title=found.name,
        crumb=crumb(desk), archive=desk.url("team-archive", campaign.slug, pk),
        archive_words=_("Put this team away"), link=link(request, found, campaign),
        figures=sums(found.goal, campaign.currency),
        status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip


@page
def archive(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """GET asks, POST puts it away."""
    found = _team(desk, pk)
    if request.method == "POST":
        owners.archive(found, desk.actor)
        messages.success(request, _("%(name)s is put away.") % {"name": found.name})
        return redirect(desk.url("teams"))
    return base.ask(
        request, desk, here="people", title=_("Put %(name)s away?") % {"name": found.name},
        button=_("Put it away"), back=desk.url("team", campaign_of(desk).slug, pk),
        consequences=[
            _("Its page is gone, and nobody can choose it at checkout any more."),
            _("Its boards raise for the whole campaign from now on."),
            _("What was raised stays counted, and its fundraisers stay with their pages."),
        ],
    )  # fmt: skip
