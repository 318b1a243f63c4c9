"""Invite by link, code or e-mail; accept; take back.

The secret is derived from the installation's key and the invitation's public id: the database
holds its digest alone, and those who may invite can look the link up again.
"""

import base64
import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import audit, outbox
from accounts.actors import Actor
from accounts.errors import (
    InvitationExpired,
    InvitationForAnother,
    InvitationRevoked,
    InvitationUsed,
    NoSuchInvitation,
    UnknownRole,
)
from accounts.memberships import GIVEN_FREELY, LIMITABLE
from accounts.models import Invitation, Membership, Organization
from accounts.models.organizations import Role
from accounts.rights import Forbidden, Right, require
from rally.kit import clock, ids, sealed, text
from rally.kit.errors import InvalidInput

GOOD_FOR = dt.timedelta(days=14)
LENGTH = 16
# Letters that are read or heard as another are taken for it.
_LOOKALIKES = str.maketrans("018", "OIB")


def secret_of(invitation: Invitation) -> str:
    """What its link ends in and what can be typed as a code: 16 letters and digits.

    It is made of the key the invitation was made under, as long as that is known.
    """
    about = "accounts.invitation", invitation.public_id
    made = [
        base64.b32encode(salted_hmac(*about, secret=key, algorithm="sha256").digest()).decode()
        for key in sealed.secrets()
    ]
    mine = (one[:LENGTH] for one in made if ids.digest(one[:LENGTH]) == invitation.token_hash)
    return next(mine, made[0][:LENGTH])


def spaced(secret: str) -> str:
    """The code as people read it out: ABCD-EFGH-IJKL-MNOP."""
    return "-".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def invite(
    organization: Organization, by: Actor, role: str, *, email: str = "",
    campaign_id: int | None = None, team_id: int | None = None,
) -> Invitation:  # fmt: skip
    """A new invitation, good for 14 days and one person; with an e-mail it is mailed there.

    The caller has made sure that campaign and team are the organization's own. Raises
    Forbidden, UnknownRole, InvalidInput (email).
    """
    require(by, Right.RUN_ORGANIZATION, organization.pk)
    limited = campaign_id is not None or team_id is not None
    if role not in (LIMITABLE if limited else GIVEN_FREELY):
        raise UnknownRole
    made = Invitation(
        organization=organization, role=role, campaign_id=campaign_id, team_id=team_id,
        email=_address(email), invited_by=by.user, expires_at=clock.database_now() + GOOD_FOR,
    )  # fmt: skip
    made.token_hash = ids.digest(secret_of(made))
    with transaction.atomic():
        made.save()
        facts = {"role": role, "campaign": campaign_id, "team": team_id, "mailed": bool(email)}
        _note("invitation.created", made, by, facts)
        if made.email:
            outbox.announce(
                "invitation.created", key=str(made.pk), organization_id=organization.pk,
                facts={"invitation": made.pk},
            )  # fmt: skip
    return made


def find(secret: str) -> Invitation:
    """The invitation with this secret, however it was typed. Raises NoSuchInvitation."""
    typed = text.one_line(secret).upper().replace("-", "").replace(" ", "").translate(_LOOKALIKES)
    found = (
        Invitation.objects.filter(token_hash=ids.digest(typed), organization__archived_at=None)
        .select_related("organization", "campaign", "team", "invited_by")
        .first()
    )
    if found is None:
        raise NoSuchInvitation
    return found


def check(invitation: Invitation, by: Actor) -> None:
    """Whether this actor could accept it now; raises what stands against it."""
    if by.user is None:
        raise Forbidden
    if invitation.used_at is not None:
        if invitation.used_by_id != by.user.pk:
            raise InvitationUsed
        return
    if invitation.revoked_at is not None:
        raise InvitationRevoked
    if invitation.expires_at <= clock.database_now():
        raise InvitationExpired
    if invitation.email and invitation.email != by.user.email:
        raise InvitationForAnother


def accept(invitation: Invitation, by: Actor) -> Membership | None:
    """Come in. Accepting again changes nothing, and lets nobody back in who was taken out.

    A member who has a smaller role in the same part gets the invitation's; a bigger one is
    kept. Raises as `check` does. None: it was used by them before, and the role is gone.
    """
    with transaction.atomic():
        found = (
            Invitation.objects.select_for_update(no_key=True, of=("self",))
            .select_related("organization")
            .get(pk=invitation.pk)
        )
        check(found, by)
        assert by.user is not None
        place = {
            "organization": found.organization, "user": by.user,
            "campaign": found.campaign, "team": found.team,
        }  # fmt: skip
        if found.used_at is not None:
            return Membership.objects.filter(**place).first()
        membership, made = Membership.objects.get_or_create(**place, defaults={"role": found.role})
        if not made and _rank(found.role) < _rank(membership.role):
            membership.role = found.role
            membership.save(update_fields=["role"])
        _first_owns(membership)
        found.used_at, found.used_by, found.email = clock.database_now(), by.user, ""
        found.save(update_fields=["used_at", "used_by", "email"])
        facts = {"role": membership.role, "membership": membership.pk}
        _note("invitation.accepted", found, by, facts)
    return membership


def revoke(invitation: Invitation, by: Actor) -> None:
    """Take it back. Again, or after it was used, changes nothing. Raises Forbidden."""
    require(by, Right.RUN_ORGANIZATION, invitation.organization_id)
    with transaction.atomic():
        found = Invitation.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=invitation.pk
        )
        if found.used_at is None and found.revoked_at is None:
            found.revoked_at, found.email = clock.database_now(), ""
            found.save(update_fields=["revoked_at", "email"])
            _note("invitation.revoked", found, by, {})


def forget_addresses() -> int:
    """Empty the e-mails of invitations that expired; answers how many."""
    lapsed = Invitation.objects.filter(~Q(email=""), expires_at__lt=clock.database_now())
    return lapsed.update(email="")


def _first_owns(membership: Membership) -> None:
    """The first administrator of an organization that a partner made owns it: nobody else does."""
    here = membership.organization
    if not here.partner_made or membership.role != Role.ADMIN:
        return
    if not Membership.objects.filter(organization=here, role=Role.OWNER).exists():
        membership.role = Role.OWNER
        membership.save(update_fields=["role"])


def _rank(role: str) -> int:
    return Role.values.index(role)


def _address(email: str) -> str:
    email = text.one_line(email).lower()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise InvalidInput(_("This isn't an e-mail address."), field="email") from None
    return email


def _note(verb: str, about: Invitation, by: Actor, facts: Mapping[str, object]) -> None:
    audit.record(verb, about=about, by=by.user, door=by.door, facts=dict(facts))
