"""Lets the test runner empty append-only tables on SQLite, and nobody else.

PostgreSQL empties tables by TRUNCATE, which the triggers let pass. SQLite has only DELETE, which
they refuse: for the length of a flush they are taken off and put back, in one transaction.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
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
