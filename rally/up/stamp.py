"""Remembers what a preparation found, so that a start at which nothing is new need not repeat it.

Loading Django only to learn that there is nothing to do costs half of a second start. Kept is a
digest of all a preparation depends on: our code, the static files, the installed libraries, the
settings, and which database file it was. Whatever can't be looked at from here without Django
(PostgreSQL, Redis) is never taken for prepared.
"""

import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from rally.up.place import BASE, Place

OURS = ("accounts", "boards", "campaigns", "payments", "rally", "static")
READ = ("RALLY_", "STRIPE_", "EMAIL_", "DJANGO_", "DATABASE_URL", "REDIS_URL", "HOST", "PORT")
ELSEWHERE = ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE")
IN_USE = "SELECT EXISTS(SELECT 1 FROM accounts_user) OR EXISTS(SELECT 1 FROM accounts_organization)"


def found(place: Place, environ: Mapping[str, str]) -> dict[str, str] | None:
    """What the last preparation answered if it would answer the same now, else None."""
    if any(environ.get(name) for name in ELSEWHERE):
        return None
    try:
        kept = json.loads(_path(place).read_text())
        if kept["digest"] != digest(place, environ) or not _in_use(_database(place)):
            return None
        answer: dict[str, str] = kept["found"]
        return answer
    except (OSError, ValueError, KeyError, TypeError, sqlite3.Error):
        return None


def keep(place: Place, environ: Mapping[str, str], answer: dict[str, str]) -> None:
    """Remember an answer, readable by the owner only: it holds the webhook secret."""
    if not _database(place).exists():
        return
    text = json.dumps({"digest": digest(place, environ), "found": answer})
    path = _path(place)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def digest(place: Place, environ: Mapping[str, str]) -> str:
    """One text for all a preparation depends on; it changes when any of it does."""
    total = hashlib.sha256(sys.version.encode())
    for name in sorted(environ):
        if name.startswith(READ):
            total.update(f"{name}={environ[name]}\0".encode(errors="surrogateescape"))
            if name.endswith("_FILE"):
                total.update(_about(Path(environ[name])).encode())
    for path in (BASE / "requirements.txt", place.var / "secret.key"):
        total.update(_about(path).encode())
    total.update(str(os.stat(_database(place)).st_ino).encode())
    for folder in OURS:
        for line in sorted(_files(str(BASE / folder))):
            total.update(line.encode())
    return total.hexdigest()


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            else:
                about = entry.stat()
                yield f"{entry.path}\0{about.st_size}\0{about.st_mtime_ns}\n"


def _about(path: Path) -> str:
    about = os.stat(path)
    return f"{path}\0{about.st_size}\0{about.st_mtime_ns}\n"


def _path(place: Place) -> Path:
    return place.var / "prepared.json"


def _database(place: Place) -> Path:
    return place.var / "rally.sqlite3"


def _in_use(path: Path) -> bool:
    """Whether the file opens and somebody uses it: into an empty one the demo is loaded."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)) as database:
        return bool(database.execute(IN_USE).fetchone()[0])
