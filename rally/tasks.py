"""Background work of the project itself."""

import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT_KEY = "worker:heartbeat"


@shared_task(name="rally.tasks.heartbeat")
def heartbeat() -> None:
    """Tell the health check that scheduler, broker and worker all work, by doing so."""
    cache.set(HEARTBEAT_KEY, time.time(), None)
