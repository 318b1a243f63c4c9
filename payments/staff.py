"""Asks staff to look at something, once. Nothing that can't be decided here is dropped."""

import logging
from typing import Any

from django.db.models import Model

from payments.models import StaffTask
from rally.kit import clock

logger = logging.getLogger(__name__)


def ask(
    kind: str, *, key: str, about: Model, organization_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write a task; asking again with the same kind and key changes nothing."""
    task = StaffTask(
        kind=kind,
        key=key[:120],
        organization_id=organization_id,
        object_type=about._meta.label_lower,
        object_id=str(about.pk),
        facts=facts or {},
    )
    StaffTask.objects.bulk_create([task], ignore_conflicts=True)
    logger.warning("Staff must look at %s %s: %s", task.object_type, task.object_id, kind)


def resolve(kind: str, *, key: str, note: str) -> None:
    """The thing settled itself: nobody needs to look any more."""
    StaffTask.objects.filter(kind=kind, key=key[:120], resolved_at=None).update(
        resolved_at=clock.database_now(), note=note
    )
