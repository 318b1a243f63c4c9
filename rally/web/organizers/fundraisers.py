"""Fundraisers: the list, adding many at once, one's page, putting it away, handing out boards."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rights import Right
from boards import owners
from boards.models import Board
from campaigns import members
from campaigns.models import Campaign, Member, Team
from rally.kit import text
from rally.kit.errors import DomainError
from rally.web.organizers import base, boards, people
from rally.web.organizers.base import Desk
from rally.web.organizers.group_forms import AssignForm, FundraiserForm, FundraisersForm
from rally.web.organizers.supporting import chosen
from rally.web.organizers.teams import (
    campaign_of,
    cell,
    crumb,
    goal_of,
    link,
    listed,
    page,
    sums,
)


@base.organization_page(Right.RUN_CAMPAIGNS, anywhere=True)
def fundraisers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET /organize/{code}/people/fundraisers/?campaign=&q=."""
    mine, asked = chosen(request, desk, Right.RUN_CAMPAIGNS)
    found = Member.objects.filter(campaign__in=asked, is_fundraiser=True, archived_at=None)
    typed = request.GET.get("q", "").replace("\x00", "")[:100]
    if key := text.key(typed):
        found = found.filter(person__name_key__contains=key)
    found = found.select_related("campaign", "person", "team", "goal")
    rows = base.page_of(request, found.order_by("campaign", "person__name_key", "pk"))
    titles: dict[int, list[str]] = {}
    own = Board.objects.filter(member__in=list(rows), archived_at=None).order_by("position", "pk")
    for member_id, title in own.values_list("member", "title"):
        titles.setdefault(member_id, []).append(title)
    slug = asked[0].slug if len(asked) == 1 else ""
    shown = [_row(request, desk, one, titles.get(one.pk, [])) for one in rows]
    return base.show(
        request, "organize/people/fundraisers.html", desk, here="people", title=_("Fundraisers"),
        tabs=people.tabs(desk, "fundraisers"), rows=rows, owners=shown, campaigns=mine,
        slug=slug, q=typed, filter=urlencode({"campaign": slug, "q": typed}) + "&",
        lead=_("Players, families, anybody who shares a link of their own."),
    )  # fmt: skip


def _row(request: HttpRequest, desk: Desk, one: Member, titles: list[str]) -> dict[str, Any]:
    return {
        "name": str(one.person),
        "url": desk.url("fundraiser", one.campaign.slug, one.pk),
        "cells": (
            cell(_("Team"), one.team.name if one.team else ""),
            cell(_("Boards"), ", ".join(titles)),
        ),
    } | listed(request, one, one.campaign)


def _teams(campaign: Campaign) -> dict[str, Team | None]:
    found = Team.objects.filter(campaign=campaign, archived_at=None).order_by("name_key")
    return {"": None} | {str(one.pk): one for one in found[: boards.MOST_OWNERS]}


def _offer(form: forms.Form, teams: dict[str, Team | None]) -> None:
    field = form.fields["team"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(key, team.name if team else _("No team")) for key, team in teams.items()]


def _added(made: list[Member], new: int) -> str:
    """How many there are more now, and how many were there before."""
    words = ngettext("%(n)d fundraiser added.", "%(n)d fundraisers added.", new) % {"n": new}
    known = len(made) - new
    if not known:
        return words
    said = ngettext("%(n)d was there already.", "%(n)d were there already.", known) % {"n": known}
    return f"{words} {said}"


