"""`python -m rally.up.prepare`: everything that must be right before the children start.

One process loads Django once and checks the settings, the database and Redis, applies pending
migrations, collects changed static files and loads the demo into an empty database. What the
supervisor must know is written to the descriptor RALLY_ANSWER_FD.
"""

import hashlib
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from rally.up.loading import configured, reachable
from rally.up.place import BASE
from rally.up.refusal import Refusal, answer


def migrate() -> None:
    """Apply what is pending; finding nothing costs a look at the folders and one table."""
    executor = MigrationExecutor(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database…", flush=True)
        call_command("migrate", verbosity=0, interactive=False)


def static_print() -> str:
    """A digest that changes when any static file, or a package that brings some, does."""
    digest = hashlib.sha256((BASE / "requirements.txt").read_bytes())
    for line in sorted(_static_files()):
        digest.update(line.encode())
    return digest.hexdigest()


def _static_files() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = os.stat(storage.path(path))
            yield f"{path}\0{about.st_size}\0{about.st_mtime_ns}\n"


def collect_static() -> None:
    """Collect, compress and fingerprint the static files if any of them is new."""
    stamp, wanted = Path(settings.VAR, "static.stamp"), static_print()
    if stamp.exists() and stamp.read_text() == wanted and Path(settings.STATIC_ROOT).is_dir():
        return
    print("Collecting the static files…", flush=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(wanted)


def load_demo() -> None:
    """Something to look at for a newcomer; never in production, never beside real data."""
    if settings.PRODUCTION or "demo" not in get_commands() or not _is_empty():
        return
    print("Loading the demo…", flush=True)
    call_command("demo", stdout=io.StringIO())


def _is_empty() -> bool:
    """Whether nobody uses this installation yet: there is no user and no organization."""
    quote = connections["default"].ops.quote_name
    with connections["default"].cursor() as cursor:
        for table in ("accounts_user", "accounts_organization"):
            cursor.execute(f"SELECT 1 FROM {quote(table)} LIMIT 1")
            if cursor.fetchone():
                return False
    return True


def main() -> None:
    """In this order: each step needs the ones before it."""
    configured()
    reachable()
    migrate()
    collect_static()
    load_demo()
    secret = settings.STRIPE_WEBHOOK_SECRETS[0] if settings.SIMULATED else ""
    with os.fdopen(int(os.environ["RALLY_ANSWER_FD"]), "w") as out:
        json.dump({"webhook_secret": secret}, out)


if __name__ == "__main__":
    try:
        main()
    except Refusal as why:
        sys.exit(answer(why))
