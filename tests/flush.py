"""Empties the tables between tests, append-only ones too; nobody else may.

On SQLite, which has only DELETE, the triggers are taken off for the length of a flush and put
back, in one transaction. On PostgreSQL only tables that hold something are emptied.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL
from django.db.backends.sqlite3.base import DatabaseWrapper

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


@contextmanager
def lifted_triggers() -> Iterator[None]:
    """While this is open, a flush on SQLite works."""
    operations: Any = DatabaseWrapper.ops_class
    original = operations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Sequence[str]) -> None:
        with (
            transaction.atomic(using=self.connection.alias),
            connections[self.connection.alias].cursor() as cursor,
        ):
            cursor.execute(TRIGGERS)
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            original(self, sql_list)
            for _, statement in triggers:
                cursor.execute(statement)

    operations.execute_sql_flush = execute_sql_flush
    try:
        yield
    finally:
        operations.execute_sql_flush = original


@contextmanager
def full_tables_only() -> Iterator[None]:
    """While this is open, a flush on PostgreSQL empties the tables that hold something.

    TRUNCATE makes new files for every table of the schema; deleting a few rows is many times as
    fast. It takes a superuser, who may leave foreign keys and triggers aside; others truncate.
    """
    operations: Any = PostgreSQL.ops_class
    original = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Sequence[str], **how: Any) -> list[str]:
        if how.get("reset_sequences"):
            return list(original(self, style, tables, **how))
        with connections[self.connection.alias].cursor() as cursor:
            cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
            if cursor.fetchone() != (True,):
                return list(original(self, style, tables, **how))
            looks = (f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM \"{t}\")" for t in tables)
            cursor.execute(" UNION ALL ".join(looks))
            full = [name for (name,) in cursor.fetchall()]
        deletes = [f'DELETE FROM "{table}"' for table in full]
        return ["SET LOCAL session_replication_role = replica", *deletes] if full else []

    operations.sql_flush = sql_flush
    try:
        yield
    finally:
        operations.sql_flush = original
