"""Make a backup, put one in place. Both are whole or not at all, as far as can be."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from rally import __version__, env, keys
from rally.backup import archive, engines, sqlitefile
from rally.kit import clock

# Folders of var/ that are part of an installation. Cache, queue, mail and static files aren't.
FOLDERS = ("media", "private", "tls")
KEY, SIMULATOR = "secret.key", "simulator.sqlite3"


class Unfit(Exception):
    """This archive can't become this installation; the text is a sentence."""


@dataclass(frozen=True)
class Report:
    """What an archive holds."""

    made_at: str
    version: str
    files: int
    same_key: bool


def make(path: Path) -> Report:
    """Write the whole installation to `path`, while it runs. Raises OSError.

    The database is taken first, so that every file it names is older than it and there.
    """
    var = Path(settings.VAR)
    with tempfile.TemporaryDirectory(dir=var, prefix="backup-") as staged:
        folder = Path(staged)
        made_at = clock.now()
        facts = engines.current().save(folder) | {"migrations": _migrations()}
        if settings.SIMULATED and (var / SIMULATOR).exists():
            sqlitefile.copy(var / SIMULATOR, folder.joinpath(SIMULATOR))
        with archive.writing(path) as writer:
            for file in sorted(folder.iterdir()):
                inside = SIMULATOR if file.name == SIMULATOR else f"{engines.FOLDER}/{file.name}"
                writer.add(file, inside)
            for name in FOLDERS:
                writer.add_folder(var / name, name)
            if (var / KEY).exists():
                writer.add(var / KEY, KEY)
            manifest = _facts(made_at, facts)
            writer.seal(manifest)
            return _report(manifest | {"files": writer.files})


def _facts(made_at: dt.datetime, database: dict[str, Any]) -> dict[str, Any]:
    return {
        "made_at": made_at.isoformat(timespec="seconds"),
        "version": __version__,
        "engine": engines.name(),
        "key": _key_print(),
        "database": database,
    }


def _report(manifest: dict[str, Any]) -> Report:
    return Report(
        manifest["made_at"], manifest["version"], len(manifest["files"]),
        manifest["key"] == _key_print(),
    )  # fmt: skip


def _key_print() -> str:
    """Tells two keys apart and nothing else about them. A restore may just have put another
    in place than the one these settings were read with."""
    key = env.text("RALLY_SECRET_KEY") or keys.installation_key(Path(settings.VAR))
    return keys.derive(key, "backup: which key is it", 16)


def _migrations() -> list[list[str]]:
    """The last migration of each app, among those that are applied."""
    executor = MigrationExecutor(connections["default"])
    applied = set(executor.loader.applied_migrations)
    graph = executor.loader.graph
    return sorted(
        [app, name]
        for app, name in applied & set(graph.nodes)
        if not any(
            child.key in applied and child.key[0] == app
            for child in graph.node_map[app, name].children
        )
    )


def is_empty() -> bool:
    """Whether nothing would be lost: no user, no organization, no uploads."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in {"accounts_user", "accounts_organization"} & set(tables):
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
            if cursor.fetchone():
                return False
    folders = (Path(settings.VAR, name) for name in FOLDERS if name != "tls")
    return not any(any(folder.iterdir()) for folder in folders if folder.is_dir())


def restore(path: Path) -> Report:
    """Put the archive in place of everything that is there; nothing else may be running.

    What was in var/'s folders moves to `var/replaced-...`. Raises Damaged and Unfit before
    anything is touched, OSError when `path` or `var/` can't be used.
    """
    var = Path(settings.VAR)
    with tempfile.TemporaryDirectory(dir=var, prefix="restore-") as staged:
        folder = Path(staged)
        manifest = archive.unpack(path, folder)
        _must_fit(manifest)
        engines.current().load(folder / engines.FOLDER, manifest["database"])
        _replace_files(folder, var)
    _migrate()
    forget_cached()
    return _report(manifest)


def _migrate() -> None:
    """Up to this version, in a process of its own: a migration may encrypt, and this process
    was started with another key than the one that has just come. Raises Unfit."""
    connections.close_all()
    environ = {"DJANGO_SETTINGS_MODULE": "rally.settings", **os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--noinput", "-v0"],
        cwd=settings.BASE_DIR, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip() or "no words").splitlines()[-1]
        raise Unfit(f"Its data is in place, but the newer migrations failed: {last}.")


def _must_fit(manifest: dict[str, Any]) -> None:
    if manifest["engine"] != engines.name():
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        raise Unfit(
            f"It was made on {names.get(manifest['engine'])}, and this installation uses "
            f"{names[engines.name()]}: nothing was changed."
        )
    known = set(MigrationExecutor(connections["default"]).loader.disk_migrations)
    if any(tuple(node) not in known for node in manifest["database"]["migrations"]):
        raise Unfit(
            f"It was made by Rally {manifest['version']}, whose database is newer than this "
            f"{__version__}: restore it with that version or a later one. Nothing was changed."
        )


def _replace_files(folder: Path, var: Path) -> None:
    """What is replaced is moved aside, not deleted."""
    aside = var / f"replaced-{clock.now():%Y%m%dT%H%M%SZ}"
    for name in (*FOLDERS, KEY, SIMULATOR):
        if not (folder / name).exists() and name not in ("media", "private"):
            continue
        if (var / name).is_dir() and not any((var / name).iterdir()):
            (var / name).rmdir()
        elif (var / name).exists():
            aside.mkdir(exist_ok=True, mode=0o700)
            shutil.move(var / name, aside / name)
        if (folder / name).exists():
            shutil.move(folder / name, var / name)
    # A journal of the replaced file would spoil the new one; a remembered start is over.
    for old in (f"{SIMULATOR}-wal", f"{SIMULATOR}-shm", "prepared.json"):
        (var / old).unlink(missing_ok=True)


def forget_cached() -> None:
    """Boards count versions: after a restore the same number may mean another board."""
    if settings.REDIS_URL:
        cache.delete_pattern("*")  # type: ignore[attr-defined]  # django-redis
    else:
        cache.clear()
