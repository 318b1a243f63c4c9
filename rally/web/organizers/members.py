"""Changing who belongs: another role, taking it away, leaving, handing over, deciding requests."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import joinrequests, memberships
from accounts.memberships import GIVEN_FREELY, LIMITABLE
from accounts.models import JoinRequest, Membership
from accounts.models.organizations import Role
from accounts.rights import Right
from rally.kit.errors import DomainError
from rally.web.organizers import base, forms, people, words
from rally.web.organizers.base import Desk

BOTH = ("GET", "POST")


def _member(desk: Desk, pk: int) -> Membership:
    """A membership of this organization; raises Http404 for all others."""
    found = Membership.objects.filter(organization=desk.organization, pk=pk)
    member = found.select_related("user", "campaign", "team").first()
    if member is None:
        raise Http404
    return member


def crumb(desk: Desk) -> dict[str, str]:
    """The way back to the list."""
    return {"url": desk.url("people"), "label": _("People")}


@base.organization_page(Right.RUN_ORGANIZATION, methods=BOTH)
def member(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """GET, POST /organize/{code}/people/members/{pk}/: another role."""
    found = _member(desk, pk)
    roles: tuple[Role, ...] = LIMITABLE if found.campaign_id or found.team_id else GIVEN_FREELY
    if roles is GIVEN_FREELY and desk.may(Right.OWN):
        roles = (Role.OWNER, *roles)
    form = forms.RoleForm(request.POST or None, roles=roles, initial={"role": found.role})
    if request.method == "POST" and form.is_valid():
        try:
            changed = memberships.change_role(found, desk.actor, form.cleaned_data["role"])
        except DomainError as why:
            base.blame(form, why)
        else:
            facts = {"name": words.called(found.user), "role": changed.get_role_display()}
            messages.success(request, _("%(name)s is %(role)s now.") % facts)
            return redirect(desk.url("people"))
    return base.show(
        request, "organize/member.html", desk, here="people", form=form, member=found,
        title=words.called(found.user), crumb=crumb(desk), part=people.part(found),
        own=found.user_id == desk.user.pk, status=400 if form.errors else 200,
        may_hand_over=desk.may(Right.OWN) and roles[0] == Role.OWNER,
    )  # fmt: skip


@base.organization_page(Right.RUN_ORGANIZATION, methods=BOTH)
def remove(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """GET asks, POST takes the role away."""
    found = _member(desk, pk)
    facts = {"name": words.called(found.user), "organization": desk.organization}
    if request.method == "POST":
        memberships.remove(found, desk.actor)
        sentence = _("%(name)s doesn't belong to %(organization)s any more.")
        messages.success(request, sentence % facts)
        mine = found.user_id == desk.user.pk
        return redirect("organizers:start") if mine else redirect(desk.url("people"))
    return base.ask(
        request, desk, here="people", back=desk.url("member", pk),
        title=_("Take %(name)s out?") % facts, button=_("Take out"),
        consequences=[
            _("They can't open these pages any more, at once. What they did stays."),
            _("You can invite them again at any time. No mail is sent."),
        ],
    )  # fmt: skip


@base.organization_page(Right.OWN, methods=BOTH)
def hand_over(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """GET asks, POST makes them the owner."""
    found = _member(desk, pk)
    facts = {"name": words.called(found.user), "organization": desk.organization}
    if request.method == "POST":
        memberships.hand_over(found, desk.actor)
        messages.success(request, _("%(name)s owns %(organization)s now.") % facts)
        return redirect(desk.url("overview"))
    return base.ask(
        request, desk, here="people", back=desk.url("member", pk),
        title=_("Hand %(organization)s over to %(name)s?") % facts, button=_("Hand it over"),
        consequences=[
            _("%(name)s becomes owner: the payout account, its members and its end are theirs "
              "to decide.") % facts,
            _("You stay as an admin. Only the new owner can undo this."),
            _("Both of you get a mail."),
        ],
    )  # fmt: skip


@base.organization_page(methods=BOTH)
def leave(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET asks, POST gives up all own roles."""
    facts = {"organization": desk.organization}
    if request.method == "POST":
        memberships.leave(desk.organization, desk.actor)
        messages.success(request, _("You left %(organization)s.") % facts)
        return redirect("organizers:start")
    return base.ask(
        request, desk, back=desk.url("overview"), button=_("Leave"),
        title=_("Leave %(organization)s?") % facts,
        consequences=[
            _("You can't open its pages any more, at once. What you did stays."),
            _("To come back you need an invitation, or ask to join again."),
        ],
    )  # fmt: skip


@base.organization_page(Right.RUN_ORGANIZATION, methods=BOTH)
def decide(request: HttpRequest, desk: Desk, public_id: str) -> HttpResponse:
    """GET, POST /organize/{code}/people/requests/{public_id}/: let in, or turn down."""
    found = JoinRequest.objects.filter(organization=desk.organization, public_id=public_id)
    asked = found.select_related("user", "decided_by").first()
    if asked is None:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    refusing = posted is not None and posted.get("decision") == "refuse"
    role_form = forms.RoleForm(None if refusing else posted, initial={"role": Role.TEAM_ADMIN})
    refuse_form = forms.RefuseForm(posted if refusing else None)
    form: forms.PlainForm = refuse_form if refusing else role_form
    if posted is not None and form.is_valid():
        facts = {"name": words.called(asked.user)}
        try:
            if refusing:
                joinrequests.deny(asked, desk.actor, form.cleaned_data["reason"])
                sentence = _("%(name)s was turned down and gets a mail with your reason.")
            else:
                joinrequests.approve(asked, desk.actor, form.cleaned_data["role"])
                sentence = _("%(name)s was let in and gets a mail.")
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, sentence % facts)
            return redirect(desk.url("people"))
    return base.show(
        request, "organize/request.html", desk, here="people", asked=asked, crumb=crumb(desk),
        title=_("%(name)s asks to join") % {"name": words.called(asked.user)}, form=form,
        role_form=role_form, refuse_form=refuse_form, since=words.ago(asked.created_at),
        open=asked.status == JoinRequest.Status.PENDING, status=400 if form.errors else 200,
    )  # fmt: skip
