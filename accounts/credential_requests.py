"""An organization asks for API credentials of its own; staff decide; its owner takes the secret."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, credentials, deciding, outbox
from accounts.actors import Actor
from accounts.deciding import Matter
from accounts.models import ApiCredential, CredentialRequest, Organization
from accounts.rights import Forbidden, Right, require
from rally.kit import text
from rally.kit.errors import DomainError, InvalidInput

LONGEST = 1000
Status = CredentialRequest.Status
LOGIN = Matter("credential", about="organization", made="credential", fact="request")


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

    def make(asked: CredentialRequest) -> None:
        asked.credential, _secret = credentials.issue(
            asked.organization, by, purpose=asked.purpose, taken=False
        )

    deciding.approve(request, by, LOGIN, make)
    assert request.credential is not None
    return request.credential


def refuse(request: CredentialRequest, by: Actor, reason: str) -> None:
    """Turn it down, with a reason they read. Again changes nothing.

    Raises Forbidden, ReasonNeeded and AlreadyDecided.
    """
    credentials.staff_only(by)
    deciding.refuse(request, by, LOGIN, reason)
