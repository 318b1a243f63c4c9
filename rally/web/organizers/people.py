"""Who belongs to an organization: members, those who ask, those who were invited."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Invitation, JoinRequest, Membership, Organization
from accounts.models.organizations import Role
from accounts.rights import MAY, Right
from rally.kit import clock
from rally.web.organizers import base, words
from rally.web.organizers.base import Desk

MOST_WAITING = 50
ACTS = (
    (Right.OWN, gettext_lazy("Payout account, handing over, deleting")),
    (Right.RUN_ORGANIZATION, gettext_lazy("Settings, members, invitations, programs")),
    (Right.RUN_CAMPAIGNS, gettext_lazy("Campaigns, boards, people, cash, lists without contacts")),
    (Right.REFUND, gettext_lazy("Refunds, confirming cash, disputes")),
    (Right.SEE_CONTACTS, gettext_lazy("Supporters' e-mails and addresses, full lists")),
    (Right.MODERATE, gettext_lazy("Names, messages and pictures")),
    (Right.SEE_TOTALS, gettext_lazy("Dashboards and totals")),
)


def part(row: Membership | Invitation) -> str:
    """Where a role holds, in words."""
    if row.team is not None:
        return _("Team: %(name)s") % {"name": row.team}
    if row.campaign is not None:
        return _("Campaign: %(name)s") % {"name": row.campaign}
    return _("everywhere")


def members(desk: Desk) -> list[Membership]:
    """Everybody with a role, owners first, each with what they are called and where it holds."""
    found = list(
        Membership.objects.filter(organization=desk.organization)
        .select_related("user", "campaign", "team")
        .order_by("created_at", "pk")
    )
    return sorted(found, key=lambda one: Role.values.index(one.role))


def member_row(row: Membership, desk: Desk) -> dict[str, Any]:
    """A member as the table shows them; owners are changed by owners alone."""
    own = row.user_id == desk.user.pk
    return {
        "pk": row.pk,
        "name": words.called(row.user),
        "email": row.user.email if row.user.name else "",
        "role": row.get_role_display(),
        "part": part(row),
        "since": words.day(row.created_at, desk.organization.time_zone),
        "own": own,
        "changeable": not own and (row.role != Role.OWNER or desk.may(Right.OWN)),
    }


def waiting(organization: Organization) -> list[JoinRequest]:
    """Requests that nobody has decided, the oldest first."""
    pending = JoinRequest.objects.filter(organization=organization, status="pending")
    return list(pending.select_related("user").order_by("pk")[:MOST_WAITING])


def invitations(desk: Desk) -> list[dict[str, Any]]:
    """Invitations that can still be used."""
    found = Invitation.objects.filter(
        organization=desk.organization, used_at=None, revoked_at=None,
        expires_at__gt=clock.database_now(),
    ).select_related("campaign", "team")  # fmt: skip
    zone = desk.organization.time_zone
    return [
        {
            "public_id": one.public_id,
            "role": one.get_role_display(),
            "part": part(one),
            "email": one.email or _("whoever has the link"),
            "until": words.day(one.expires_at, zone),
        }
        for one in found.order_by("-pk")[:MOST_WAITING]
    ]


def tabs(desk: Desk, now: str) -> list[dict[str, Any]]:
    """The lists of people, as far as this one may see them."""
    known = [
        ("people", _("Members"), desk.may(Right.RUN_ORGANIZATION)),
        ("supporters", _("Supporters"), desk.standing.may_somewhere(Right.SEE_MONEY)),
        ("teams", _("Teams"), desk.standing.may_somewhere(Right.RUN_CAMPAIGNS)),
        ("fundraisers", _("Fundraisers"), desk.standing.may_somewhere(Right.RUN_CAMPAIGNS)),
    ]
    return [
        {"label": label, "url": desk.url(name), "now": name == now}
        for name, label, shown in known
        if shown
    ]


@base.organization_page(Right.RUN_CAMPAIGNS, anywhere=True)
def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET /organize/{code}/people/: who runs it; to others, who supports it."""
    if not desk.may(Right.RUN_ORGANIZATION):
        return redirect(desk.url("supporters"))
    rows = base.page_of(request, members(desk))
    asking = [
        {"public_id": one.public_id, "name": words.called(one.user), "email": one.user.email,
         "message": one.message, "since": words.ago(one.created_at)}
        for one in waiting(desk.organization)
    ]  # fmt: skip
    return base.show(
        request, "organize/people.html", desk, here="people", title=_("People"),
        lead=_("Who runs %(name)s with you.") % {"name": desk.organization},
        rows=rows, members=[member_row(row, desk) for row in rows], asking=asking,
        invited=invitations(desk), tabs=tabs(desk, "people"),
    )  # fmt: skip


@base.organization_page()
def roles(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET /organize/{code}/people/roles/: what each role may do, from the table that decides."""
    acts = [
        {"act": words_, "may": [(role.label, role.value in MAY[right]) for role in Role]}
        for right, words_ in ACTS
    ]
    return base.show(
        request, "organize/roles.html", desk, here="people", title=_("Roles"), acts=acts,
        lead=_("What each role may do. A role can be limited to one campaign or team."),
        roles=[{"label": role.label, "words": words.ROLES[role]} for role in Role],
    )  # fmt: skip
