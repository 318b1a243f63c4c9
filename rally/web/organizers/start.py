"""Where an organizer arrives: their organizations, or how to get into one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import joinrequests, profiles, rights
from accounts.actors import Actor
from accounts.models import JoinRequest, Membership, Organization
from rally.kit.errors import DomainError
from rally.web import base as web
from rally.web.organizers import base, forms, own, words

MOST_REQUESTS = 20


def requests_of(actor: Actor) -> list[dict[str, Any]]:
    """What became of the actor's own requests, the newest first; one for each organization."""
    found = JoinRequest.objects.filter(user=actor.user).select_related("organization")
    rows: dict[int, dict[str, Any]] = {}
    belongs = Membership.objects.filter(user=actor.user).values("organization")
    for one in found.exclude(organization__in=belongs).order_by("-pk")[:MOST_REQUESTS]:
        row = {
            "organization": str(one.organization),
            "code": one.organization.code,
            "status": one.status,
            "label": one.get_status_display(),
            "since": words.ago(one.decided_at or one.created_at),
            "reason": one.reason,
        }
        rows.setdefault(one.organization_id, row)
    return list(rows.values())


@base.signed_in()
def start(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET /organize/."""
    mine = list(rights.organizations(actor).order_by("name", "pk"))
    return base.show(
        request, "organize/start.html", None, organizations=mine, requests=requests_of(actor),
        title=_("Your organizations") if mine else _("Raise money together"),
        code_form=forms.CodeForm(), find_form=forms.FindForm(), pages=own.summary(actor),
    )  # fmt: skip


@base.signed_in(methods=("GET", "POST"))
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET, POST /organize/new/."""
    form = forms.StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            web.limited("organization_create", str(actor.user and actor.user.pk))
            made = profiles.create(actor, **form.cleaned_data)
        except DomainError as why:
            base.blame(form, why)
        else:
            sentence = _("%(name)s is set up, in %(currency)s. Now make its first campaign.")
            facts = {"name": made, "currency": made.currency}
            messages.success(request, sentence % facts)
            return redirect("organizers:campaign-new", made.code)
    return base.show(
        request, "organize/form.html", None, form=form, title=_("Start an organization"),
        lead=_("A school, a club, a charity: whoever gets the money."), button=_("Start it"),
        crumb=crumb(), status=400 if form.errors else 200,
    )  # fmt: skip


@base.signed_in()
def find(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET /organize/find/?q=: organizations to ask at. Tells what is public, and no more."""
    web.limited("organization_search", str(actor.user and actor.user.pk))
    form = forms.FindForm(request.GET if "q" in request.GET else None)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    found = list(profiles.search(query))
    mine = set(Membership.objects.filter(user=actor.user).values_list("organization_id", flat=True))
    rows = [{"name": str(one), "website": one.website, "code": one.code, "yours": one.pk in mine}
            for one in found]  # fmt: skip
    return base.show(
        request, "organize/find.html", None, form=form, rows=rows, query=query, crumb=crumb(),
        title=_("Join an organization"), short=len(query.strip()) < profiles.SHORTEST_SEARCH,
    )  # fmt: skip


@base.signed_in(methods=("GET", "POST"))
def ask(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """GET, POST /organize/ask/{code}/: ask to belong. Codes can't be tried by the thousand."""
    web.limited("organization_search", str(actor.user and actor.user.pk))
    found = Organization.objects.filter(code=code, archived_at=None).first()
    if found is None:
        raise Http404
    form = forms.AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            web.limited("join_ask", str(actor.user and actor.user.pk))
            joinrequests.ask(found, actor, form.cleaned_data["message"])
        except DomainError as why:
            base.blame(form, why)
        else:
            sentence = _("You asked to join %(name)s. You'll get a mail when somebody decides.")
            messages.success(request, sentence % {"name": found})
            return redirect("organizers:start")
    return base.show(
        request, "organize/form.html", None, form=form, crumb=crumb(),
        title=_("Ask to join %(name)s") % {"name": found}, button=_("Ask to join"),
        lead=_("Its owners and admins get a mail and decide."),
        status=400 if form.errors else 200,
    )  # fmt: skip


def crumb() -> dict[str, str]:
    """The way back to the start."""
    return {"url": "/organize/", "label": _("Your organizations")}
