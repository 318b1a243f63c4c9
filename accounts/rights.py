"""One table: which role may do what. Every verb that a person can trigger asks here."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, Organization
from accounts.models.organizations import Role
from rally.kit.errors import DomainError

Row = TypeVar("Row", bound=Model)


class Right(StrEnum):
    """What can be allowed. One act of the table of roles each."""

    OWN = "own"  # the payout account, handing over, deleting
    RUN_ORGANIZATION = "run_organization"  # members, invites, join requests, apps, webhooks
    RUN_CAMPAIGNS = "run_campaigns"  # campaigns, boards, people, cash entry, plain exports
    SEE_MONEY = "see_money"  # each gift and what became of it, without anybody's contact data
    SEE_CONTACTS = "see_contacts"  # donors' e-mail and address, full exports
    REFUND = "refund"  # refunds, confirming cash, disputes
    MODERATE = "moderate"  # names, messages and pictures; no amounts, no e-mails
    SEE_TOTALS = "see_totals"  # dashboards and totals


_OWNERS = frozenset({Role.OWNER})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_RUNNERS = frozenset({Role.OWNER, Role.ADMIN, Role.TEAM_ADMIN})

# A team admin sees contact data where the campaign allows it: `may_see_contacts`.
MAY: dict[Right, frozenset[str]] = {
    Right.OWN: _OWNERS,
    Right.RUN_ORGANIZATION: _ADMINS,
    Right.RUN_CAMPAIGNS: _RUNNERS,
    Right.SEE_MONEY: _RUNNERS,
    Right.SEE_CONTACTS: _ADMINS,
    Right.REFUND: _ADMINS,
    Right.MODERATE: _RUNNERS | {Role.MODERATOR},
    Right.SEE_TOTALS: _RUNNERS | {Role.VIEWER},
}


# Rights to act, as against rights to see. A program needs one of these scopes for them.
ACTS = frozenset({
    Right.OWN, Right.RUN_ORGANIZATION, Right.RUN_CAMPAIGNS, Right.REFUND, Right.MODERATE,
})  # fmt: skip
# What an organization's own program may do in it, which acts for nobody.
MACHINE = "rallyup"
ACTING_SCOPES = frozenset({"tiles_write", "admin_write", "admin_donations", MACHINE})


class Forbidden(DomainError):
    """The actor is known, and may not do this."""

    code = "forbidden"
    sentence = _("You may not do that here.")


class ScopeLacking(Forbidden):
    """The role would allow it; the program's token was not given that much."""

    sentence = _("This token lacks the scope to change anything.")


@dataclass(frozen=True, slots=True)
class Grant:
    """One membership as a rule: a role, everywhere or in one campaign or team."""

    role: str
    campaign_id: int | None = None
    team_id: int | None = None

    def covers(self, campaign_id: int | None, team_id: int | None) -> bool:
        """Whether it reaches the thing asked about. None asks about the whole organization."""
        if self.team_id is not None:
            return self.team_id == team_id
        return self.campaign_id is None or self.campaign_id == campaign_id


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is to one organization, read once for all questions of a request."""

    grants: tuple[Grant, ...] = ()
    unlimited: bool = False

    def may(self, right: Right, campaign_id: int | None = None, team_id: int | None = None) -> bool:
        """Whether any role given here carries the right as far as that campaign or team."""
        return self.unlimited or any(
            grant.role in MAY[right] and grant.covers(campaign_id, team_id) for grant in self.grants
        )

    def may_somewhere(self, right: Right) -> bool:
        """Whether the right is held in any part of the organization."""
        return self.unlimited or any(grant.role in MAY[right] for grant in self.grants)

    def may_see_contacts(self, campaign_id: int, campaign_shows_them: bool) -> bool:
        """Whether donors' e-mails and addresses of one campaign may be read."""
        if self.may(Right.SEE_CONTACTS, campaign_id):
            return True
        return campaign_shows_them and self.may(Right.RUN_CAMPAIGNS, campaign_id)

    @property
    def belongs(self) -> bool:
        """Whether there is any role at all: without one, nothing here exists for them."""
        return self.unlimited or bool(self.grants)


