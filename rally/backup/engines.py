"""What each database engine does for a backup. Neither needs a program beside Rally."""

from pathlib import Path
from typing import Any, Protocol

from django.db import connections

from rally.backup import postgres, sqlitefile

FOLDER = "database"


class Engine(Protocol):
    """A module that saves and loads the whole database."""

    def save(self, folder: Path) -> dict[str, Any]:
        """Write one consistent state into `folder`; answers facts that `load` wants back."""

    def load(self, folder: Path, facts: dict[str, Any]) -> None:
        """Put that state in place of everything that is there."""

    def others(self) -> int:
        """How many other programs use the database now, as far as the engine knows."""


def current() -> Engine:
    """The engine of this installation."""
    found: Engine = postgres if name() == "postgresql" else sqlitefile
    return found


def name() -> str:
    """How manifests call it."""
    return str(connections["default"].vendor)
