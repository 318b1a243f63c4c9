"""Mails about belonging to an organization: requests, invitations, a new owner."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import invitations
from accounts.models import Invitation, JoinRequest, Organization, OutboxEvent, User
from rally.dispatch import mails


def asked(event: OutboxEvent) -> None:
    """Tell one owner or admin that somebody asks to join."""
    request = _request(event)
    reader = User.objects.get(pk=event.facts["user"])
    facts = {"person": _called(request.user), "name": str(request.organization)}
    _send(
        reader.email, f"asked-{request.public_id}-{reader.public_id}", request.organization,
        heading=_("%(person)s asks to join %(name)s") % facts,
        lead=_("Let them in with a role, or turn them down with a reason. Nobody decides for you; "
               "the request ends by itself after 30 days."),
        quote=request.message,
        path=f"/organize/{request.organization.code}/people/requests/{request.public_id}/",
        button=_("Decide"),
        foot=_("You get this because you run %(name)s.") % facts,
    )  # fmt: skip


def decided(event: OutboxEvent) -> None:
    """Tell the asker what became of the request."""
    request = _request(event)
    facts = {"name": str(request.organization)}
    yes = request.status == JoinRequest.Status.APPROVED
    _send(
        request.user.email, f"decided-{request.public_id}", request.organization,
        heading=_("Welcome to %(name)s") % facts if yes
        else _("Your request to join %(name)s was turned down") % facts,
        lead=_("You were let in. What you may do there depends on your role.") if yes
        else _("This is the reason that was given:"),
        quote="" if yes else request.reason,
        path=f"/organize/{request.organization.code}/" if yes else "/organize/",
        button=_("Open it") if yes else _("See your requests"),
        foot=_("You get this because you asked to join %(name)s.") % facts,
    )  # fmt: skip


def invited(event: OutboxEvent) -> None:
    """Send an invitation to the address it is for, unless it is dead by now."""
    found = Invitation.objects.select_related("organization", "invited_by").get(
        pk=event.facts["invitation"]
    )
    if not found.email:
        return
    secret = invitations.secret_of(found)
    facts = {
        "name": str(found.organization),
        "person": _called(found.invited_by) if found.invited_by else str(found.organization),
        "role": found.get_role_display(),
        "code": invitations.spaced(secret),
        "date": date_format(found.expires_at, "DATE_FORMAT"),
    }
    _send(
        found.email, f"invited-{found.public_id}", found.organization,
        heading=_("You're invited to %(name)s") % facts,
        lead=_("%(person)s invites you to help run %(name)s as %(role)s. The link works once, for "
               "this address, until %(date)s. Its code is %(code)s.") % facts,
        path=f"/join/{secret}/",
        button=_("Look at the invitation"),
        foot=_("If you don't know %(name)s, ignore this mail: nothing happens.") % facts,
    )  # fmt: skip


def handed_over(event: OutboxEvent) -> None:
    """Tell the old and the new owner who owns the organization now."""
    organization = event.organization
    assert organization is not None
    reader = User.objects.get(pk=event.facts["user"])
    owner = User.objects.get(pk=event.facts["owner"])
    facts = {"name": str(organization), "person": _called(owner)}
    own = reader.pk == owner.pk
    _send(
        reader.email, f"{event.kind}-{event.pk}", organization,
        heading=_("You own %(name)s now") % facts if own
        else _("You handed %(name)s over") % facts,
        lead=_("Its members, its settings and its payout account are in your hands.") if own
        else _("%(person)s owns it now. You are an admin of it.") % facts,
        path=f"/organize/{organization.code}/people/",
        button=_("See who belongs to it"),
        foot=_("If this surprises you, write to the staff of this site at once."),
    )  # fmt: skip


def _request(event: OutboxEvent) -> JoinRequest:
    return JoinRequest.objects.select_related("organization", "user").get(pk=event.facts["request"])


def _called(user: User) -> str:
    return f"{user.name} ({user.email})" if user.name else user.email


def _send(
    to: str, reference: str, organization: Organization, *, heading: str, lead: str, path: str,
    button: str, foot: str, quote: str = "",
) -> None:  # fmt: skip
    context: dict[str, object] = {
        "organization_name": str(organization), "heading": heading, "lead": lead, "quote": quote,
        "link": f"{settings.RALLY_BASE_URL}{path}", "button": button, "foot": foot,
    }  # fmt: skip
    mails.send("notice", context, to=to, reference=reference)
