"""One table: which role may do what. Every verb that a person can trigger asks here."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from accounts.models.organizations import Role
from rally.kit.errors import DomainError


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


class Forbidden(DomainError):
    """The actor is known, and may not do this."""

    code = "forbidden"
    sentence = _("You may not do that here.")


def may(by: Actor, right: Right, organization_id: int, campaign_id: int | None = None) -> bool:
    """Whether the actor has the right in an organization, or in one campaign of it."""
    if by.user is None:
        return by.door in {"task", "command"}
    if not by.user.is_active:
        return False
    if by.is_staff:
        return True
    roles = Membership.objects.filter(user=by.user, organization_id=organization_id, team=None)
    granted = roles.filter(role__in=MAY[right])
    general = granted.filter(campaign=None)
    if campaign_id is None:
        return general.exists()
    return (general | granted.filter(campaign_id=campaign_id)).exists()


def require(by: Actor, right: Right, organization_id: int, campaign_id: int | None = None) -> None:
    """Raises Forbidden unless `may`."""
    if not may(by, right, organization_id, campaign_id):
        raise Forbidden


def may_see_contacts(
    by: Actor, organization_id: int, campaign_id: int, campaign_shows_them: bool
) -> bool:
    """Whether the actor may read donors' e-mails and addresses in one campaign."""
    if may(by, Right.SEE_CONTACTS, organization_id, campaign_id):
        return True
    return campaign_shows_them and may(by, Right.RUN_CAMPAIGNS, organization_id, campaign_id)
