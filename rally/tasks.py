"""Background work of the project itself."""

from celery import shared_task

from accounts import grants, idempotency
from rally.dispatch import outbox
from rally.kit import heartbeat as hearts


@shared_task(name="rally.tasks.heartbeat")
def heartbeat() -> None:
    """Tell the health check that scheduler, broker and worker all work, by doing so."""
    hearts.beat()


@shared_task(name="rally.tasks.sweep_records")
def sweep_records() -> int:
    """Forget idempotent answers, codes and tokens a day after they ended."""
    return idempotency.sweep() + grants.sweep()


@shared_task(name="rally.tasks.dispatch_outbox")
def dispatch_outbox() -> int:
    """Tell the world what happened: receipts, and later everything else that listens."""
    return outbox.drain()