def standing(by: Actor, organization_id: int) -> Standing:
    """The actor's roles in an organization.

    Staff rights open the admin and the API, never the organizers' pages: those ask for no
    second factor, and staff who help there are invited like everybody else. A program is
    nothing outside of the organization it was let into, whoever it acts for.
    """
    if by.organization_id not in {None, organization_id}:
        return Standing()
    if by.machine:
        return Standing((Grant(Role.ADMIN),) if by.organization_id else ())
    if by.user is None:
        return Standing(unlimited=by.door in {"task", "command"})
    if not by.user.is_active:
        return Standing()
    if by.is_staff and by.door != "page":
        return Standing(unlimited=True)
    rows = Membership.objects.filter(user=by.user, organization_id=organization_id)
    named = rows.values_list("role", "campaign_id", "team_id")
    return Standing(tuple(Grant(*row) for row in named))


def may(
    by: Actor, right: Right, organization_id: int, campaign_id: int | None = None,
    team_id: int | None = None,
) -> bool:  # fmt: skip
    """Whether the actor has the right in an organization, or in one campaign or team of it.

    A role limited to a team reaches only what is asked with that `team_id`.
    """
    return standing(by, organization_id).may(right, campaign_id, team_id)


def require(
    by: Actor, right: Right, organization_id: int, campaign_id: int | None = None,
    team_id: int | None = None,
) -> None:  # fmt: skip
    """Raises Forbidden unless `may`, and ScopeLacking for a program that may only look."""
    if by.scopes is not None and right in ACTS and not by.scopes & ACTING_SCOPES:
        raise ScopeLacking
    if not may(by, right, organization_id, campaign_id, team_id):
        raise Forbidden


def may_see_contacts(
    by: Actor, organization_id: int, campaign_id: int, campaign_shows_them: bool
) -> bool:
    """Whether the actor may read donors' e-mails and addresses in one campaign."""
    found = standing(by, organization_id)
    return found.may_see_contacts(campaign_id, campaign_shows_them)


def organizations(by: Actor) -> QuerySet[Organization]:
    """The organizations the actor belongs to in any way, with archived ones left out."""
    mine = _memberships(by).filter(organization=OuterRef("pk"))
    return Organization.objects.filter(Exists(mine), archived_at=None)


def holding(by: Actor, right: Right) -> QuerySet[Organization]:
    """The organizations in the whole of which the actor holds a right."""
    if by.machine:
        own = Organization.objects.filter(pk=by.organization_id or 0, archived_at=None)
        return own if Role.ADMIN in MAY[right] else own.none()
    roles = _memberships(by).filter(
        organization=OuterRef("pk"), campaign=None, team=None, role__in=MAY[right]
    )
    return Organization.objects.filter(Exists(roles), archived_at=None)


def seen(by: Actor, campaigns: QuerySet[Row], right: Right | None = None) -> QuerySet[Row]:
    """Of these campaigns those the actor may see; with `right`, those they hold it in.

    A role in one team shows the campaign that team is in, and holds no right over it.
    """
    mine = _memberships(by).filter(organization=OuterRef("organization_id"))
    everywhere, here = Q(campaign=None, team=None), Q(campaign=OuterRef("pk"), team=None)
    if right is not None:
        return campaigns.filter(Exists(mine.filter(everywhere | here, role__in=MAY[right])))
    return campaigns.filter(
        Exists(mine.filter(everywhere | here | Q(team__campaign=OuterRef("pk"))))
    )


def reached(by: Actor, right: Right, campaigns: QuerySet[Row]) -> QuerySet[Row]:
    """Of these campaigns those that `seen` shows and `require` lets by, as one condition.

    For lists that are asked for in the statement that checks the right to them. Who gets
    nothing may lack the right, the campaign, or only rows: `require` then says which.
    """
    if by.scopes is not None and right in ACTS and not by.scopes & ACTING_SCOPES:
        return campaigns.none()
    return seen(by, campaigns, None if by.is_staff and by.door != "page" else right)


def _memberships(by: Actor) -> QuerySet[Membership]:
    """The actor's roles, as far as they may use them through their door."""
    mine = Membership.objects.filter(user=by.user)
    return mine if by.organization_id is None else mine.filter(organization=by.organization_id)
