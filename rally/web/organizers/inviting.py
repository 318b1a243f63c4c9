"""Inviting somebody, looking the link up again, taking it back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import invitations
from accounts.models import Invitation
from accounts.models.organizations import Role
from accounts.rights import Right
from campaigns.models import Team
from rally.kit import clock
from rally.kit.errors import DomainError
from rally.web import base as web
from rally.web.organizers import base, forms, members, people, words
from rally.web.organizers.base import Desk

BOTH = ("GET", "POST")
MOST_PARTS = 200


def parts(desk: Desk) -> list[tuple[str, str]]:
    """Campaigns and teams that a role can be limited to."""
    campaigns = desk.campaigns().order_by("title", "pk")[:MOST_PARTS]
    teams = Team.objects.filter(campaign__in=desk.campaigns(), archived_at=None)
    named = teams.select_related("campaign").order_by("campaign__title", "name", "pk")
    return [
        *((f"c{one.pk}", _("Only in %(title)s") % {"title": one.title}) for one in campaigns),
        *((f"t{one.pk}", _("Only in team %(team)s of %(title)s")
           % {"team": one.name, "title": one.campaign.title}) for one in named[:MOST_PARTS]),
    ]  # fmt: skip


def limits(part: str) -> dict[str, int]:
    """What a choice of `parts` means; the form has checked that it is one."""
    if not part:
        return {}
    return {"campaign_id" if part[0] == "c" else "team_id": int(part[1:])}


@base.organization_page(Right.RUN_ORGANIZATION, methods=BOTH)
def invite(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/people/invite/."""
    form = forms.InviteForm(
        request.POST or None, parts=parts(desk), initial={"role": Role.TEAM_ADMIN}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            web.limited("invite", str(desk.organization.pk))
            made = invitations.invite(
                desk.organization, desk.actor, data["role"], email=data["email"],
                **limits(data["part"]),
            )  # fmt: skip
        except DomainError as why:
            base.blame(form, why)
        else:
            if made.email:
                sentence = _("The invitation is on its way to %(email)s.")
                messages.success(request, sentence % {"email": made.email})
            return redirect(desk.url("invitation", made.public_id))
    return base.show(
        request, "organize/form.html", desk, here="people", form=form, crumb=members.crumb(desk),
        title=_("Invite somebody"), button=_("Make the invitation"),
        lead=_("It lets one person in and works for 14 days."),
        status=400 if form.errors else 200,
    )  # fmt: skip


def _invitation(desk: Desk, public_id: str) -> Invitation:
    found = Invitation.objects.filter(organization=desk.organization, public_id=public_id)
    invitation = found.select_related("campaign", "team").first()
    if invitation is None:
        raise Http404
    return invitation


def _state(invitation: Invitation) -> str:
    if invitation.used_at is not None:
        return _("It has been used.")
    if invitation.revoked_at is not None:
        return _("It was taken back.")
    if invitation.expires_at <= clock.database_now():
        return _("It has expired.")
    return ""


@base.organization_page(Right.RUN_ORGANIZATION)
def invitation(request: HttpRequest, desk: Desk, public_id: str) -> HttpResponse:
    """GET: its link and code, for those who may invite."""
    found = _invitation(desk, public_id)
    secret = invitations.secret_of(found)
    return base.show(
        request, "organize/invitation.html", desk, here="people", crumb=members.crumb(desk),
        title=_("Invitation"), invitation=found, part=people.part(found), state=_state(found),
        link=web.site(request) + reverse("organizers:join", args=[secret]),
        code=invitations.spaced(secret),
        until=words.moment(found.expires_at, desk.organization.time_zone),
    )  # fmt: skip


@base.organization_page(Right.RUN_ORGANIZATION, methods=BOTH)
def revoke(request: HttpRequest, desk: Desk, public_id: str) -> HttpResponse:
    """GET asks, POST takes it back."""
    found = _invitation(desk, public_id)
    if request.method == "POST":
        invitations.revoke(found, desk.actor)
        messages.success(request, _("The invitation was taken back."))
        return redirect(desk.url("people"))
    return base.ask(
        request, desk, here="people", back=desk.url("invitation", public_id),
        title=_("Take this invitation back?"), button=_("Take it back"),
        consequences=[_("Its link and code stop working at once. You can make a new one.")],
    )  # fmt: skip
