"""A backup made while people pay becomes, elsewhere, the same installation with clean books."""

import gzip
import hashlib
import io
import json
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rally.backup import archive
from tests import prepared
from tests.services import BASE
from tests.site import Site, plain_environment, start_site

pytestmark = [pytest.mark.xdist_group("up"), pytest.mark.long]
COUNTED = ("accounts_user", "boards_claim", "payments_ledgerentry", "payments_checkout",
           "accounts_auditentry", "django_migrations")  # fmt: skip


def manage(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rally.up.manage", *arguments], cwd=BASE, env=environ,
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def counts(environ: dict[str, str]) -> dict[str, int]:
    """How many rows some tables have."""
    link: Any = (
        psycopg.connect(environ["DATABASE_URL"])
        if "DATABASE_URL" in environ
        else sqlite3.connect(Path(environ["RALLY_VAR"]) / "rally.sqlite3")
    )
    try:
        return {name: link.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
                for name in COUNTED}  # fmt: skip
    finally:
        link.close()


def post(url: str, body: dict[str, Any]) -> Any:
    call = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(call, timeout=20) as reply:
        return json.load(reply)


def buy(site: Site, demo: dict[str, Any], number: int) -> None:
    """One tile, paid at the simulator."""
    order = post(f"{site.base_url}/api/checkout/session", {
        "boardId": demo["board"]["id"], "slotIds": [number], "ownerToken": str(uuid.uuid4()),
        "supporter": {"name": "Sample Supporter", "email": f"{uuid.uuid4().hex}@example.com"},
    })  # fmt: skip
    session = re.search(r"cs_test_\w+", order["url"])[0]
    post(f"{site.simulator_url}/_sim/sessions/{session}/complete", {"outcome": "paid"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Path]]:
    """A stopped installation, and its backup from the middle of a busy minute."""
    folder = tmp_path_factory.mktemp("backup")
    site = start_site(folder / "var", **prepared.furnished(folder / "var"), RALLY_LIMITS="off")
    try:
        demo = site.demo
        (site.var / "media" / "pictures").mkdir(parents=True)
        (site.var / "media" / "pictures" / "one.png").write_bytes(b"\x89PNG" * 50_000)
        (site.var / "private" / "receipt.pdf").write_bytes(b"%PDF")
        (site.var / "media" / "outside").symlink_to("/etc/hostname")
        for number in (1, 7):
            buy(site, demo, number)
        stop = threading.Event()

        def keep_buying() -> None:
            free = [one["number"] for one in
                    json.loads(site.get(f"/api/boards/{demo['board']['id']}")[1])["board"]["slots"]
                    if one["status"] == "available"][:12]  # fmt: skip
            while not stop.is_set() and free:
                buy(site, demo, free.pop())

        busy = threading.Thread(target=keep_buying)
        busy.start()
        told = manage(site.environ, "backup", str(folder / "one.backup"))
        stop.set()
        busy.join(30)
        assert told.returncode == 0, told.stderr
        yield site, folder / "one.backup"
    finally:
        site.stop()


@pytest.fixture
def elsewhere(tmp_path: Path, made: tuple[Site, Path]) -> dict[str, str]:
    """An installation of the same kind that holds nothing."""
    var, port = tmp_path / "var", made[0].environ["PORT"]
    return plain_environment(RALLY_VAR=str(var), PORT=port, **prepared.empty(var))


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar}


