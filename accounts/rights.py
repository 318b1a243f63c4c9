"""One table: which role may do what. Every verb that a person can trigger asks here."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from accounts.models.organizations import Role
from rally.kit.errors import DomainError


class Right(StrEnum):
    """What can be allowed."""

    SEE_MONEY = "see_money"
    REFUND = "refund"


MAY: dict[Right, frozenset[str]] = {
    Right.SEE_MONEY: frozenset({Role.OWNER, Role.ADMIN, Role.TEAM_ADMIN}),
    Right.REFUND: frozenset({Role.OWNER, Role.ADMIN}),
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
