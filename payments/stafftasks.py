"""What staff do about what only a person can decide: close a task, send a refund again."""

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from accounts import audit
from accounts.models import User
from payments import repaying
from payments.models import Refund, StaffTask
from payments.refunds import PAY
from rally.kit import clock, text
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.wakeups import wake

LONGEST_NOTE = 1000


class NoteNeeded(InvalidInput):
    """Whoever looks at it later must find out what was done."""

    def __init__(self) -> None:
        super().__init__(gettext("Please write down what was done about it."), field="note")


class NotFailed(DomainError):
    """Only a refund that Stripe turned down can be sent again."""

    code = "conflict"
    sentence = gettext_lazy("This refund hasn't failed, so it isn't sent again.")


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


def retry_refund(refund: Refund, by: User, *, door: str = "admin") -> None:
    """Send a failed refund again: the same debt, under a new key. Raises NotFailed."""
    with transaction.atomic():
        # `repaying.retry` guards by the status it finds, under the order's lock.
        refund.refresh_from_db()
        if refund.status != Refund.Status.FAILED:
            raise NotFailed
        repaying.retry(refund)
        audit.record(
            "refund.retried", about=refund, by=by, door=door,
            organization_id=refund.account.organization_id,
        )  # fmt: skip
        wake(PAY)
    refund.refresh_from_db()
