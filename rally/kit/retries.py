"""Runs a whole transaction again when the database asked for it, and only then."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, transaction

T = TypeVar("T")
# PostgreSQL: serialization failure, deadlock detected.
TRANSIENT = {"40001", "40P01"}
TRIES = 3


def retrying(work: Callable[[], T]) -> T:
    """Run `work` in a transaction; a deadlock or serialization failure starts it over."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as why:
            state = getattr(why.__cause__, "sqlstate", None)
            if state not in TRANSIENT or attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")
