"""Tokens are made here: by a code, by a refresh token, or outright for demo and tests.

Every token is kept as its SHA-256 digest. One family is what one consent page led to: the
code, its refresh token and those that replaced it, and all their access tokens.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import bearers, consents, scopes
from accounts.models import (
    ApiAccessToken,
    ApiClient,
    ApiConsent,
    ApiGrantCode,
    ApiRefreshToken,
    Organization,
    User,
)
from accounts.oauth_errors import GrantRefused
from rally.kit import clock, ids

SECRET_LENGTH = 43


@dataclass(frozen=True, slots=True)
class Issued:
    """What a program is told, once. `refresh_token` is "" where the old one stays good."""

    access_token: str
    refresh_token: str
    scope: str
    expires_in: int


def issue(
    client: ApiClient,
    user: User,
    organization: Organization,
    wanted: Iterable[str] = scopes.DEFAULT,
    *,
    access_token: str = "",
    refresh_token: str = "",
    lifetime: int | None = None,
    now: dt.datetime | None = None,
) -> Issued:
    """A pair of tokens as if the user had just said yes. For the demo and for tests.

    The texts may be given (then they start with `rla_` and `rlr_`); `lifetime` in seconds may
    be negative for a token that has expired. Raises NotYours.
    """
    scope = scopes.written(wanted)
    with transaction.atomic():
        consent = consents.give(client, user, organization, scope.split())
        moment = now or clock.database_now()
        refresh, told = new_refresh(consent, scope, uuid.uuid4(), moment, text=refresh_token)
        access = new_access(consent, refresh, scope, moment, text=access_token, lifetime=lifetime)
    seconds = lifetime if lifetime is not None else settings.RALLY_ACCESS_TOKEN_SECONDS
    return Issued(access, told, scope, seconds)


def new_refresh(
    consent: ApiConsent,
    scope: str,
    family: uuid.UUID,
    now: dt.datetime,
    *,
    expires_at: dt.datetime | None = None,
    text: str = "",
) -> tuple[ApiRefreshToken, str]:
    """A refresh token and its text. It ends `refresh_days` from now unless told otherwise."""
    text = text or ids.secret(SECRET_LENGTH, bearers.REFRESH)
    ends = expires_at or now + dt.timedelta(days=consent.client.refresh_days)
    row = ApiRefreshToken.objects.create(
        application=consent.client, user=consent.user, organization=consent.organization,
        consent=consent, scope=scope, token="", token_checksum=ids.digest(text),
        token_family=family, expires_at=ends,
    )  # fmt: skip
    return row, text


def new_access(
    consent: ApiConsent,
    refresh: ApiRefreshToken,
    scope: str,
    now: dt.datetime,
    *,
    text: str = "",
    lifetime: int | None = None,
) -> str:
    """An access token of a family; answers its text."""
    text = text or ids.secret(SECRET_LENGTH, bearers.ACCESS)
    seconds = settings.RALLY_ACCESS_TOKEN_SECONDS if lifetime is None else lifetime
    ApiAccessToken.objects.create(
        application=consent.client, user=consent.user, organization=consent.organization,
        consent=consent, scope=scope, token="", token_checksum=ids.digest(text),
        source_refresh_token=refresh, expires=now + dt.timedelta(seconds=seconds),
    )  # fmt: skip
    return text


def stands(consent: ApiConsent) -> bool:
    """Whether the consent still carries tokens: not taken back, and the user still there."""
    if consent.revoked_at is not None or consent.client.disabled_at is not None:
        return False
    return consent.user.is_active and consents.belongs(consent)


def refresh(
    client: ApiClient, token: str, scope: str | None = None, *, now: dt.datetime | None = None
) -> Issued:
    """A new access token for a refresh token; `scope` may ask for less than was granted.

    A Sprocket program keeps its refresh token. A modern one gets another, and when the old
    one comes again it was stolen: the whole family ends. Raises GrantRefused, UnknownScope.
    """
    with transaction.atomic():
        issued = _refresh(client, token, scope, now)
    if issued is None:
        raise GrantRefused
    return issued


def _refresh(
    client: ApiClient, token: str, scope: str | None, now: dt.datetime | None
) -> Issued | None:
    """None for a refusal, so that what a reuse ended is committed."""
    rotates = client.profile != ApiClient.Profile.SPROCKET
    rows = ApiRefreshToken.objects.filter(token_checksum=ids.digest(token), application=client)
    if rotates:
        rows = rows.select_for_update(no_key=True, of=("self",))
    else:
        rows = rows.select_related("consent__client", "consent__user", "consent__organization")
    row = rows.order_by("pk").first()
    if row is None or row.consent is None or row.token_family is None:
        return None
    moment = now or clock.database_now()
    if row.revoked is not None:
        if rotates:
            end_family(row.token_family, moment)
        return None
    if (row.expires_at is not None and row.expires_at <= moment) or not stands(row.consent):
        return None
    narrowed = _narrowed(row.scope, scope)
    kept, told = row, ""
    if rotates:
        row.revoked = moment
        row.save(update_fields=["revoked"])
        kept, told = new_refresh(
            row.consent, row.scope, row.token_family, moment, expires_at=row.expires_at
        )
    access = new_access(row.consent, kept, narrowed, moment)
    _supersede(row.token_family, moment)
    return Issued(access, told, narrowed, settings.RALLY_ACCESS_TOKEN_SECONDS)


def _narrowed(granted: str, asked: str | None) -> str:
    """What was granted, or the part that is asked for. Raises UnknownScope for more."""
    if not (asked or "").strip():
        return granted
    names = scopes.read(asked)
    if set(names) - set(granted.split()):
        raise scopes.UnknownScope
    return scopes.written(names)


def _supersede(family: uuid.UUID, now: dt.datetime) -> None:
    """Keep the newest access tokens of a family; older ones count as expired from now on."""
    live = ApiAccessToken.objects.filter(
        source_refresh_token__token_family=family, revoked_at=None, expires__gt=now
    )
    over = live.order_by("-pk").values_list("pk", flat=True)[settings.RALLY_TOKENS_PER_GRANT :]
    if too_many := list(over):
        ApiAccessToken.objects.filter(pk__in=too_many).update(expires=now)


def end_family(family: uuid.UUID, now: dt.datetime) -> None:
    """Everything one consent page led to is good for nothing from now on."""
    ApiRefreshToken.objects.filter(token_family=family, revoked=None).update(revoked=now)
    ApiAccessToken.objects.filter(
        source_refresh_token__token_family=family, revoked_at=None
    ).update(revoked_at=now)


def give_back(client: ApiClient, token: str, *, now: dt.datetime | None = None) -> None:
    """The program revokes a token of its own: a refresh token with its whole family, an access
    token alone. Anybody else's, or none at all, changes nothing (RFC 7009)."""
    mine = Q(token_checksum=ids.digest(token), application=client)
    moment = now or clock.database_now()
    with transaction.atomic():
        row = ApiRefreshToken.objects.filter(mine).order_by("pk").first()
        if row is not None and row.token_family is not None:
            end_family(row.token_family, moment)
        ApiAccessToken.objects.filter(mine, revoked_at=None).update(revoked_at=moment)


