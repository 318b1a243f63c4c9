"""Where the worker leaves the time it last lived, and who may look."""

import time

from django.core.cache import cache

KEY = "worker:heartbeat"


def beat() -> None:
    """The worker lives now."""
    cache.set(KEY, time.time(), None)


def age_seconds() -> int | None:
    """Seconds since the last beat; None when there never was one."""
    last = cache.get(KEY)
    return None if last is None else max(0, round(time.time() - last))
