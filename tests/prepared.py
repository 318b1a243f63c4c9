"""Copies of an installation whose slow first start was done once for the whole run.

The first start applies every migration and loads the demo, which costs about twenty seconds of
one core. Tests about something else begin with a copy: of its folder, and on PostgreSQL of its
database too. Two are kept: one that is migrated and holds nothing, one that holds the demo.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings

from tests import site as sites
from tests.services import BASE

EMPTY, DEMO = "site_migrated", "site_demo"
OF_ONE_START = ("simulator-port", "output.log", "up.json")


def databases(template: str = "") -> dict[str, str]:
    """A new database and a corner of Redis where the run has servers, else nothing.

    The database is empty, or a copy of the one named.
    """
    return {} if _lite() else _named(f"site_{uuid.uuid4().hex[:12]}", template)


def empty(var: Path) -> dict[str, str]:
    """The settings of a migrated installation without rows; the folder gets its SQLite file."""
    with _kept() as folder:
        if _lite():
            var.mkdir(parents=True)
            shutil.copy(folder / "empty" / "rally.sqlite3", var / "rally.sqlite3")
        return databases(EMPTY)


def furnished(var: Path) -> dict[str, str]:
    """The settings of an installation with the demo; `var` becomes a copy of its folder."""
    with _kept() as folder:
        shutil.copytree(folder / "demo", var)
        return databases(DEMO)


def database_url(name: str) -> str:
    """The URL of another database on the server of this run."""
    about = settings.DATABASES["default"]
    user = ":".join(quote(str(about[key]), safe="") for key in ("USER", "PASSWORD") if about[key])
    where = urlencode({"host": about["HOST"]}) if about["HOST"].startswith("/") else ""
    server = "" if where else f"{about['HOST']}:{about['PORT'] or 5432}"
    return f"postgres://{user}@{server}/{name}" + (f"?{where}" if where else "")


def _lite() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"))


def _named(name: str, template: str = "") -> dict[str, str]:
    """Create a database; nobody may be connected to the one it is copied from."""
    copied = f" TEMPLATE {template}" if template else ""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{copied}")
    return {
        "DATABASE_URL": database_url(name),
        "REDIS_URL": os.environ["REDIS_URL"],
        "RALLY_CACHE_PREFIX": name,
        "RALLY_QUEUE": name,
    }


@contextmanager
def _kept() -> Iterator[Path]:
    """Where both are kept, made by whichever process of the run comes first."""
    folder = Path(os.environ["RALLY_TEST_FOLDER"], "prepared")
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _make(folder)
            (folder / "done").touch()
        yield folder


def _make(folder: Path) -> None:
    """Migrate an empty one, then let `./run` find a copy of it and load the demo."""
    about = {} if _lite() else _named(EMPTY)
    environ = sites.plain_environment(RALLY_VAR=str(folder / "empty"), **about)
    migrate = [sys.executable, "-m", "rally.up.manage", "migrate", "-v0"]
    subprocess.run(migrate, cwd=BASE, env=environ, check=True)
    shutil.copytree(folder / "empty", folder / "demo")
    sites.start_site(folder / "demo", **({} if _lite() else _named(DEMO, EMPTY))).stop()
    for name in OF_ONE_START:
        (folder / "demo" / name).unlink(missing_ok=True)
