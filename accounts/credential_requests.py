"""An organization asks for API credentials of its own; staff decide; its owner takes the secret."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, credentials, outbox
from accounts.actors import Actor
from accounts.errors import AlreadyDecided, ReasonNeeded
from accounts.models import ApiCredential, CredentialRequest, Organization
from accounts.rights import Forbidden, Right, require
from rally.kit import clock, text
from rally.kit.errors import DomainError, InvalidInput

LONGEST = 1000
Status = CredentialRequest.Status


class HasCredentials(DomainError):
    """One login for each organization: another program of theirs can use the same."""

    code = "conflict"
    sentence = gettext_lazy("This organization has API credentials already.")


def ask(organization: Organization, by: Actor, purpose: str) -> CredentialRequest:
    """Say what the data is wanted for; staff get a mail. While one waits, that one is answered.

    Raises Forbidden, InvalidInput (purpose), HasCredentials.
    """
    if by.user is None or by.scopes is not None:
        raise Forbidden
    require(by, Right.RUN_ORGANIZATION, organization.pk)
    words = text.paragraphs(purpose)
    if text.has_forbidden(words) or not text.is_visible(words) or len(words) > LONGEST:
        raise InvalidInput(_("Please use up to 1,000 characters."), field="purpose")
    live = ApiCredential.objects.filter(organization=organization, made_by=None, revoked_at=None)
    if live.exists():
        raise HasCredentials
    with transaction.atomic():
        asked, made = CredentialRequest.objects.get_or_create(
            organization=organization, status=Status.PENDING,
            defaults={"user": by.user, "purpose": words},
        )  # fmt: skip
        if made:
            audit.record("credential.asked", about=asked, by=by.user, door=by.door)
            outbox.announce("credential.asked", key=str(asked.pk), facts={"request": asked.pk},
                            organization_id=organization.pk)  # fmt: skip
    return asked


def approve(request: CredentialRequest, by: Actor) -> ApiCredential:
    """Make the credentials; nobody has seen the secret: the owner takes it on their own page.

    Again changes nothing. Raises Forbidden and AlreadyDecided.
    """
    credentials.staff_only(by)
    with transaction.atomic():
        asked = _locked(request)
        if asked.status == Status.REFUSED:
            raise AlreadyDecided
        if asked.status == Status.PENDING:
            asked.credential, _secret = credentials.issue(
                asked.organization, by, purpose=asked.purpose, taken=False
            )
            _decide(asked, Status.APPROVED, "", by)
    request.refresh_from_db()
    assert request.credential is not None
    return request.credential


def refuse(request: CredentialRequest, by: Actor, reason: str) -> None:
    """Turn it down, with a reason they read. Again changes nothing.

    Raises Forbidden, ReasonNeeded and AlreadyDecided.
    """
    credentials.staff_only(by)
    reason = text.paragraphs(reason)[:LONGEST]
    if not text.is_visible(reason):
        raise ReasonNeeded
    with transaction.atomic():
        asked = _locked(request)
        if asked.status == Status.APPROVED:
            raise AlreadyDecided
        if asked.status == Status.PENDING:
            _decide(asked, Status.REFUSED, reason, by)
    request.refresh_from_db()


def _locked(request: CredentialRequest) -> CredentialRequest:
    rows = CredentialRequest.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organization").get(pk=request.pk)


def _decide(asked: CredentialRequest, status: str, reason: str, by: Actor) -> None:
    asked.status, asked.reason, asked.decided_by = status, reason, by.user
    asked.decided_at = clock.database_now()
    asked.save(update_fields=["status", "reason", "decided_by", "decided_at", "credential"])
    audit.record(f"credential.{status}", about=asked, by=by.user, door=by.door)
    outbox.announce("credential.decided", key=str(asked.pk), facts={"request": asked.pk},
                    organization_id=asked.organization_id)  # fmt: skip