def live_refresh(
    client: ApiClient, token: str, now: dt.datetime | None = None
) -> ApiRefreshToken | None:
    """The program's own refresh token, if it is good; None else."""
    row = (
        ApiRefreshToken.objects.filter(
            token_checksum=ids.digest(token), application=client, revoked=None
        )
        .select_related("consent__client", "consent__user", "consent__organization")
        .first()
    )
    if row is None or row.consent is None or not stands(row.consent):
        return None
    over = row.expires_at is not None and row.expires_at <= (now or clock.database_now())
    return None if over else row


def forget(token: str) -> None:
    """Delete a token's row, so that the demo may issue the same text anew."""
    mine = Q(token_checksum=ids.digest(token))
    with transaction.atomic():
        ApiAccessToken.objects.filter(mine).delete()
        ApiRefreshToken.objects.filter(mine).delete()


def sweep(now: dt.datetime | None = None) -> int:
    """Forget codes and tokens that ended more than a day ago; answers how many."""
    day_ago = (now or clock.database_now()) - dt.timedelta(days=1)
    gone = ApiGrantCode.objects.filter(expires__lt=day_ago).delete()[0]
    gone += ApiAccessToken.objects.filter(expires__lt=day_ago).delete()[0]
    dead = Q(expires_at__lt=day_ago) | Q(revoked__lt=day_ago - dt.timedelta(days=30))
    return gone + ApiRefreshToken.objects.filter(dead).delete()[0]
