"""What a user lets a program do, for one organization they belong to."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit, scopes
from accounts.models import (
    ApiAccessToken,
    ApiClient,
    ApiConsent,
    ApiGrantCode,
    ApiRefreshToken,
    Membership,
    Organization,
    Person,
    User,
)
from accounts.oauth_errors import NotYours
from rally.kit import clock


def choices(client: ApiClient, user: User) -> QuerySet[Organization]:
    """The organizations the user may let the program into: all they belong to, by name.

    A program of one organization works for that one alone.
    """
    roles = Q(memberships__user=user)
    persons = Q(people__user=user, people__archived_at=None)
    mine = Organization.objects.filter(roles | persons, archived_at=None).distinct()
    if client.organization_id is not None:
        mine = mine.filter(pk=client.organization_id)
    return mine.order_by("name", "pk")


def give(
    client: ApiClient,
    user: User,
    organization: Organization,
    wanted: Iterable[str],
    *,
    door: str = "page",
) -> ApiConsent:
    """Write down a yes. What was allowed before stays allowed. Raises NotYours."""
    if not choices(client, user).filter(pk=organization.pk).exists():
        raise NotYours
    wanted = set(wanted)
    by_role = Membership.objects.filter(user=user, organization=organization).exists()
    with transaction.atomic():
        consent, made = ApiConsent.objects.select_for_update(
            no_key=True, of=("self",)
        ).get_or_create(client=client, user=user, organization=organization)
        if consent.revoked_at is None:
            wanted |= set(consent.scopes.split())
        text = scopes.written(wanted)
        if made or (consent.scopes, consent.revoked_at, consent.by_role) != (text, None, by_role):
            consent.scopes, consent.revoked_at, consent.by_role = text, None, by_role
            consent.save(update_fields=["scopes", "revoked_at", "by_role"])
            facts = {"client": client.pk, "scopes": text}
            audit.record("consent.given", about=consent, by=user, door=door, facts=facts)
    return consent


def revoke(
    consent: ApiConsent, by: User, *, door: str = "page", now: dt.datetime | None = None
) -> None:
    """Take everything back: the program's codes and tokens for this organization die at once.

    Taking it back again changes nothing.
    """
    moment = now or clock.database_now()
    with transaction.atomic():
        found = ApiConsent.objects.select_for_update(no_key=True, of=("self",)).get(pk=consent.pk)
        if found.revoked_at is None:
            found.revoked_at = moment
            found.save(update_fields=["revoked_at"])
            end_tokens(Q(consent=found), moment)
            facts = {"client": found.client_id}
            audit.record("consent.revoked", about=found, by=by, door=door, facts=facts)
    consent.refresh_from_db()


def belongs(consent: ApiConsent) -> bool:
    """Whether the user is still there in the way they were when they said yes."""
    if consent.organization.archived_at is not None:
        return False
    here = {"user": consent.user_id, "organization": consent.organization_id}
    if Membership.objects.filter(**here).exists():
        return True
    return not consent.by_role and Person.objects.filter(**here, archived_at=None).exists()


def end_tokens(which: Q, now: dt.datetime) -> None:
    """Codes and tokens that match are good for nothing from now on. Kept a day, to be told."""
    ApiGrantCode.objects.filter(which, used_at=None).update(used_at=now)
    ApiRefreshToken.objects.filter(which, revoked=None).update(revoked=now)
    ApiAccessToken.objects.filter(which, revoked_at=None).update(revoked_at=now)


def of_user(user: User) -> QuerySet[ApiConsent]:
    """What the user allows at present, the newest first."""
    return (
        ApiConsent.objects.filter(user=user, revoked_at=None)
        .select_related("client", "organization")
        .order_by("-created_at", "-pk")
    )
