"""The way in by an invitation: its link, or its code typed."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import invitations
from accounts.actors import Actor
from accounts.errors import InvitationForAnother, NoSuchInvitation
from accounts.models import Invitation, User
from rally.kit.errors import DomainError
from rally.web import base as web
from rally.web.organizers import base, forms, people, words

STATUSES = {"not_found": 404, "gone": 410, "forbidden": 403, "rate_limited": 429}


@base.signed_in(methods=("GET", "POST"))
def code(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET, POST /join/: a code is typed; on to the invitation, if there is one."""
    form = forms.CodeForm(base.posted(request))
    if form.is_valid():
        try:
            web.limited("join_secret", web.client_ip(request))
            found = invitations.find(form.cleaned_data["code"])
            return redirect("organizers:join", invitations.secret_of(found))
        except DomainError as why:
            base.blame(form, why)
    return base.show(
        request, "organize/form.html", None, form=form, title=_("Join with a code"),
        status=400 if form.errors else 200,
        button=_("Look at the invitation"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """GET shows the invitation to whoever has it, POST accepts it."""
    try:
        web.limited("join_secret", web.client_ip(request))
        found = invitations.find(secret)
    except DomainError as why:
        return _no(request, why)
    if not isinstance(request.user, User):
        if request.method == "POST":
            return redirect_to_login(request.get_full_path())
        return _shown(request, found, "")
    actor = Actor(user=request.user, door="page")
    try:
        invitations.check(found, actor)
        if found.used_at is not None:
            return redirect("organizers:start")
        if request.method == "POST":
            return _accepted(request, found, actor)
    except DomainError as why:
        return _no(request, why, found)
    return _shown(request, found, request.user.email)


def _accepted(request: HttpRequest, found: Invitation, actor: Actor) -> HttpResponse:
    if invitations.accept(found, actor) is None:
        return redirect("organizers:start")
    messages.success(request, _("You belong to %(name)s now.") % {"name": found.organization})
    return redirect("organizers:overview", found.organization.code)


def _shown(request: HttpRequest, found: Invitation, email: str) -> HttpResponse:
    """What it is: the organization, the role, who may use it."""
    name = str(found.organization)
    return base.show(
        request, "organize/join.html", None, invitation=found, email=email, part=people.part(found),
        title=_("You're invited to %(name)s") % {"name": name}, role=found.get_role_display(),
        role_words=words.ROLES[found.role],  # type: ignore[index]  # a Role by its text
        until=words.day(found.expires_at, found.organization.time_zone), next=request.path,
        limited=bool(found.campaign_id or found.team_id),
    )  # fmt: skip


def _no(request: HttpRequest, why: DomainError, found: Invitation | None = None) -> HttpResponse:
    """Why it can't be used, in words, with the status that fits."""
    heading = _("This invitation doesn't work")
    if isinstance(why, NoSuchInvitation):
        heading = _("There is no such invitation")
    elif isinstance(why, InvitationForAnother):
        heading = _("This invitation is for somebody else")
    return base.show(
        request, "organize/no_join.html", None, status=STATUSES.get(why.code, 409), title=heading,
        sentence=str(why), another=isinstance(why, InvitationForAnother), next=request.path,
    )  # fmt: skip
