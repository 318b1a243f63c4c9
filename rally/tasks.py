"""Background work of the project itself."""

import time

from celery import shared_task
from django.core.cache import cache

from rally.dispatch import outbox

HEARTBEAT_KEY = "worker:heartbeat"


@shared_task(name="rally.tasks.heartbeat")
def heartbeat() -> None:
    """Tell the health check that scheduler, broker and worker all work, by doing so."""
    cache.set(HEARTBEAT_KEY, time.time(), None)


@shared_task(name="rally.tasks.dispatch_outbox")
def dispatch_outbox() -> int:
    """Tell the world what happened: receipts, and later everything else that listens."""
    return outbox.drain()
