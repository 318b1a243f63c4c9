"""Background work of the project itself."""

from celery import shared_task

from accounts import grants, idempotency, invitations, joinrequests, webhook_sending
from rally.dispatch import outbox
from rally.kit import heartbeat as hearts


@shared_task(name="rally.tasks.heartbeat")
def heartbeat() -> None:
    """Tell the health check that scheduler, broker and worker all work, by doing so."""
    hearts.beat()


@shared_task(name="rally.tasks.sweep_records")
def sweep_records() -> int:
    """Forget idempotent answers, codes and tokens a day after they ended, and webhook messages
    a month after they were settled."""
    return idempotency.sweep() + grants.sweep() + webhook_sending.sweep()


@shared_task(name="rally.tasks.lapse_requests")
def lapse_requests() -> int:
    """End what nobody answered: requests to join after 30 days, addresses of dead invitations."""
    return joinrequests.lapse() + invitations.forget_addresses()


@shared_task(name="rally.tasks.dispatch_outbox")
def dispatch_outbox() -> int:
    """Tell the world what happened: receipts, and later everything else that listens."""
    return outbox.drain()


@shared_task(name="rally.tasks.deliver_webhooks")
def deliver_webhooks() -> int:
    """Send integrators what waits for them."""
    return webhook_sending.deliver_due()
