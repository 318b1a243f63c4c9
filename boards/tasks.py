"""Housekeeping. Nothing depends on when it runs: boards and holds are read with the clock."""

from celery import shared_task

from boards import holds, opening


@shared_task(name="boards.tasks.expire_holds")
def expire_holds() -> int:
    """Write down the end of holds whose time is over."""
    return holds.expire_due()


@shared_task(name="boards.tasks.run_campaigns")
def run_campaigns() -> int:
    """Open the campaigns that were scheduled, complete those whose time is over."""
    return opening.open_due() + opening.complete_due()
