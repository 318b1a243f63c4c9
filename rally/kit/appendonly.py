"""Tables whose rows can be added and never changed: triggers on both engines.

`AppendOnly("accounts_auditentry")` in a migration installs them. On PostgreSQL a TRUNCATE
(the test runner's flush) passes; on SQLite the test settings lift the triggers for a flush.
"""

from collections.abc import Callable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

FUNCTION = """CREATE OR REPLACE FUNCTION rally_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"""


def lift(table: str, vendor: str) -> list[str]:
    """The statements that remove a table's triggers."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"]
    return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]


def install(table: str, vendor: str) -> list[str]:
    """The statements that add a table's triggers."""
    if vendor == "postgresql":
        return [
            FUNCTION,
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION rally_append_only()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("update", "delete")
    ]


class AppendOnly(RunPython):
    """A migration operation that makes tables append-only, with a way back."""

    def __init__(self, *tables: str) -> None:
        self.tables = tables
        super().__init__(self._install, self._lift)

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return (type(self).__name__, list(self.tables), {})

    def _install(self, apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        self._run(editor, install)

    def _lift(self, apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        self._run(editor, lift)

    def _run(self, editor: BaseDatabaseSchemaEditor, make: Callable[[str, str], list[str]]) -> None:
        if editor.connection.alias != "default":
            return
        for table in self.tables:
            for statement in make(table, editor.connection.vendor):
                editor.execute(statement, params=None)
