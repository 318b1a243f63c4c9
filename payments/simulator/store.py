"""All state in one SQLite file, so that a restart loses nothing.

One connection behind one re-entrant lock: a transaction is also the simulator's mutex, hence
every request sees and leaves a consistent world. Objects are kept as the JSON Stripe would show
(``body``) beside what Stripe keeps to itself (``private``).
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from payments.simulator.wire import Json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  account TEXT NOT NULL, created INTEGER NOT NULL, due_at REAL,
  body TEXT NOT NULL, private TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, account, seq);
CREATE INDEX IF NOT EXISTS objects_due ON objects (kind, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_intent ON objects
  (kind, json_extract(body, '$.payment_intent'));
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, account TEXT NOT NULL,
  state TEXT NOT NULL, next_at REAL NOT NULL, first_at REAL NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0, last_status INTEGER, last_error TEXT, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, next_at);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS idempotency (
  account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, request TEXT NOT NULL,
  status INTEGER NOT NULL, body BLOB NOT NULL, created REAL NOT NULL,
  PRIMARY KEY (account, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS idempotency_age ON idempotency (created);
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY AUTOINCREMENT, route TEXT NOT NULL, kind TEXT NOT NULL,
  times INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_TABLES = ("objects", "deliveries", "idempotency", "faults")
_COLUMNS = "seq, id, kind, account, created, due_at, body, private"

Sql = str | int | float | None


@dataclass
class Record:
    """One stored object; change ``body`` or ``private`` and hand it to ``Store.save``."""

    id: str
    kind: str
    account: str
    created: int
    body: Json
    private: Json = field(default_factory=dict)
    due_at: float | None = None
    seq: int = 0


class Store:
    def __init__(self, path: Path | str) -> None:
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        with self.lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested use joins the outer transaction."""
        with self.lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def rows(self, sql: str, values: Sequence[Sql | bytes] = ()) -> list[tuple]:
        with self.lock:
            return self._db.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[Sql | bytes] = ()) -> int:
        """Run one writing statement; answers the new row's id."""
        with self.lock:
            return int(self._db.execute(sql, values).lastrowid or 0)

    def insert(self, record: Record) -> Record:
        record.seq = self.run(
            "INSERT INTO objects (id, kind, account, created, due_at, body, private)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                record.id,
                record.kind,
                record.account,
                record.created,
                record.due_at,
                json.dumps(record.body),
                json.dumps(record.private),
            ),
        )
        return record

    def save(self, record: Record) -> None:
        self.run(
            "UPDATE objects SET due_at = ?, body = ?, private = ? WHERE id = ?",
            (record.due_at, json.dumps(record.body), json.dumps(record.private), record.id),
        )

    def get(self, kind: str, id: str | None, account: str | None = None) -> Record | None:
        """One object; ``account`` None looks into every account (control API and pay page)."""
        found = self.select("id = ? AND kind = ?", (id, kind))
        if found and account is not None and found[0].account != account:
            return None
        return found[0] if found else None

    def select(
        self, where: str, values: Sequence[Sql] = (), order: str = "seq DESC", limit: int = -1
    ) -> list[Record]:
        rows = self.rows(
            f"SELECT {_COLUMNS} FROM objects WHERE {where} ORDER BY {order} LIMIT {limit}", values
        )
        return [
            Record(
                seq=r[0],
                id=r[1],
                kind=r[2],
                account=r[3],
                created=r[4],
                due_at=r[5],
                body=json.loads(r[6]),
                private=json.loads(r[7]),
            )
            for r in rows
        ]

    def setting(self, name: str) -> str | None:
        rows = self.rows("SELECT value FROM settings WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def set_setting(self, name: str, value: str) -> None:
        self.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))

    def wipe(self) -> None:
        """Forget every object and setting but the id counter, so that no id comes twice."""
        with self.transaction():
            for table in _TABLES:
                self.run(f"DELETE FROM {table}")
            self.run("DELETE FROM settings WHERE name <> 'id_counter'")
