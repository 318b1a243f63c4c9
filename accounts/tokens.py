"""Personal tokens: what somebody's own scripts sign in with.

A token is 192 random bits after `rlp_`; only its SHA-256 is kept, so it is shown once. It can
do what its owner's roles allow, within its scopes, and ends with the owner's account.
"""

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actors import Actor
from accounts.models import Organization, PersonalToken
from accounts.rights import Forbidden, organizations
from rally.kit import clock, ids, text
from rally.kit.errors import DomainError, InvalidInput

PREFIX = "rlp_"
LONGEST = 64
LONGEST_NAME = 100
MOST = 50
READ, WRITE = "tiles_read", "tiles_write"
SCOPES: dict[str, str | Promise] = {
    READ: gettext_lazy("See campaigns, boards, gifts and requests to join"),
    WRITE: gettext_lazy("Change them, pay gifts back, and manage webhooks"),
}
# Life in days that the page offers; None never ends.
LIVES = (30, 90, 365, None)
# How exactly "last used" is kept, so that a read doesn't cost a write each time.
USED_STEP = dt.timedelta(minutes=1)


class TokenRefused(DomainError):
    """No such token, or one that is over. The answer doesn't tell which."""

    code = "unauthorized"
    sentence = gettext_lazy("This token isn't known, or it was revoked or has expired.")


@dataclass(frozen=True, slots=True)
class Bearer:
    """A script of somebody's, and the token it came with."""

    token: PersonalToken
    actor: Actor


def make(
    by: Actor, *, name: str, scopes: Iterable[str], organization: Organization | None = None,
    days: int | None = None, secret: str = "",
) -> tuple[PersonalToken, str]:  # fmt: skip
    """A new token and its secret, which can't be had again.

    With an organization it works nowhere else. `secret` is for the sandbox, whose tokens are
    derived. Raises Forbidden, and InvalidInput (name, scopes, organization).
    """
    if by.user is None or by.scopes is not None:
        # A program must not make itself a stronger key than the one it was given.
        raise Forbidden
    name = _name(name)
    wanted = [scope for scope in SCOPES if scope in set(scopes)]
    if not wanted or set(scopes) - SCOPES.keys():
        raise InvalidInput(_("Choose what the token may do."), field="scopes")
    if organization is not None and not organizations(by).filter(pk=organization.pk).exists():
        raise InvalidInput(_("You don't belong to this organization."), field="organization")
    if living(by).count() >= MOST:
        sentence = _("You have %(n)d tokens. Revoke one that isn't used any more.")
        raise InvalidInput(sentence % {"n": MOST}, field="name")
    secret = secret or PREFIX + secrets.token_urlsafe(24)
    ends = clock.database_now() + dt.timedelta(days=days) if days else None
    with transaction.atomic():
        token = PersonalToken.objects.create(
            user=by.user, organization=organization, name=name, scopes=" ".join(wanted),
            digest=ids.digest(secret), last_four=secret[-4:], expires_at=ends,
        )  # fmt: skip
        facts = {"scopes": wanted}
        audit.record("token.made", about=token, by=by.user, door=by.door, facts=facts)
    return token, secret


def living(by: Actor) -> QuerySet[PersonalToken]:
    """The actor's tokens that work, the newest first."""
    ended = Q(expires_at__isnull=False, expires_at__lte=clock.expression(None))
    return (
        PersonalToken.objects.filter(user=by.user, revoked_at=None).exclude(ended).order_by("-pk")
    )


def revoke(token: PersonalToken, by: Actor) -> None:
    """From now on it opens nothing. Again changes nothing. Raises Forbidden."""
    if by.user is None or (token.user_id != by.user.pk and not by.is_staff):
        raise Forbidden
    with transaction.atomic():
        ended = PersonalToken.objects.filter(pk=token.pk, revoked_at=None).update(
            revoked_at=clock.database_now()
        )
        if ended:
            audit.record("token.revoked", about=token, by=by.user, door=by.door)


def bearer(secret: str) -> Bearer:
    """Who calls with this token: one statement, and one more a minute to note the use.

    Raises TokenRefused.
    """
    if not secret.startswith(PREFIX) or len(secret) > LONGEST or not secret.isascii():
        raise TokenRefused
    found = (
        PersonalToken.objects.select_related("user", "organization")
        .filter(digest=ids.digest(secret), revoked_at=None, user__is_active=True)
        .first()
    )
    now = clock.now()
    if found is None or (found.expires_at is not None and found.expires_at <= now):
        raise TokenRefused
    if found.organization is not None and found.organization.archived_at is not None:
        raise TokenRefused
    if found.last_used_at is None or now - found.last_used_at > USED_STEP:
        PersonalToken.objects.filter(pk=found.pk).update(last_used_at=now)
    scopes = frozenset(found.scopes.split())
    return Bearer(found, Actor(found.user, "api", scopes, found.organization_id))


def _name(value: str) -> str:
    if text.has_forbidden(value):
        raise InvalidInput(_("There is a character that can't be used."), field="name")
    value = text.one_line(value)
    if not text.is_visible(value) or len(value) > LONGEST_NAME:
        sentence = _("Give the token a name of up to 100 characters, so that you know it again.")
        raise InvalidInput(sentence, field="name")
    return value
