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

from accounts import bearers, consents, scopes
from accounts.models import (
    ApiAccessToken,
    ApiClient,
    ApiConsent,
    ApiRefreshToken,
    Organization,
    User,
)
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
