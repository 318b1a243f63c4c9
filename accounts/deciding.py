"""Staff approve or turn down what somebody asked for: once, with the request's row locked.

It serves apps (`accounts.access`) and logins of organizations (`accounts.credential_requests`),
who check who may decide, and say by a `Matter` what a decision is told as.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from accounts import audit, outbox
from accounts.actors import Actor
from accounts.errors import AlreadyDecided, ReasonNeeded
from accounts.models import AppRequest, CredentialRequest
from accounts.models.decisions import Decision
from rally.kit import clock, text

LONGEST_REASON = 1000
Asked = TypeVar("Asked", AppRequest, CredentialRequest)


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind of requests: its name in the audit and the outbox, and names of its fields.

    `about` is whom it is for, `made` is what approving it makes, `fact` names the request in the
    outbox.
    """

    name: str
    about: str
    made: str
    fact: str


def approve(request: Asked, by: Actor, matter: Matter, make: Callable[[Asked], None]) -> None:
    """Let `make` put onto the locked request what was asked for. Again changes nothing.

    Raises AlreadyDecided when it was refused.
    """
    with transaction.atomic():
        asked = _locked(request, matter)
        if asked.status == Decision.REFUSED:
            raise AlreadyDecided
        if asked.status == Decision.PENDING:
            make(asked)
            _decide(asked, Decision.APPROVED, "", by, matter)
    request.refresh_from_db()


def refuse(request: Asked, by: Actor, matter: Matter, reason: str) -> None:
    """Turn it down, with a reason they read. Again changes nothing.

    Raises ReasonNeeded, and AlreadyDecided when it was approved.
    """
    reason = text.paragraphs(reason)[:LONGEST_REASON]
    if not text.is_visible(reason):
        raise ReasonNeeded
    with transaction.atomic():
        asked = _locked(request, matter)
        if asked.status == Decision.APPROVED:
            raise AlreadyDecided
        if asked.status == Decision.PENDING:
            _decide(asked, Decision.REFUSED, reason, by, matter)
    request.refresh_from_db()


def _locked(request: Asked, matter: Matter) -> Asked:
    rows = type(request).objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related(matter.about).get(pk=request.pk)


def _decide(
    asked: AppRequest | CredentialRequest, status: str, reason: str, by: Actor, matter: Matter
) -> None:
    asked.status, asked.reason, asked.decided_by = status, reason, by.user
    asked.decided_at = clock.database_now()
    asked.save(update_fields=["status", "reason", "decided_by", "decided_at", matter.made])
    audit.record(f"{matter.name}.{status}", about=asked, by=by.user, door=by.door)
    outbox.announce(
        f"{matter.name}.decided", key=str(asked.pk), facts={matter.fact: asked.pk},
        organization_id=getattr(asked, "organization_id", None),
    )  # fmt: skip
