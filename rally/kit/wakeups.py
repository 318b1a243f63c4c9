"""Tells the worker that something waits. Losing a wake-up costs seconds: sweeps find it."""

import logging
from typing import Any

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def wake(task: str, *args: Any) -> None:
    """Send `task` once the current transaction has committed (at once outside of one)."""
    transaction.on_commit(lambda: _send(task, args))


def _send(task: str, args: tuple[Any, ...]) -> None:
    try:
        current_app.send_task(task, args=args)
    except Exception:
        # Whatever the broker's library raises: the row is written, a sweep will come.
        logger.warning("The worker could not be woken for %s; a sweep will do it.", task)
