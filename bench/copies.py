"""Very many rows by one statement: copies of a row that was made the ordinary way."""

from django.db import connection
from django.db.models import Model


def copy(row: Model, count: int, **differing: str) -> None:
    """`count` copies of `row`; a field is its own unless `differing` says an SQL expression of
    `i`, the copy's number from 1. Keys are given by the database."""
    meta = row._meta
    fields = [one for one in meta.concrete_fields if not one.primary_key]
    given = [differing.get(one.attname, f"kept.{one.column}") for one in fields]
    names = ", ".join(one.column for one in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE counted(i) AS"
            " (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM counted WHERE i < %s)"
            f" INSERT INTO {meta.db_table} ({names}) SELECT {', '.join(given)}"
            f" FROM {meta.db_table} kept, counted"
            f" WHERE kept.{meta.pk.column} = %s ORDER BY i",
            [count, row.pk],
        )
        # A database that grew by a day's work knows so; one filled at once has to be told.
        cursor.execute(f"ANALYZE {meta.db_table}")
