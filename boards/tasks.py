"""Housekeeping that nothing depends on: expiry is true by the clock wherever it is read."""

from celery import shared_task

from boards import holds


@shared_task(name="boards.tasks.expire_holds")
def expire_holds() -> int:
    """Write down the end of holds whose time is over."""
    return holds.expire_due()
