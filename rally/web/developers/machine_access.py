"""An organization's own programs: ask for a login, take its secret once, take it all back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import credential_requests, credentials, rights
from accounts.actors import Actor
from accounts.models import ApiCredential, CredentialRequest, Organization
from accounts.rights import Right
from rally.kit.errors import DomainError
from rally.web import base as web
from rally.web.developers import forms
from rally.web.developers.mine import BOTH, crumb, show
from rally.web.organizers import base, words

PATH = "/developers/access/"


@base.signed_in(methods=BOTH)
def access(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET, POST /developers/access/: requests, logins, and a form that asks for one."""
    mine = list(rights.holding(actor, Right.RUN_ORGANIZATION).order_by("name", "pk"))
    form = forms.CredentialForm(request.POST or None, organizations=mine)
    if request.method == "POST" and form.is_valid():
        chosen = next(o for o in mine if o.public_id == form.cleaned_data["organization"])
        try:
            web.limited("join_ask", str(actor.user and actor.user.pk))
            credential_requests.ask(chosen, actor, form.cleaned_data["purpose"])
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("We'll look at it, and mail you what we decide."))
            return redirect("developers:access")
    return show(
        request, "access", title=_("Access for an organization"), crumb=crumb(),
        form=form if mine else None, logins=_logins(actor, mine), requests=_requests(mine),
        lead=_("A login for your own programs: they read campaigns, gifts and donors through "
               "the RallyUp API."),
        status=400 if form.errors else 200,
    )  # fmt: skip


def _logins(actor: Actor, mine: list[Organization]) -> list[dict[str, Any]]:
    owned = set(rights.holding(actor, Right.OWN).values_list("pk", flat=True))
    found = ApiCredential.objects.filter(organization__in=mine, revoked_at=None)
    return [
        {
            "credential": one, "made": words.ago(one.created_at),
            "used": words.ago(one.last_used_at) if one.last_used_at else "",
            "takes": one.taken_at is None and one.organization_id in owned,
        }
        for one in found.select_related("organization", "made_by").order_by("pk")
    ]  # fmt: skip


def _requests(mine: list[Organization]) -> list[dict[str, Any]]:
    """Those that wait or were turned down; of what was approved there is a login."""
    found = CredentialRequest.objects.filter(organization__in=mine).exclude(status="approved")
    rows = found.select_related("organization").order_by("-pk")[:20]
    return [{"asked": one, "made": words.ago(one.created_at)} for one in rows]


@base.signed_in(methods=BOTH)
def secret(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """GET asks, POST shows the secret this once: /developers/access/{id}/secret/."""
    found = _find(actor, pk, Right.OWN)
    if found.taken_at is not None:
        raise Http404
    if request.method == "POST":
        back = {"url": PATH, "label": _("Access for an organization")}
        return show(request, "access_secret", title=str(found.organization), credential=found,
                    crumb=back, secret=credentials.take(found, actor))  # fmt: skip
    return base.ask(
        request, None, title=_("Show the secret of %(login)s?") % {"login": found.login},
        consequences=[_("You see it once, and nobody can look it up again.")],
        button=_("Show it"), back=PATH, danger=False,
    )  # fmt: skip


@base.signed_in(methods=BOTH)
def revoke(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """GET asks, POST revokes: /developers/access/{id}/revoke/."""
    found = _find(actor, pk, Right.RUN_ORGANIZATION)
    if request.method == "POST":
        credentials.revoke(found, actor)
        messages.success(request, _("%(login)s opens nothing any more.") % {"login": found.login})
        return redirect("developers:access")
    return base.ask(
        request, None, title=_("Revoke %(login)s?") % {"login": found.login},
        consequences=[_("Programs that use it stop working at once. This can't be undone.")],
        button=_("Revoke it"), back=PATH,
    )  # fmt: skip


def _find(actor: Actor, pk: int, right: Right) -> ApiCredential:
    mine = ApiCredential.objects.filter(
        organization__in=rights.holding(actor, right), revoked_at=None
    )
    found = mine.filter(pk=pk).select_related("organization").first()
    if found is None:
        raise Http404
    return found
