"""Logins of machines: issued, given another secret, taken back.

A credential is a generated login and a generated secret of 256 bits, so its SHA-256 is all we
keep; no human password ever opens anything here. A secret is shown once, to whoever takes it.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts import audit, outbox
from accounts.actors import Actor
from accounts.models import ApiAccessToken, ApiCredential, Organization, Partner
from accounts.rights import Forbidden, Right, require
from rally.kit import clock, ids, text
from rally.kit.errors import DomainError

LOGIN_LENGTH, SECRET_LENGTH = 20, 43
LONGEST_PURPOSE = 1000
Owner = Organization | Partner
Issued = tuple[ApiCredential, str]


class AlreadyTaken(DomainError):
    """The secret was shown before; only another one can be."""

    code = "conflict"
    sentence = gettext_lazy("This secret was shown already. Ask our staff for a new one.")


class CredentialOver(DomainError):
    """A credential that was taken back is not brought to life again."""

    code = "conflict"
    sentence = gettext_lazy("These credentials were revoked.")


def issue(
    owner: Owner, by: Actor, *, purpose: str = "", login: str = "", secret: str = "",
    taken: bool = True,
) -> Issued:  # fmt: skip
    """New credentials and their secret. Staff only; raises Forbidden.

    Both texts may be given for the demo. With `taken` off nobody is to be told the secret: the
    owner takes another by `take`.
    """
    staff_only(by)
    return _made(owner, by, purpose=purpose, login=login, secret=secret, taken=taken)


def issue_for_partner(organization: Organization, partner: Partner, by: Actor) -> Issued:
    """Credentials of an organization, made by its partner; those it had made before end now.

    The caller has made sure that the organization is the partner's.
    """
    with transaction.atomic():
        before = ApiCredential.objects.select_for_update(no_key=True, of=("self",)).filter(
            organization=organization, made_by=partner, revoked_at=None
        )
        for credential in before.order_by("pk"):
            _end(credential, by)
        return _made(organization, by, partner=partner, purpose=f"made by {partner.name}")


def rotate(credential: ApiCredential, by: Actor, *, taken: bool = True) -> str:
    """Another secret, answered once; the old one and all its tokens end now.

    Raises Forbidden for whoever isn't staff, and CredentialOver.
    """
    staff_only(by)
    secret = ids.secret(SECRET_LENGTH)
    with transaction.atomic():
        found = _locked(credential)
        _replace(found, secret, taken)
        _note("credential.rotated", found, by)
    credential.refresh_from_db()
    return secret


def take(credential: ApiCredential, by: Actor) -> str:
    """The secret, for the organization's owner; it can't be had twice.

    Raises Forbidden, AlreadyTaken and CredentialOver.
    """
    if credential.organization_id is None:
        raise Forbidden
    require(by, Right.OWN, credential.organization_id)
    secret = ids.secret(SECRET_LENGTH)
    with transaction.atomic():
        found = _locked(credential)
        if found.taken_at is not None:
            raise AlreadyTaken
        _replace(found, secret, True)
        _note("credential.taken", found, by)
    credential.refresh_from_db()
    return secret


def revoke(credential: ApiCredential, by: Actor) -> None:
    """Its secret and its tokens end now. Again changes nothing. Raises Forbidden."""
    if not (by.is_staff and by.door != "page"):
        require(by, Right.RUN_ORGANIZATION, credential.organization_id or 0)
    with transaction.atomic():
        found = ApiCredential.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=credential.pk
        )
        if found.revoked_at is None:
            _end(found, by)
    credential.refresh_from_db()


def staff_only(by: Actor) -> None:
    """Raises Forbidden for whoever isn't staff at a door that staff use, or the system."""
    if by.user is None and by.door in {"task", "command"}:
        return
    if not by.is_staff or by.door == "page":
        raise Forbidden


def _made(
    owner: Owner, by: Actor, *, purpose: str, partner: Partner | None = None, login: str = "",
    secret: str = "", taken: bool = True,
) -> Issued:  # fmt: skip
    secret = secret or ids.secret(SECRET_LENGTH)
    with transaction.atomic():
        made = ApiCredential.objects.create(
            login=login or ids.secret(LOGIN_LENGTH), secret_digest=ids.digest(secret),
            organization=owner if isinstance(owner, Organization) else None,
            partner=owner if isinstance(owner, Partner) else None, made_by=partner,
            purpose=text.paragraphs(purpose)[:LONGEST_PURPOSE],
            taken_at=clock.database_now() if taken else None,
        )  # fmt: skip
        _note("credential.issued", made, by)
    return made, secret


def _locked(credential: ApiCredential) -> ApiCredential:
    """The row, if it still stands. Raises CredentialOver."""
    rows = ApiCredential.objects.select_for_update(no_key=True, of=("self",))
    found = rows.get(pk=credential.pk)
    if found.revoked_at is not None:
        raise CredentialOver
    return found


def _replace(credential: ApiCredential, secret: str, taken: bool) -> None:
    now = clock.database_now()
    credential.secret_digest = ids.digest(secret)
    credential.taken_at = now if taken else None
    credential.save(update_fields=["secret_digest", "taken_at"])
    _end_tokens(credential, now)
    if not taken and credential.organization_id is not None:
        outbox.announce(
            "credential.waiting", key=f"{credential.pk}:{now.timestamp()}",
            organization_id=credential.organization_id, facts={"credential": credential.pk},
        )  # fmt: skip


def _end(credential: ApiCredential, by: Actor) -> None:
    now = clock.database_now()
    credential.revoked_at = now
    credential.save(update_fields=["revoked_at"])
    _end_tokens(credential, now)
    _note("credential.revoked", credential, by)


def _end_tokens(credential: ApiCredential, now: dt.datetime) -> None:
    ApiAccessToken.objects.filter(credential=credential, revoked_at=None).update(revoked_at=now)


def _note(verb: str, about: ApiCredential, by: Actor) -> None:
    facts = {"partner": about.partner_id, "made_by": about.made_by_id}
    audit.record(verb, about=about, by=by.user, door=by.door, facts=facts)
