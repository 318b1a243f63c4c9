"""The audit log: who did what to which thing. No names, e-mails or messages go into it."""

from typing import Any

from django.db.models import Model

from accounts.models import AuditEntry, Organization, User
from rally.kit import logs


def record(
    verb: str,
    *,
    about: Model,
    by: User | None,
    door: str,
    organization_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write down that `by` did `verb` to `about`, in the transaction that did it.

    `facts` holds field names, ids and counts only: entries can't be changed, and a person
    must be erasable. Without `organization_id` it is the thing's own, if it has one.
    """
    if organization_id is None:
        organization_id = _organization_of(about)
    return AuditEntry.objects.create(
        verb=verb[:60],
        user=by,
        organization_id=organization_id,
        door=door,
        object_type=about._meta.label_lower[:40],
        object_id=str(about.pk),
        facts=facts or {},
        request_id=logs.request_id.get(),
    )


def _organization_of(about: Model) -> int | None:
    if isinstance(about, Organization):
        return about.pk
    found = getattr(about, "organization_id", None)
    return found if isinstance(found, int) else None
