"""A second start believes the last preparation only while nothing it depended on has changed."""

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from rally.up import stamp
from rally.up.place import Place

FOUND = {"webhook_secret": "whsec_placeholder"}
ENVIRON = {"RALLY_MAIL_FROM": "rally@example.com", "SHLVL": "1"}


def run(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


@pytest.fixture
def prepared(tmp_path: Path) -> Place:
    """A folder in which a preparation has ended: a key, a database that somebody uses, a stamp."""
    (tmp_path / "secret.key").write_text("key")
    run(
        tmp_path / "rally.sqlite3",
        "CREATE TABLE accounts_user (id INTEGER)",
        "CREATE TABLE accounts_organization (id INTEGER)",
        "INSERT INTO accounts_user VALUES (1)",
    )
    place = Place("127.0.0.1", 8000, tmp_path)
    stamp.keep(place, ENVIRON, FOUND)
    return place


def test_nothing_new_is_believed_and_told_to_nobody_else(prepared: Place) -> None:
    assert stamp.found(prepared, ENVIRON | {"SHLVL": "2"}) == FOUND
    assert (prepared.var / "prepared.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "more",
    [
        {"RALLY_MAIL_FROM": "other@example.com"},
        {"STRIPE_SECRET_KEY": "sk_test_placeholder"},
        {"DATABASE_URL": "postgres://127.0.0.1/rally"},
        {"REDIS_URL": "redis://127.0.0.1/0"},
        {"RALLY_SECRET_KEY_FILE": "/nowhere"},
    ],
    ids=lambda more: next(iter(more)),
)
def test_another_setting_is_prepared_for(prepared: Place, more: dict[str, str]) -> None:
    assert stamp.found(prepared, ENVIRON | more) is None


def test_another_database_key_or_a_file_of_ours_is_prepared_for(
    prepared: Place, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = prepared.var / "secret.key"
    about = key.stat()
    key.write_text("another key")
    assert stamp.found(prepared, ENVIRON) is None
    key.write_text("key")
    os.utime(key, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert stamp.found(prepared, ENVIRON) == FOUND

    code = tmp_path_factory.mktemp("code")
    (code / "migrations").mkdir()
    monkeypatch.setattr(stamp, "OURS", (*stamp.OURS, str(code)))
    stamp.keep(prepared, ENVIRON, FOUND)
    assert stamp.found(prepared, ENVIRON) == FOUND
    (code / "migrations" / "0002_more.py").write_text("")
    assert stamp.found(prepared, ENVIRON) is None


def test_an_empty_a_lost_and_a_damaged_database_are_prepared(prepared: Place) -> None:
    database = prepared.var / "rally.sqlite3"
    run(database, "DELETE FROM accounts_user")
    assert stamp.found(prepared, ENVIRON) is None, "the demo belongs into an empty one"
    run(database, "INSERT INTO accounts_organization VALUES (1)")
    assert stamp.found(prepared, ENVIRON) == FOUND
    database.write_bytes(b"no database" * 1000)
    assert stamp.found(prepared, ENVIRON) is None
    database.unlink()
    assert stamp.found(prepared, ENVIRON) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"digest": 1}', "null"])
def test_a_damaged_stamp_is_prepared_again(prepared: Place, text: str) -> None:
    (prepared.var / "prepared.json").write_text(text)
    assert stamp.found(prepared, ENVIRON) is None