def rewritten(path: Path, parts: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def test_the_file_is_private_and_lists_what_it_holds(made: tuple[Site, Path]) -> None:
    site, path = made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = members(path)
    assert {"secret.key", "media/pictures/one.png", "private/receipt.pdf",
            "simulator.sqlite3"} <= set(held)  # fmt: skip
    assert "media/outside" not in held
    assert not any(name.startswith(("mail/", "queue/", "static/")) for name in held)
    assert held["secret.key"] == (site.var / "secret.key").read_bytes()


@pytest.fixture(scope="module")
def restored(
    tmp_path_factory: pytest.TempPathFactory, made: tuple[Site, Path]
) -> tuple[dict[str, str], str]:
    """The archive on a machine that has never seen Rally, and what was said meanwhile."""
    site, path = made
    environ = plain_environment(
        RALLY_VAR=str(tmp_path_factory.mktemp("restored") / "var"), PORT=site.environ["PORT"],
        **prepared.databases(),
    )  # fmt: skip
    told = manage(environ, "restore", str(path))
    assert told.returncode == 0, told.stderr
    return environ, told.stdout


def test_it_becomes_the_same_installation_with_clean_books(
    made: tuple[Site, Path], restored: tuple[dict[str, str], str]
) -> None:
    site, _path = made
    environ, said = restored
    audit = manage(environ, "audit", "--json")
    assert audit.returncode == 0, audit.stdout
    assert json.loads(audit.stdout)["ok"] is True
    then, now = counts(environ), counts(site.environ)
    assert then["accounts_user"] == now["accounts_user"]
    assert then["django_migrations"] == now["django_migrations"]
    assert 2 <= then["payments_checkout"] <= now["payments_checkout"]
    var = Path(environ["RALLY_VAR"])
    assert (var / "media/pictures/one.png").read_bytes() == b"\x89PNG" * 50_000
    assert (var / "secret.key").read_bytes() == (site.var / "secret.key").read_bytes()
    assert stat.S_IMODE((var / "secret.key").stat().st_mode) == 0o600
    assert (var / "simulator.sqlite3").exists()
    assert "RALLY_SECRET_KEY isn't" not in said


def test_data_is_replaced_only_when_told_so_and_files_are_kept(
    made: tuple[Site, Path], restored: tuple[dict[str, str], str]
) -> None:
    _site, path = made
    environ, _said = restored
    var = Path(environ["RALLY_VAR"])
    (var / "media" / "later.txt").write_text("made since")
    before = counts(environ)
    told = manage(environ, "restore", str(path))
    assert told.returncode == 1 and "--force" in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert counts(environ) == before and (var / "media" / "later.txt").exists()
    assert manage(environ, "restore", "--force", str(path)).returncode == 0
    assert counts(environ) == before
    assert not (var / "media" / "later.txt").exists()
    (kept,) = var.glob("replaced-*/media/later.txt")
    assert kept.read_text() == "made since"


def test_an_archive_of_an_older_version_gets_the_newer_migrations(
    tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    var = tmp_path / "older"
    older = plain_environment(RALLY_VAR=str(var), **prepared.furnished(var))
    assert manage(older, "migrate", "-v0", "campaigns", "0005").returncode == 0
    lacking = counts(older)
    made = manage(older, "backup", str(tmp_path / "older.backup"))
    assert made.returncode == 0, made.stderr
    told = manage(elsewhere, "restore", str(tmp_path / "older.backup"))
    assert told.returncode == 0, told.stderr
    found = counts(elsewhere)
    assert found["django_migrations"] > lacking["django_migrations"]
    assert found | {"django_migrations": 0} == lacking | {"django_migrations": 0}
    pending = manage(elsewhere, "migrate", "--check", "-v0")
    assert pending.returncode == 0, "no migration waits"
    assert manage(elsewhere, "audit").returncode == 0


def test_what_was_restored_serves_and_sells(restored: tuple[dict[str, str], str]) -> None:
    """New rows get numbers beyond the restored ones, and the old organizer's token works.

    It comes after those that only look: it buys."""
    environ, _said = restored
    ours = ("DATABASE_URL", "REDIS_URL", "RALLY_CACHE_PREFIX", "RALLY_QUEUE")
    wanted = {name: environ[name] for name in ours if name in environ}
    site = start_site(Path(environ["RALLY_VAR"]), **wanted, RALLY_LIMITS="off")
    try:
        demo = site.demo
        slots = json.loads(site.get(f"/api/boards/{demo['board']['id']}")[1])["board"]["slots"]
        assert [slots[n - 1]["status"] for n in (1, 7)] == ["sold", "sold"]
        buy(site, demo, next(one["number"] for one in slots if one["status"] == "available"))
        call = urllib.request.Request(
            f"{site.base_url}/api/campaigns",
            headers={"Authorization": f"Bearer {demo['tiles']['token']}"},
        )
        with urllib.request.urlopen(call, timeout=20) as reply:
            assert json.load(reply)["campaigns"]
    finally:
        site.stop()


def damaged(path: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """The archive after what happens to archives."""
    whole = path.read_bytes()
    for share in (0.02, 0.5, 0.98):
        cut = folder / f"cut-{share}"
        cut.write_bytes(whole[: int(len(whole) * share)])
        yield f"cut at {share}", cut
    flipped = folder / "flipped"
    flipped.write_bytes(whole[:9_000] + bytes([whole[9_000] ^ 1]) + whole[9_001:])
    yield "a flipped bit", flipped
    (folder / "text").write_text("no archive at all")
    yield "a text", folder / "text"
    (folder / "empty").touch()
    yield "nothing", folder / "empty"
    (folder / "gzip").write_bytes(gzip.compress(b"something else" * 1_000))
    yield "another gzip", folder / "gzip"
    held = members(path)
    for name, parts in {
        "a changed file": held | {"media/pictures/one.png": b"\x89PNX" * 50_000},
        "a file too many": {"media/more": b"x"} | held,
        "a file too few": {k: v for k, v in held.items() if k != "private/receipt.pdf"},
        "a changed manifest": held | {"manifest.json": held["manifest.json"] + b" "},
        "no manifest": {k: v for k, v in held.items() if k != "manifest.sha256"},
        "a path outside": {"../escaped": b"x"} | held,
        "an absolute path": {"/tmp/escaped": b"x"} | held,
    }.items():
        yield name, rewritten(folder / re.sub(r"\W", "", name), parts)


def test_a_damaged_archive_changes_nothing(
    made: tuple[Site, Path], elsewhere: dict[str, str], tmp_path: Path
) -> None:
    _site, path = made
    folder = tmp_path / "damaged"
    folder.mkdir()
    cases = list(damaged(path, folder))
    for number, (what, broken) in enumerate(cases):
        with pytest.raises(archive.Damaged):
            archive.unpack(broken, tmp_path / f"{number}")
            pytest.fail(what)
    assert not (tmp_path / "escaped").exists() and not Path("/tmp/escaped").exists()
    assert len(cases) >= 14
    told = manage(elsewhere, "restore", str(cases[0][1]))
    assert told.returncode == 1
    assert "is damaged" in told.stderr and len(told.stderr.splitlines()) == 1, told.stderr
    var = Path(elsewhere["RALLY_VAR"])
    assert not list(var.glob("re*-*")) and not any((var / "media").iterdir())


def test_an_archive_of_the_other_engine_or_of_a_newer_version_is_refused(
    made: tuple[Site, Path], elsewhere: dict[str, str], tmp_path: Path
) -> None:
    _site, path = made
    held = members(path)

    def changed(**facts: Any) -> Path:
        manifest = json.loads(held["manifest.json"]) | facts
        text = json.dumps(manifest).encode()
        seal = hashlib.sha256(text).hexdigest().encode()
        return rewritten(
            tmp_path / "changed", held | {"manifest.json": text, "manifest.sha256": seal}
        )

    other = {"sqlite": "postgresql", "postgresql": "sqlite"}
    mine = json.loads(held["manifest.json"])
    told = manage(elsewhere, "restore", str(changed(engine=other[mine["engine"]])))
    assert told.returncode == 1 and "this installation uses" in told.stderr
    newer = mine["database"] | {"migrations": [["boards", "9999_future"]]}
    told = manage(elsewhere, "restore", str(changed(database=newer, version="9.0.0")))
    assert told.returncode == 1 and "9.0.0" in told.stderr


def test_a_running_installation_is_not_replaced(
    made: tuple[Site, Path], tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    site, path = made
    told = manage(site.environ, "restore", "--force", str(path))
    assert told.returncode == 1 and "already runs" in told.stderr


def test_a_backup_replaces_no_file_by_accident(made: tuple[Site, Path], tmp_path: Path) -> None:
    site, path = made
    kept = shutil.copy(path, tmp_path / "kept")
    told = manage(site.environ, "backup", str(kept))
    assert told.returncode == 1 and "--force" in told.stderr
    assert Path(kept).read_bytes() == path.read_bytes()
    told = manage(site.environ, "backup", str(tmp_path / "no" / "such" / "folder"))
    assert told.returncode == 1 and len(told.stderr.splitlines()) == 1
    assert not list(site.var.glob("backup-*"))
