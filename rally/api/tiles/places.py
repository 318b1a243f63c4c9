"""Finds what an address or a body names, among what the caller may know of."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import rights
from accounts.actors import Actor
from accounts.models import Organization
from accounts.rights import Forbidden, Right
from campaigns.models import Campaign
from rally.kit.errors import DomainError, InvalidInput


class NotHere(DomainError):
    """No such thing, or one that isn't the caller's."""

    code = "not_found"
    sentence = gettext_lazy("There is nothing here.")


class OrganizationRequired(DomainError):
    """The caller may do this in several organizations and has named none."""

    code = "organization_required"
    sentence = gettext_lazy("You may do this in several organizations: name one in organizationId.")


def organization(by: Actor, right: Right, public_id: Any) -> Organization:
    """The one named, or the only one in which the caller holds the right.

    Raises Forbidden for one where they don't, whether it exists or not; OrganizationRequired.
    """
    held = rights.holding(by, right)
    if public_id is not None:
        if not isinstance(public_id, str) or not 0 < len(public_id) <= 64:
            raise InvalidInput(_("organizationId must be an id."), field="organizationId")
        found = held.filter(public_id=public_id).first()
        if found is None:
            raise Forbidden
        return found
    several = list(held.order_by("pk")[:2])
    if not several:
        raise Forbidden
    if len(several) > 1:
        raise OrganizationRequired(field="organizationId")
    return several[0]


def campaign(by: Actor, public_id: str, right: Right | None = None) -> Campaign:
    """A campaign the caller sees, by one statement.

    Raises NotHere, and Forbidden where the right is lacking.
    """
    rows = rights.seen(by, _named(public_id)).select_related("goal", "organization")
    if right is not None:
        itself = Campaign.objects.filter(pk=OuterRef("pk"))
        rows = rows.annotate(allowed=Exists(rights.reached(by, right, itself)))
    found = rows.first()
    if found is None:
        raise NotHere
    if right is not None and not getattr(found, "allowed", False):
        rights.require(by, right, found.organization_id, found.pk)
    return found


def within(by: Actor, public_id: str, right: Right) -> QuerySet[Campaign, Any]:
    """The key of a campaign the caller holds a right in, to list what is in it by one statement.

    None where `campaign` would refuse, so ask that before an empty list is believed.
    """
    return rights.reached(by, right, _named(public_id)).order_by().values("pk")


def _named(public_id: str) -> QuerySet[Campaign]:
    return Campaign.objects.filter(public_id=public_id, archived_at=None)
