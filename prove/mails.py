"""Mails that were written to files: each has an id of its own, and none may be there twice."""

from collections import Counter
from pathlib import Path

MARK = "message-id:"


def ids(folder: Path) -> list[str]:
    """The Message-ID of every mail that was sent."""
    return [
        line.split(":", 1)[1].strip()
        for path in folder.glob("*")
        for line in path.read_text(errors="replace").splitlines()
        if line.lower().startswith(MARK)
    ]


def sent_twice(folder: Path) -> list[str]:
    """Those that were sent more than once."""
    return [name for name, count in Counter(ids(folder)).items() if count > 1]


def forget(folder: Path) -> None:
    """Start with an empty folder."""
    for path in folder.glob("*"):
        path.unlink()
