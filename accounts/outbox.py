"""What the world must hear of is written in the transaction that makes it true."""

from typing import Any

from accounts.models import OutboxEvent
from rally.kit.wakeups import wake

CONSUMER = "rally.tasks.dispatch_outbox"


def announce(
    kind: str, *, key: str, organization_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Leave an event for the dispatcher; the same kind and key is one event, however often."""
    event = OutboxEvent(kind=kind, key=key, organization_id=organization_id, facts=facts or {})
    OutboxEvent.objects.bulk_create([event], ignore_conflicts=True)
    wake(CONSUMER)
