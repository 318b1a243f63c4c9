"""Breaks one row of a database, past every constraint and trigger that would forbid it."""

from typing import Any

from django.db import connection

from payments.models import Line
from tests.audit.traffic import Traffic


class Breaker:
    """Writes what no verb would write. Whoever uses it rolls the transaction back."""

    def __init__(self, traffic: Traffic) -> None:
        self.traffic = traffic
        self.lifted: set[str] = set()

    # Rows by what happened to them ------------------------------------------------------------

    def payment(self, name: str) -> int:
        return self.traffic.payment(name).pk

    def order(self, name: str) -> int:
        return self.traffic.orders[name].attempt.checkout_id

    def attempt(self, name: str) -> int:
        return self.traffic.orders[name].attempt.pk

    def hold(self, name: str) -> int:
        return self.traffic.orders[name].hold.pk

    def refund(self, name: str) -> int:
        return self.traffic.refund(name).pk

    def gift(self, name: str) -> int:
        return self.traffic.gift(name).pk

    def line(self, name: str) -> int:
        return Line.objects.filter(checkout=self.order(name)).earliest("pk").pk

    def claim(self, name: str) -> int:
        found = Line.objects.get(pk=self.line(name)).claim_id
        assert found is not None
        return found

    def dispute(self, name: str) -> int:
        return self.one(f"SELECT id FROM payments_dispute WHERE payment_id = {self.payment(name)}")

    def task(self) -> int:
        return self.one("SELECT id FROM payments_stafftask WHERE kind = 'unmatched'")

    @property
    def board(self) -> int:
        return self.traffic.board.pk

    # What is done to them ---------------------------------------------------------------------

    def one(self, sql: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return int(cursor.fetchone()[0])

    def first(self, table: str, where: str = "1 = 1") -> int:
        return self.one(f"SELECT min(id) FROM {table} WHERE {where}")

    def set(self, table: str, key: int, /, **values: Any) -> None:
        self.lift(table)
        columns = ", ".join(f"{name} = %s" for name in values)
        self.run(f"UPDATE {table} SET {columns} WHERE id = %s", [*values.values(), key])

    def copy(self, table: str, key: int, /, **values: Any) -> None:
        """The row once more, under a new id and with these values."""
        self.lift(table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [key])
            names = [column[0] for column in cursor.description]
            row = dict(zip(names, cursor.fetchone(), strict=True))
        values = {"id": self.one(f"SELECT max(id) + 1 FROM {table}"), **values}
        taken = ", ".join("%s" if name in values else name for name in row)
        sql = f"INSERT INTO {table} ({', '.join(row)}) SELECT {taken} FROM {table} WHERE id = %s"
        self.run(sql, [*(values[name] for name in row if name in values), key])

    def delete(self, table: str, key: int) -> None:
        self.lift(table)
        self.run(f"DELETE FROM {table} WHERE id = %s", [key])

    def run(self, sql: str, values: list[Any] | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    # Constraints ------------------------------------------------------------------------------

    def lift(self, table: str) -> None:
        """Take every constraint and trigger off a table."""
        if table in self.lifted:
            return
        self.lifted.add(table)
        if connection.vendor == "postgresql":
            self._lift_postgresql(table)
            return
        # A table that others point to can't be changed in place: they keep pointing at the old.
        self.run(f"ALTER TABLE {table} RENAME TO {table}_before")
        self.run(f"CREATE TABLE {table} AS SELECT * FROM {table}_before")

    def _lift_postgresql(self, table: str) -> None:
        self.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for sql, what in (
            (f"""SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass
                AND contype IN ('c', 'u', 'f')""", f"ALTER TABLE {table} DROP CONSTRAINT"),
            (f"""SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid
                WHERE indrelid = '{table}'::regclass AND indisunique AND NOT indisprimary""",
             "DROP INDEX"),
        ):  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute(sql)
                names = [row[0] for row in cursor.fetchall()]
            for name in names:
                self.run(f'{what} "{name}"')
