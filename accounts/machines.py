"""Machines that call: a credential is exchanged for a bearer of seven days, and that is checked.

This is no password grant of OAuth's: what is sent is a generated login and secret (see
`accounts.credentials`), never anything a human chose. Digests are compared, so a call costs
next to nothing; guesses are held off by the door.
"""

import datetime as dt
import hmac
from contextlib import suppress
from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q

from accounts.actors import Actor
from accounts.models import ApiAccessToken, ApiCredential, Organization, Partner
from accounts.oauth_errors import GrantRefused, TokenExpired, TokenRevoked, TokenUnknown
from accounts.rights import MACHINE
from rally.kit import clock, ids

PREFIX = "rlk_"
LONGEST = 64
LIVES = dt.timedelta(days=7)
# What programs are told, which is a second less, as they know it.
SECONDS = 604_799
SEEN_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A bearer as it is told, once. Instants in UTC."""

    token: str
    login: str
    issued_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Machine:
    """Whose program calls: an organization's own, or a partner's. One of the two is None."""

    credential: ApiCredential
    organization: Organization | None
    partner: Partner | None

    @property
    def actor(self) -> Actor:
        """For verbs. A partner's program has no rights of its own: its verbs take the partner."""
        here = self.organization.pk if self.organization else None
        return Actor(None, "api", frozenset({MACHINE}), here, machine=True)


def exchange(login: str, secret: str, *, partner: bool) -> Issued:
    """A bearer for a login and its secret; `partner` says of which kind it has to be.

    Raises GrantRefused: whether the login exists isn't said, and takes no other time.
    """
    found = _credential(login, partner)
    sent = ids.digest(secret)
    fits = hmac.compare_digest(sent, found.secret_digest if found else "-" * len(sent))
    if found is None or not fits:
        raise GrantRefused
    token = ids.secret(43, PREFIX)
    now = clock.now()
    with transaction.atomic():
        ApiAccessToken.objects.create(
            credential=found, organization_id=found.organization_id, token="", scope="",
            token_checksum=ids.digest(token), expires=now + LIVES,
        )  # fmt: skip
        if _is_news(found, now):
            ApiCredential.objects.filter(pk=found.pk).update(last_used_at=now)
    return Issued(token, found.login, now, now + LIVES)


def bearer(token: str, now: dt.datetime | None = None) -> Machine:
    """The machine behind a bearer: one statement, and one more a minute to note the use.

    Raises TokenUnknown, TokenExpired, TokenRevoked. What ends a credential, or archives its
    organization, ends its bearers.
    """
    if not token.startswith(PREFIX) or len(token) > LONGEST or not token.isascii():
        raise TokenUnknown
    lapsed = ExpressionWrapper(Q(expires__lte=clock.expression(now)), output_field=BooleanField())
    row = (
        ApiAccessToken.objects.filter(token_checksum=ids.digest(token))
        .annotate(lapsed=lapsed)
        .select_related("credential__organization", "credential__partner")
        .first()
    )
    if row is None or row.credential is None:
        raise TokenUnknown
    if row.lapsed:
        raise TokenExpired
    credential = row.credential
    if row.revoked_at is not None or not _stands(credential):
        raise TokenRevoked
    _seen(credential)
    return Machine(credential, credential.organization, credential.partner)


def _credential(login: str, partner: bool) -> ApiCredential | None:
    if not login or len(login) > LONGEST or "\x00" in login:
        return None
    standing = Q(organization=None) | Q(organization__archived_at=None)
    rows = ApiCredential.objects.filter(standing, login=login, revoked_at=None)
    return rows.filter(partner__isnull=not partner).order_by().first()


def _stands(credential: ApiCredential) -> bool:
    here = credential.organization
    return credential.revoked_at is None and (here is None or here.archived_at is None)


def _seen(credential: ApiCredential) -> None:
    """Note the use, to the minute. A database that only reads lets the call pass all the same."""
    now = clock.now()
    if _is_news(credential, now):
        with suppress(DatabaseError), transaction.atomic():
            ApiCredential.objects.filter(pk=credential.pk).update(last_used_at=now)


def _is_news(credential: ApiCredential, now: dt.datetime) -> bool:
    return credential.last_used_at is None or now - credential.last_used_at > SEEN_EVERY
