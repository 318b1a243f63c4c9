"""What staff do about what only a person can decide: close a task, send a refund again."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from accounts import audit
from accounts.models import User
from payments import repaying, sessions, staff
from payments.models import Attempt, Refund, StaffTask
from payments.refunds import PAY
from rally.kit import clock, text
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.wakeups import wake

LONGEST_NOTE = 1000
STUCK_AFTER = dt.timedelta(hours=24)


class NoteNeeded(InvalidInput):
    """Whoever looks at it later must find out what was done."""

    def __init__(self) -> None:
        super().__init__(gettext("Please write down what was done about it."), field="note")


class NotFailed(DomainError):
    """Only a refund that Stripe turned down can be sent again."""

    code = "conflict"
    sentence = gettext_lazy("This refund hasn't failed, so it isn't sent again.")


class NotStuck(DomainError):
    """Stripe still decides about this attempt, or has decided."""

    code = "conflict"
    sentence = gettext_lazy(
        "This payment isn't stuck: it is decided, or its page ended less than a day ago."
    )


def tell_if_stuck(attempt: Attempt, *, now: dt.datetime | None = None) -> None:
    """Nobody knows what became of a payment whose page ended a day ago: staff must look.

    The tiles stay held until somebody who can find out declares it dead.
    """
    if _is_stuck(attempt, now):
        staff.ask(
            StaffTask.Kind.STUCK, key=attempt.reference, about=attempt,
            organization_id=attempt.checkout.hold.organization_id,
            facts={"session": attempt.session_id, "currency": attempt.checkout.currency,
                   "amount_minor": attempt.checkout.total_minor},
        )  # fmt: skip


def _is_stuck(attempt: Attempt, now: dt.datetime | None = None) -> bool:
    moment = now or clock.database_now(attempt.checkout.hold.organization.clock_offset_s)
    return attempt.status in Attempt.UNRESOLVED and attempt.expires_at + STUCK_AFTER <= moment


def declare_dead(attempt: Attempt, by: User, reason: str, *, door: str = "admin") -> None:
    """Somebody found out at Stripe that this can't have been paid: its tiles are free again.

    Should the money come all the same, it is settled as late. Raises NoteNeeded, NotStuck.
    """
    reason = text.paragraphs(reason)[:LONGEST_NOTE]
    if not text.is_visible(reason):
        raise NoteNeeded
    with transaction.atomic():
        found = Attempt.objects.select_related("checkout__hold__organization").get(pk=attempt.pk)
        if not _is_stuck(found):
            raise NotStuck
        sessions.bury(found, note=reason)
        audit.record(
            "attempt.declared_dead", about=found, by=by, door=door,
            organization_id=found.checkout.hold.organization_id,
            facts={"session": found.session_id},
        )  # fmt: skip
        staff.resolve(StaffTask.Kind.STUCK, key=found.reference, note=reason)
    attempt.refresh_from_db()


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
