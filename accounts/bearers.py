"""Who calls with `Authorization: Bearer` or `Basic`, looked at afresh on every call.

who = bearers.bearer(token)          # raises TokenExpired, TokenUnknown, TokenRevoked, ...
who.require("admin_read")            # raises ScopeMissing
who.actor                            # for verbs and accounts.rights
client = bearers.client_by_secret(client_id, secret)   # raises ClientRefused
"""

import datetime as dt
import hmac
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.models import ApiAccessToken, ApiClient, Membership, Organization, Person, User
from accounts.oauth_errors import (
    ClientDisabled,
    ClientRefused,
    ConsentRevoked,
    ScopeMissing,
    TokenExpired,
    TokenRevoked,
    TokenUnknown,
    UserGone,
)
from rally.kit import clock, ids

ACCESS = "rla_"
REFRESH = "rlr_"
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Bearer:
    """A program acting for somebody in one organization.

    `user` and `organization` are what the token was given for: nothing outside of that
    organization may be shown or changed, whatever else the user belongs to. `kind` is "oauth"
    (tokens without a user come with other dialects).
    """

    client: ApiClient | None
    user: User | None
    organization: Organization
    scopes: frozenset[str]
    kind: str
    token_id: int
    expires_at: dt.datetime

    @property
    def actor(self) -> Actor:
        """For verbs: the user, limited to the token's scopes and its organization."""
        return Actor(self.user, "api", self.scopes, self.organization.pk)

    def require(self, *names: str) -> None:
        """Raises ScopeMissing, naming the first that the token lacks."""
        for name in names:
            if name not in self.scopes:
                raise ScopeMissing(name)


def bearer(token: str, now: dt.datetime | None = None) -> Bearer:
    """The caller behind an access token. One statement; `now` None is the database's clock.

    Raises TokenUnknown, TokenExpired (also when newer tokens of the grant took its place),
    TokenRevoked, ConsentRevoked, ClientDisabled and UserGone (disabled, or left the
    organization). An organization that was archived ends its tokens, too.
    """
    row = find(token, now)
    if row is None or row.organization is None:
        raise TokenUnknown
    _check_alive(row)
    if row.lapsed:
        raise TokenExpired
    return Bearer(
        client=row.application,
        user=row.user,
        organization=row.organization,
        scopes=frozenset(row.scope.split()),
        kind="oauth",
        token_id=row.pk,
        expires_at=row.expires,
    )


def find(token: str, now: dt.datetime | None = None) -> ApiAccessToken | None:
    """The row of an access token with all that decides about it, or None."""
    if not token.startswith(ACCESS) or len(token) > LONGEST or not token.isascii():
        return None
    lapsed = ExpressionWrapper(Q(expires__lte=clock.expression(now)), output_field=BooleanField())
    rows = ApiAccessToken.objects.filter(token_checksum=ids.digest(token)).annotate(lapsed=lapsed)
    return with_belonging(rows).first()


def with_belonging(rows: QuerySet[ApiAccessToken]) -> QuerySet[ApiAccessToken]:
    """The rows, knowing whether their user still belongs to their organization."""
    here = {"user": OuterRef("user"), "organization": OuterRef("organization")}
    return rows.select_related("application", "user", "organization", "consent").annotate(
        has_role=Exists(Membership.objects.filter(**here)),
        is_person=Exists(Person.objects.filter(**here, archived_at=None)),
    )


def _check_alive(row: ApiAccessToken) -> None:
    """Everything that ends a token before its time."""
    if row.application is None or row.application.disabled_at is not None:
        raise ClientDisabled
    if row.revoked_at is not None:
        raise TokenRevoked
    if row.consent is None or row.consent.revoked_at is not None:
        raise ConsentRevoked
    if row.user is None or not row.user.is_active:
        raise UserGone
    belongs = row.has_role or (row.is_person and not row.consent.by_role)
    if not belongs or row.organization is None or row.organization.archived_at is not None:
        raise UserGone


def client_by_secret(client_id: str, secret: str) -> ApiClient:
    """The program that knows its secret. Raises ClientRefused, or ClientDisabled.

    A public client has no secret, so it never passes here.
    """
    sent = ids.digest(secret)
    client = client_by_id(client_id)
    kept = client.client_secret if client is not None else ""
    # Compared in any case, so that an unknown id takes as long as a wrong secret.
    fits = hmac.compare_digest(sent, kept or "-" * len(sent))
    if client is None or not fits:
        raise ClientRefused
    if client.disabled_at is not None:
        raise ClientDisabled
    return client


def client_by_id(client_id: str) -> ApiClient | None:
    """The program of that id, disabled or not."""
    if not client_id or len(client_id) > LONGEST or "\x00" in client_id:
        return None
    return ApiClient.objects.select_related("organization").filter(client_id=client_id).first()
