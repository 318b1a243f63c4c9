"""A real worker process takes work from the real broker of this run."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from rally import tasks
from rally.kit import heartbeat
from tests.site import until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


def test_a_sent_task_runs_in_the_worker_at_once(worker: Callable[..., Any]) -> None:
    worker()
    cache.delete(heartbeat.KEY)
    began = time.monotonic()
    tasks.heartbeat.delay()
    until(lambda: cache.get(heartbeat.KEY), 5, "the task's trace")
    assert time.monotonic() - began < 1, "a third of a second on a quiet machine"


def test_what_was_sent_before_the_worker_came_is_not_lost(worker: Callable[..., Any]) -> None:
    tasks.heartbeat.delay()
    process = worker()
    assert time.time() - cache.get(heartbeat.KEY) < 20
    assert process.poll() is None
