"""Runs the checks. Reads only; one statement per rule, so that each sees one instant.

Counting and naming happen in the same pass: the database keeps the rows, we get at most a
hundred of them.
"""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from payments.audit import alive, claims, money, records, states
from payments.audit.report import Finding, Outcome, Report
from payments.audit.rules import CYCLE_SECONDS, Check, Engine, Rule

MOST_NAMED = 100
SQLITE_CACHE_KIB = 64_000
CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (*claims.CHECKS, *money.CHECKS, *records.CHECKS, *states.CHECKS, *alive.CHECKS),
        key=lambda check: int(check.id[1:]),
    )
)


def run(*, cycle: int = CYCLE_SECONDS) -> Report:
    """Ask every check. `cycle` is how many seconds work may wait before that is a finding."""
    engine = Engine(connection.vendor, cycle)
    report = Report()
    with _reading():
        for check in CHECKS:
            _ask(check, engine, report)
    return report


@contextmanager
def _reading() -> Iterator[None]:
    """PostgreSQL refuses writes meanwhile; both have time and memory for it.

    On SQLite a transaction of ours would take the write lock and stop all sales, so there is
    none, and one connection's cache is enlarged for as long as it takes.
    """
    if connection.vendor != "postgresql":
        with _roomy_cache():
            yield
        return
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL work_mem = '32MB'")
        yield


@contextmanager
def _roomy_cache() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        before = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KIB}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {before}")


def _ask(check: Check, engine: Engine, report: Report) -> None:
    started = time.monotonic()
    found = 0
    for rule in check.rules:
        room = MOST_NAMED - min(found, MOST_NAMED)
        rows, named = _answers(rule, engine, room)
        found += rows
        report.findings += [
            Finding(check.id, rule.table, key, {"breaks": rule.breaks} | facts)
            for key, facts in named
        ]
    seconds = time.monotonic() - started
    report.checks.append(Outcome(check.id, check.title, found, seconds))


def _answers(rule: Rule, engine: Engine, most: int) -> tuple[int, list[tuple[int, dict[str, Any]]]]:
    """How many rows break the rule, and the first of them with their facts."""
    sql = f"""SELECT found.*, count(*) OVER () AS found_rows
        FROM ({rule.text(engine)}) found ORDER BY 1 LIMIT {max(most, 1)}"""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    if not rows:
        return 0, []
    named = [
        (int(row[0]), {name: _plain(value) for name, value in _facts(names, row)}) for row in rows
    ]
    return int(rows[0][-1]), named[:most]


def _facts(names: list[str], row: tuple[Any, ...]) -> list[tuple[str, Any]]:
    return list(zip(names, row, strict=True))[1:-1]


def _plain(value: Any) -> Any:
    """What JSON can say. Sums come as decimals from PostgreSQL."""
    if isinstance(value, Decimal):
        return int(value)
    return value.isoformat() if isinstance(value, dt.datetime) else value
