"""Takes one protection away, in the process of a race only, to show that the race needs it.

A race test whose twin doesn't fail proves nothing.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.db import connection

from boards import claiming, holds, reserving
from boards.models import Hold

CONFLICT = "ON CONFLICT (tile_id) WHERE ended_at IS NULL DO NOTHING"
FREE = """NOT EXISTS (SELECT 1 FROM boards_claim c WHERE c.tile_id = {tile}
    AND c.ended_at IS NULL)"""


@contextmanager
def without(what: str, pause: float) -> Iterator[None]:
    """Run without the named protection; `pause` seconds pass after each look at a hold."""
    with ExitStack() as patches:
        for change in PROTECTIONS[what]():
            patches.enter_context(change)
        if pause:
            patches.enter_context(_slow_after_looking(pause))
        yield


def _slow_after_looking(pause: float) -> Any:
    look = holds.locked

    def slow(hold_id: int) -> Hold:
        hold = look(hold_id)
        time.sleep(pause)
        return hold

    return patch.object(holds, "locked", slow)


def _count() -> list[Any]:
    """Whoever asked is told yes, however few tiles the statement claimed."""
    return [patch.object(reserving, "_must_have_all", lambda count, numbers: None)]


def _index() -> list[Any]:
    """The statement no longer stumbles over the index (which the test has dropped)."""
    return [
        patch.object(claiming, name, getattr(claiming, name).replace(CONFLICT, ""))
        for name in ("PG_CLAIM_NEW", "PG_CLAIM_MORE", "LITE_CLAIM")
    ]


def _look_first() -> list[Any]:
    """Instead of the index, a look whether the tile is free: in one statement, even."""
    looked = claiming.PG_CLAIM_NEW.replace(CONFLICT, "").replace(
        "FROM want, h\n", f"FROM want, h WHERE {FREE.format(tile='want.id')}\n"
    )
    return [patch.object(claiming, "PG_CLAIM_NEW", looked)]


def _lock() -> list[Any]:
    """Holds are looked at without a lock. On SQLite the transaction is the lock."""

    def unlocked(hold_id: int) -> Hold:
        return Hold.objects.get(pk=hold_id)

    changes = [patch.object(holds, "locked", unlocked)]
    if connection.vendor == "sqlite":
        changes.append(patch.object(holds, "transaction", SimpleNamespace(atomic=nullcontext)))
    return changes


PROTECTIONS = {
    "": list, "count": _count, "index": _index, "index, with a look": _look_first, "lock": _lock,
}  # fmt: skip
