"""Reads configuration from the environment, typed, with one sentence for every mistake.

Every secret `NAME` may also be given as `NAME_FILE`, the path of a file that holds it.
"""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The value of `name`, else the stripped content of the file named by `name`_FILE."""
    if name in os.environ:
        return os.environ[name]
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return default
    try:
        return Path(path).read_text().strip()
    except OSError as why:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which can't be read.") from why


def flag(name: str, default: bool) -> bool:
    """A boolean: 1/true/yes/on or 0/false/no/off."""
    value = text(name, str(default)).strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")


def number(name: str, default: int) -> int:
    """A whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def names(name: str) -> list[str]:
    """A comma separated list, blanks dropped."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def database(url: str, sqlite_path: Path) -> dict[str, object]:
    """A Django database entry from DATABASE_URL; SQLite at `sqlite_path` when it is empty.

    `?pgbouncer=1` turns off server-side cursors and persistent connections.
    Raises ImproperlyConfigured with one sentence for anything but postgres and sqlite URLs.
    """
    if not url:
        return sqlite(sqlite_path)
    try:
        parts = urlsplit(url)
    except ValueError as why:
        raise ImproperlyConfigured(f"DATABASE_URL can't be read: {why}.") from None
    if parts.scheme == "sqlite" and parts.path:
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgres://user:password@host:5432/name."
        )
    return postgres(url)


def sqlite(path: Path, synchronous: str = "FULL", tables: str = "") -> dict[str, object]:
    """SQLite for several processes: writers queue up, and a commit survives power loss.

    `tables` are CREATE statements run at every connect: a file that may be deleted at any
    time makes itself again.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": f"PRAGMA journal_mode=WAL;PRAGMA synchronous={synchronous};{tables}",
        },
    }


def postgres(url: str) -> dict[str, object]:
    """PostgreSQL with persistent, health-checked connections (none behind PgBouncer)."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    bouncer = query.pop("pgbouncer", "") in TRUE
    try:
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured("DATABASE_URL has a port that is not a number.") from None
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL names no database (the part after the last /).")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 0 if bouncer else None,
        "CONN_HEALTH_CHECKS": not bouncer,
        "DISABLE_SERVER_SIDE_CURSORS": bouncer,
        "OPTIONS": {"connect_timeout": 5, **query},
    }
