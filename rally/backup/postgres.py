"""PostgreSQL: every table by COPY, in one transaction that sees one moment.

No pg_dump: it has to be as new as the server, and lacks on most machines that run Rally. The
schema isn't saved, because migrations make it; rows are, as text, which any version reads.
"""

from pathlib import Path
from typing import Any

import psycopg
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
PATIENT = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
COLUMNS = """
    SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)
    FROM information_schema.columns JOIN pg_tables ON tablename = table_name
        AND schemaname = table_schema
    WHERE table_schema = current_schema() AND is_generated = 'NEVER'
    ORDER BY table_name, ordinal_position"""


def save(folder: Path) -> dict[str, Any]:
    """One file of rows a table; how many there are, and where each sequence stands."""
    with transaction.atomic(using="default"), _raw().cursor() as cursor:
        cursor.execute(SNAPSHOT)
        cursor.execute(PATIENT)
        tables, sequences = _shape(cursor)
        rows = {name: _out(cursor, folder, name, columns) for name, columns in tables.items()}
        stand = {
            f"{table}.{column}": _stand(cursor, sequence)
            for (table, column), sequence in sequences.items()
        }
    return {"tables": tables, "rows": rows, "sequences": stand}


def load(folder: Path, facts: dict[str, Any]) -> None:
    """Everything in the schema goes; the migrations of then make it anew, the rows follow.

    All rows and sequences in one transaction: half a restore is an empty database.
    """
    _clear()
    connection = connections["default"]
    connection.close()
    executor = MigrationExecutor(connection)
    executor.migrate([tuple(node) for node in facts["migrations"]])
    with transaction.atomic(using="default"), _raw().cursor() as cursor:
        cursor.execute(PATIENT)
        here, sequences = _shape(cursor)
        names = [sql.Identifier(name) for name in here]
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))
        for name, columns in facts["tables"].items():
            _into(cursor, folder, name, columns, facts["rows"][name])
        for (table, column), sequence in sequences.items():
            if at := facts["sequences"].get(f"{table}.{column}"):
                cursor.execute("SELECT setval(%s, %s, %s)", [sequence, at[0], at[1]])


def others() -> int:
    """Sessions of other programs in our database."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def _raw() -> psycopg.Connection[Any]:
    connection = connections["default"]
    connection.ensure_connection()
    found: psycopg.Connection[Any] = connection.connection
    return found


def _shape(
    cursor: psycopg.Cursor[Any],
) -> tuple[dict[str, list[str]], dict[tuple[str, str], str]]:
    """Columns by table, and the sequence of each column that has one."""
    tables: dict[str, list[str]] = {}
    sequences: dict[tuple[str, str], str] = {}
    for table, column, sequence in cursor.execute(COLUMNS).fetchall():
        tables.setdefault(table, []).append(column)
        if sequence:
            sequences[table, column] = sequence
    return tables, sequences


def _stand(cursor: psycopg.Cursor[Any], sequence: str) -> list[Any]:
    """Sequences move outside transactions: read last, it is never behind the rows."""
    found = cursor.execute(f"SELECT last_value, is_called FROM {sequence}").fetchone()
    return list(found or ())


def _copy(table: str, columns: list[str], rest: str) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + rest).format(sql.Identifier(table), listed)


def _out(cursor: psycopg.Cursor[Any], folder: Path, table: str, columns: list[str]) -> int:
    with (
        (folder / f"{table}.copy").open("wb") as file,
        cursor.copy(_copy(table, columns, "TO STDOUT")) as copy,
    ):
        for block in copy:
            file.write(block)
    return cursor.rowcount


def _into(
    cursor: psycopg.Cursor[Any], folder: Path, table: str, columns: list[str], rows: int
) -> None:
    with (
        (folder / f"{table}.copy").open("rb") as file,
        cursor.copy(_copy(table, columns, "FROM STDIN")) as copy,
    ):
        while block := file.read(1 << 20):
            copy.write(block)
    if cursor.rowcount != rows:
        raise psycopg.DataError(f"{table}: {cursor.rowcount} of {rows} rows were taken")


def _clear() -> None:
    """Drop every table of the schema. A lock somebody holds is waited for five seconds."""
    with transaction.atomic(using="default"), _raw().cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        tables, _sequences = _shape(cursor)
        if tables:
            names = [sql.Identifier(name) for name in tables]
            cursor.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.SQL(", ").join(names)))
