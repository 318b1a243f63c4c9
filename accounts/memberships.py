"""Who belongs to an organization: decide about those who ask, take somebody out."""

from django.db import transaction

from accounts import audit
from accounts.errors import AlreadyDecided, LastOwner, OwnRequest, ReasonNeeded, UnknownRole
from accounts.models import JoinRequest, Membership, Organization, User
from accounts.models.organizations import Role
from rally.kit import clock, text

GIVEN_ON_REQUEST = (Role.ADMIN, Role.TEAM_ADMIN, Role.MODERATOR, Role.VIEWER)
LONGEST_REASON = 1000


def approve(
    request: JoinRequest, by: User, role: str = Role.TEAM_ADMIN, *, door: str = "admin"
) -> Membership:
    """Let the asker in. Approving again changes nothing, whichever role is named.

    Somebody who belongs already keeps the role they have. Raises OwnRequest, AlreadyDecided
    after a refusal, and UnknownRole: nobody becomes an owner by asking.
    """
    if role not in GIVEN_ON_REQUEST:
        raise UnknownRole
    with transaction.atomic():
        asked = _locked(request, by)
        if asked.status == JoinRequest.Status.DENIED:
            raise AlreadyDecided
        membership, _made = Membership.objects.get_or_create(
            organization=asked.organization, user=asked.user, campaign=None, team=None,
            defaults={"role": role},
        )  # fmt: skip
        if asked.status == JoinRequest.Status.PENDING:
            _decide(asked, JoinRequest.Status.APPROVED, by, "")
            facts = {"role": membership.role, "membership": membership.pk}
            audit.record("joinrequest.approved", about=asked, by=by, door=door, facts=facts)
    request.refresh_from_db()
    return membership


def deny(request: JoinRequest, by: User, reason: str, *, door: str = "admin") -> None:
    """Turn the asker down, with a reason they can read. Denying again changes nothing.

    Raises ReasonNeeded, OwnRequest, and AlreadyDecided after an approval.
    """
    reason = text.paragraphs(reason)[:LONGEST_REASON]
    if not text.is_visible(reason):
        raise ReasonNeeded
    with transaction.atomic():
        asked = _locked(request, by)
        if asked.status == JoinRequest.Status.APPROVED:
            raise AlreadyDecided
        if asked.status == JoinRequest.Status.PENDING:
            _decide(asked, JoinRequest.Status.DENIED, by, reason)
            audit.record("joinrequest.denied", about=asked, by=by, door=door)
    request.refresh_from_db()


def remove(membership: Membership, by: User, *, door: str = "admin") -> None:
    """Take a role away. Raises LastOwner for the only owner an organization has."""
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=membership.organization_id
        )
        if is_last_owner(membership):
            raise LastOwner
        facts = {"role": membership.role, "user": membership.user_id}
        audit.record("membership.removed", about=membership, by=by, door=door, facts=facts)
        Membership.objects.filter(pk=membership.pk).delete()


def is_last_owner(membership: Membership) -> bool:
    """Whether nobody else owns the organization everywhere."""
    owners = Membership.objects.filter(
        organization_id=membership.organization_id, role=Role.OWNER, campaign=None, team=None
    )
    return membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists()


def _locked(request: JoinRequest, by: User) -> JoinRequest:
    if request.user_id == by.pk:
        raise OwnRequest
    return JoinRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=request.pk)


def _decide(request: JoinRequest, status: str, by: User, reason: str) -> None:
    request.status, request.decided_by, request.reason = status, by, reason
    request.decided_at = clock.database_now()
    request.save(update_fields=["status", "decided_by", "reason", "decided_at"])
