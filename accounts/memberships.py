"""Who belongs to an organization and as what: change it, take it away, leave, hand over."""

from django.db import transaction

from accounts import audit, outbox
from accounts.actors import Actor
from accounts.errors import LastOwner, NoSuchMember, NotEverywhere, OwnersOnly, UnknownRole
from accounts.models import Membership, Organization
from accounts.models.organizations import Role
from accounts.rights import Forbidden, Right, may, require

# Nobody becomes an owner by asking or by a link: owners make owners.
GIVEN_FREELY = (Role.ADMIN, Role.TEAM_ADMIN, Role.MODERATOR, Role.VIEWER)
# An owner's or admin's work is the whole organization; these can be limited to a part of it.
LIMITABLE = (Role.TEAM_ADMIN, Role.MODERATOR, Role.VIEWER)


def change_role(membership: Membership, by: Actor, role: str) -> Membership:
    """Give a member another role. The same role again changes nothing.

    Raises Forbidden, UnknownRole, LastOwner, and OwnersOnly when an admin makes or unmakes
    an owner; NotEverywhere for a big role in a small part.
    """
    if role not in Role.values:
        raise UnknownRole
    with transaction.atomic():
        found = _locked(membership)
        _allowed(found, by)
        if found.role == role:
            return found
        if role == Role.OWNER:
            require(by, Right.OWN, found.organization_id)
        if (found.campaign_id or found.team_id) and role not in LIMITABLE:
            raise NotEverywhere
        if is_last_owner(found):
            raise LastOwner
        facts = {"from": found.role, "to": role, "user": found.user_id}
        found.role = role
        found.save(update_fields=["role"])
        _note("membership.changed", found, by, facts)
    return found


def remove(membership: Membership, by: Actor) -> None:
    """Take a role away. Gone already: nothing changes.

    Raises Forbidden, OwnersOnly for an admin, and LastOwner.
    """
    with transaction.atomic():
        try:
            found = _locked(membership)
        except NoSuchMember:
            return
        if by.user is None or found.user_id != by.user.pk:
            _allowed(found, by)
        if is_last_owner(found):
            raise LastOwner
        own = by.user is not None and found.user_id == by.user.pk
        verb = "membership.left" if own else "membership.removed"
        _note(verb, found, by, {"role": found.role, "user": found.user_id})
        Membership.objects.filter(pk=found.pk).delete()


def leave(organization: Organization, by: Actor) -> None:
    """Give up all own roles in an organization at once. Raises LastOwner."""
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True, of=("self",)).get(pk=organization.pk)
        mine = Membership.objects.filter(organization=organization, user=by.user).order_by("pk")
        for membership in mine:
            remove(membership, by)


def hand_over(membership: Membership, by: Actor) -> Membership:
    """Make a member the owner and the giver an admin; both hear of it by mail.

    Raises Forbidden, NotEverywhere for a member of a part only. To oneself: nothing changes.
    """
    with transaction.atomic():
        found = _locked(membership)
        require(by, Right.OWN, found.organization_id)
        if found.campaign_id or found.team_id:
            raise NotEverywhere
        if not found.user.is_active:
            raise Forbidden
        if by.user is not None and found.user_id == by.user.pk:
            return found
        found.role = Role.OWNER
        found.save(update_fields=["role"])
        givers = Membership.objects.filter(
            organization_id=found.organization_id, user=by.user, role=Role.OWNER
        )
        givers.update(role=Role.ADMIN)
        giver = by.user.pk if by.user else None
        entry = audit.record(
            "organization.handed_over", about=found.organization, by=by.user, door=by.door,
            facts={"from": giver, "to": found.user_id},
        )  # fmt: skip
        for user in {giver, found.user_id} - {None}:
            outbox.announce(
                "ownership.handed_over", key=f"{entry.pk}:{user}",
                organization_id=found.organization_id,
                facts={"user": user, "owner": found.user_id},
            )  # fmt: skip
    return found


def runners(organization_id: int) -> list[int]:
    """Ids of the users who run the whole organization: whom mails about its affairs go to."""
    found = Membership.objects.filter(
        organization_id=organization_id, role__in=(Role.OWNER, Role.ADMIN),
        campaign=None, team=None, user__is_active=True,
    )  # fmt: skip
    return list(found.values_list("user_id", flat=True))


def is_last_owner(membership: Membership) -> bool:
    """Whether nobody else who can sign in owns the organization everywhere."""
    owners = Membership.objects.filter(
        organization_id=membership.organization_id, role=Role.OWNER, campaign=None, team=None,
        user__is_active=True,
    )  # fmt: skip
    return membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists()


def _locked(membership: Membership) -> Membership:
    """The membership as it is now. The organization is its mutex: owners are counted."""
    Organization.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=membership.organization_id
    )
    try:
        return Membership.objects.select_related("organization", "user").get(pk=membership.pk)
    except Membership.DoesNotExist:
        raise NoSuchMember from None


def _allowed(membership: Membership, by: Actor) -> None:
    require(by, Right.RUN_ORGANIZATION, membership.organization_id)
    if membership.role == Role.OWNER and not may(by, Right.OWN, membership.organization_id):
        raise OwnersOnly


def _note(verb: str, membership: Membership, by: Actor, facts: dict[str, object]) -> None:
    audit.record(verb, about=membership, by=by.user, door=by.door, facts=facts)
