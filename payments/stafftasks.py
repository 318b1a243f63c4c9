"""A person has dealt with what only a person could decide."""

from django.db import transaction
from django.utils.translation import gettext

from accounts import audit
from accounts.models import User
from payments.models import StaffTask
from rally.kit import clock, text
from rally.kit.errors import InvalidInput

LONGEST_NOTE = 1000


class NoteNeeded(InvalidInput):
    """Whoever looks at it later must find out what was done."""

    def __init__(self) -> None:
        super().__init__(gettext("Please write down what was done about it."), field="note")


def resolve(task: StaffTask, by: User, note: str, *, door: str = "admin") -> None:
    """Close a task with a note. A closed one stays as it is. Raises NoteNeeded."""
    note = text.paragraphs(note)[:LONGEST_NOTE]
    if not text.is_visible(note):
        raise NoteNeeded
    with transaction.atomic():
        found = StaffTask.objects.select_for_update(no_key=True, of=("self",)).get(pk=task.pk)
        if found.resolved_at is None:
            found.resolved_at, found.resolved_by, found.note = clock.database_now(), by, note
            found.save(update_fields=["resolved_at", "resolved_by", "note"])
            audit.record(
                "stafftask.resolved", about=found, by=by, door=door, facts={"kind": found.kind}
            )
    task.refresh_from_db()