@page
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/c/{slug}/fundraisers/new/: one per line."""
    campaign = campaign_of(desk)
    form, teams = (
        FundraisersForm(base.posted(request), currency=campaign.currency),
        _teams(campaign),
    )
    _offer(form, teams)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        newest = Member.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            made = members.add_all(
                campaign, form.newcomers(), desk.actor, team=teams[data["team"]],
                goal_minor=data["goal"] or 0,
            )  # fmt: skip
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _added(made, sum(one.pk > newest for one in made)))
            return redirect(desk.url("assign", campaign.slug))
    return base.show(
        request, "organize/form.html", desk, here="people", form=form,
        title=_("Add fundraisers"), crumb=crumb(desk, "fundraisers"), button=_("Add them"),
        lead=_("Each gets a page. Its link shows a first name and an initial."),
        status=400 if form.errors else 200,
    )  # fmt: skip


def _member(desk: Desk, pk: int) -> Member:
    rows = Member.objects.filter(campaign=desk.campaign, is_fundraiser=True, archived_at=None)
    found = rows.filter(pk=pk).select_related("person", "team", "goal").first()
    if found is None:
        raise Http404
    found.campaign = campaign_of(desk)
    return found


@page
def fundraiser(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """GET, POST /organize/{code}/c/{slug}/fundraisers/{pk}/."""
    campaign, found = campaign_of(desk), _member(desk, pk)
    start = {
        "name": found.person.name, "email": found.person.email, "shown_as": found.shown_as,
        "team": str(found.team_id or ""), "goal": found.goal.amount_minor or None,
        "page_header": found.goal.page_header, "access": found.access,
    }  # fmt: skip
    form = FundraiserForm(base.posted(request), initial=start, currency=campaign.currency)
    teams = _teams(campaign)
    _offer(form, teams)
    if not desk.sees_contacts(campaign):
        del form.fields["email"]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        team = teams[data["team"]]
        wanted = members.named(data["name"]) | {
            name: data[name] for name in ("email", "access", "shown_as") if name in data
        }
        wanted |= {"team_id": team.pk if team else None, "goal": goal_of(data)}
        try:
            members.edit(found, wanted, desk.actor, mail=True)
        except DomainError as why:
            base.blame(form, why, first_name="name", last_name="name")
        else:
            messages.success(request, _("Saved."))
            return redirect(desk.url("fundraisers"))
    return base.show(
        request, "organize/people/owner.html", desk, here="people", form=form,
        title=str(found.person), crumb=crumb(desk, "fundraisers"),
        archive=desk.url("fundraiser-archive", campaign.slug, pk),
        archive_words=_("Put this page away"), link=link(request, found, campaign),
        figures=sums(found.goal, campaign.currency),
        status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip


@page
def archive(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """GET asks, POST puts the page away."""
    found = _member(desk, pk)
    name = {"name": found.person}
    if request.method == "POST":
        owners.archive(found, desk.actor)
        messages.success(request, _("%(name)s's page is put away.") % name)
        return redirect(desk.url("fundraisers"))
    return base.ask(
        request, desk, here="people", title=_("Put %(name)s's page away?") % name,
        button=_("Put it away"), back=desk.url("fundraiser", campaign_of(desk).slug, pk),
        consequences=[
            _("The page is gone, and nobody can choose %(name)s at checkout any more.") % name,
            _("Their boards raise for the whole campaign from now on. What was raised stays "
              "counted."),
            _("Adding the same name and e-mail again brings the page back."),
        ],
    )  # fmt: skip


@page
def assign(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/c/{slug}/assign/: whose board is whose, all on one page."""
    campaign = campaign_of(desk)
    if "hand_out" in request.POST:
        given = owners.hand_out(campaign, desk.actor)
        words = ngettext("%(n)d board was handed out.", "%(n)d boards were handed out.", given)
        messages.success(request, words % {"n": given})
        return redirect(desk.url("assign", campaign.slug))
    known = boards.owners_of(campaign)
    found = list(
        Board.objects.filter(campaign=campaign, archived_at=None).order_by("position", "pk")
    )
    form = AssignForm(
        base.posted(request), boards=[(one, boards.owner_key(one)) for one in found],
        owners=[(key, label) for key, (label, _owner) in known.items()],
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        wanted = {
            one: known[form.cleaned_data[f"board-{one.public_id}"]][1]
            for one in found if f"board-{one.public_id}" in form.data
        }  # fmt: skip
        owners.assign_all(campaign, wanted, desk.actor)
        messages.success(request, _("Saved."))
        return redirect(desk.url("assign", campaign.slug))
    return base.show(
        request, "organize/people/assign.html", desk, here="people", form=form,
        title=_("Who has which board?"), crumb=crumb(desk, "fundraisers"), boards=found,
        lead=_("What a board sells counts for whoever has it. A change counts from now on."),
        status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip
