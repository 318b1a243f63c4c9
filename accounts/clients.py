"""Programs that are registered here: made, switched off and given new secrets by staff.

A secret is shown once, by whoever called the verb; only its digest is kept.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from oauth2_provider.models import AbstractApplication

from accounts import audit, consents, redirects
from accounts.actors import Actor
from accounts.models import ApiClient, Organization
from rally.kit import clock, ids
from rally.kit.errors import DomainError, InvalidInput

ID_LENGTH, SECRET_LENGTH = 10, 32
Profile = ApiClient.Profile
SEEN_EVERY = dt.timedelta(minutes=1)


class NotForPublic(DomainError):
    """A program that runs on its users' devices can't keep a secret, nor have prefixes."""

    code = "conflict"
    sentence = _lazy("This program has no secret.")


def register(
    *,
    name: str,
    redirect_uris: str,
    by: Actor,
    profile: str = Profile.MODERN,
    confidential: bool = True,
    organization: Organization | None = None,
    refresh_days: int = 365,
    client_id: str = "",
    secret: str = "",
) -> tuple[ApiClient, str]:
    """A new program and its secret ("" for a public one, which must be modern).

    Both texts may be given for the demo. Raises InvalidInput.
    """
    if not name.strip():
        raise InvalidInput(_("Give the program a name people will recognize."), field="name")
    if profile == Profile.SPROCKET and not confidential:
        raise InvalidInput(_("A Sprocket program has to keep a secret."), field="profile")
    secret = (secret or ids.secret(SECRET_LENGTH)) if confidential else ""
    kind = AbstractApplication.CLIENT_CONFIDENTIAL if confidential else "public"
    with transaction.atomic():
        client = ApiClient.objects.create(
            client_id=client_id or ids.secret(ID_LENGTH), name=name.strip()[:255],
            client_secret=ids.digest(secret) if secret else "", client_type=kind,
            authorization_grant_type=AbstractApplication.GRANT_AUTHORIZATION_CODE,
            redirect_uris=redirects.checked(redirect_uris), profile=profile,
            organization=organization, refresh_days=refresh_days,
        )  # fmt: skip
        _note("registered", client, by, profile=str(profile))
    return client, secret


def change(
    client: ApiClient, by: Actor, *, name: str, redirect_uris: str, refresh_days: int
) -> None:
    """Rename it, or change where it sends people. New addresses have to be approved anew.

    `refresh_days` counts for refresh tokens given from now on. Raises InvalidInput.
    """
    if not name.strip():
        raise InvalidInput(_("Give the program a name people will recognize."), field="name")
    wanted = {
        "name": name.strip()[:255], "refresh_days": refresh_days,
        "redirect_uris": redirects.checked(redirect_uris),
    }  # fmt: skip
    with transaction.atomic():
        found = ApiClient.objects.select_for_update(no_key=True, of=("self",)).get(pk=client.pk)
        fields = sorted(key for key, value in wanted.items() if getattr(found, key) != value)
        if "redirect_uris" in fields and found.prefixes_approved_at is not None:
            wanted["prefixes_approved_at"] = None
            fields.append("prefixes_approved_at")
        if fields:
            ApiClient.objects.filter(pk=found.pk).update(**{key: wanted[key] for key in fields})
            _note("changed", found, by, fields=fields)
    client.refresh_from_db()


def approve_prefixes(client: ApiClient, by: Actor) -> None:
    """Let a Sprocket program use addresses below those registered, and plain http.

    Doing it again changes nothing. Raises NotForPublic for a modern one.
    """
    if client.profile != Profile.SPROCKET:
        raise NotForPublic(_("Only a Sprocket program can have redirect prefixes."))
    _set(client, by, "prefixes_approved", prefixes_approved_at=clock.database_now())


def withdraw_prefixes(client: ApiClient, by: Actor) -> None:
    """Back to exact https addresses. Doing it again changes nothing."""
    _set(client, by, "prefixes_withdrawn", prefixes_approved_at=None)


def disable(client: ApiClient, by: Actor) -> None:
    """Switch the program off: its credentials and all its tokens fail at once."""
    _set(client, by, "disabled", disabled_at=clock.database_now())


def enable(client: ApiClient, by: Actor) -> None:
    """Switch it on again; tokens that haven't lapsed meanwhile work again."""
    _set(client, by, "enabled", disabled_at=None)


def reissue_secret(client: ApiClient, by: Actor, *, end_tokens: bool = False) -> str:
    """A new secret, answered once; the old one stops working now.

    `end_tokens` also ends every token of the program, for when those leaked, too.
    Raises NotForPublic.
    """
    if client.client_type != AbstractApplication.CLIENT_CONFIDENTIAL:
        raise NotForPublic(_("A public program has no secret."))
    secret = ids.secret(SECRET_LENGTH)
    with transaction.atomic():
        client.client_secret = ids.digest(secret)
        client.save(update_fields=["client_secret"])
        if end_tokens:
            consents.end_tokens(Q(application=client), clock.database_now())
        _note("secret_reissued", client, by, tokens_ended=end_tokens)
    return secret


def seen(client: ApiClient, now: dt.datetime | None = None) -> None:
    """Note that the program was here, to the minute; most calls write nothing."""
    moment = now or clock.now()
    if client.last_used_at is None or moment - client.last_used_at > SEEN_EVERY:
        ApiClient.objects.filter(pk=client.pk).update(last_used_at=moment)


def _set(client: ApiClient, by: Actor, verb: str, **change: Any) -> None:
    """Change one instant, once: a second time it is left as it is."""
    ((column, value),) = change.items()
    with transaction.atomic():
        found = ApiClient.objects.select_for_update(no_key=True, of=("self",)).get(pk=client.pk)
        if (getattr(found, column) is None) != (value is None):
            setattr(found, column, value)
            found.save(update_fields=[column])
            _note(verb, found, by)
    client.refresh_from_db()


def _note(verb: str, client: ApiClient, by: Actor, **facts: Any) -> None:
    audit.record(f"client.{verb}", about=client, by=by.user, door=by.door, facts=facts)
