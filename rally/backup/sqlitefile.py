"""SQLite: its online backup copies a running database as of one moment."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from rally.backup.archive import Damaged

FILE = "rally.sqlite3"


def save(folder: Path) -> dict[str, Any]:
    """A copy as of one moment, writers notwithstanding; a journal beside it is never needed."""
    copy(_file(), folder / FILE)
    return {}


def load(folder: Path, facts: dict[str, Any]) -> None:
    """Copy it back, in one transaction of SQLite's own: all of it or nothing.

    Raises Damaged when the copy is no sound database.
    """
    with closing(sqlite3.connect(folder / FILE)) as found:
        if found.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise Damaged("its database is broken inside")
    connections.close_all()
    copy(folder / FILE, _file())


def others() -> int:
    """SQLite doesn't tell; whoever starts Rally locks `var/`."""
    return 0


def copy(source: Path, target: Path) -> None:
    """A consistent copy of one SQLite file into another, used or not."""
    with closing(sqlite3.connect(source)) as ours, closing(sqlite3.connect(target)) as theirs:
        ours.backup(theirs)


def _file() -> Path:
    return Path(str(settings.DATABASES["default"]["NAME"]))
