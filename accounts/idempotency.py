"""The same POST with the same Idempotency-Key is answered the same, for a day.

The key is claimed before the work and the answer kept after it. If the process dies between,
the claim is given up after a minute, and the work is done again: every verb behind this is
safe to repeat. Source: Stripe's "Idempotent requests"; draft-ietf-httpapi-idempotency-key.
"""

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.models import IdempotencyRecord
from rally.kit import clock
from rally.kit.errors import DomainError, InvalidInput

LONGEST_KEY = 255
GIVEN_UP_AFTER = dt.timedelta(seconds=60)


class Mismatch(DomainError):
    """The key was used with another body."""

    code = "idempotency_mismatch"
    sentence = gettext_lazy("This Idempotency-Key was used with a different request.")


class InProgress(DomainError):
    """The first call with this key is still being answered."""

    code = "idempotency_in_progress"
    sentence = gettext_lazy("The first request with this Idempotency-Key is still being answered.")
    retry_after = 1


class Replay(Exception):
    """There is an answer already."""

    def __init__(self, record: IdempotencyRecord) -> None:
        self.record = record
        super().__init__("replay")

    @property
    def status(self) -> int:
        """The status of the first answer."""
        return self.record.status or 200

    @property
    def data(self) -> Any:
        """The body of the first answer."""
        return json.loads(self.record.body)


def begin(*, owner: str, method: str, path: str, key: str, body: bytes) -> IdempotencyRecord:
    """Claim a key for this owner, method and path.

    Raises Replay, Mismatch, InProgress, or InvalidInput for a key that is too long.
    """
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise InvalidInput("Idempotency-Key must be 1 to 255 printable characters.")
    record = IdempotencyRecord(
        owner=owner[:80],
        method=method,
        path=path[:200],
        key=key,
        request_digest=hashlib.sha256(body).hexdigest(),
    )
    made = IdempotencyRecord.objects.bulk_create([record], ignore_conflicts=True)
    return _known(made[0])


def _known(wanted: IdempotencyRecord) -> IdempotencyRecord:
    """The row under this key: ours to fill, or a reason not to go on."""
    with transaction.atomic():
        row = IdempotencyRecord.objects.select_for_update(no_key=True, of=("self",)).get(
            owner=wanted.owner, method=wanted.method, path=wanted.path, key=wanted.key
        )
        if row.request_digest != wanted.request_digest:
            raise Mismatch
        if row.status is not None:
            raise Replay(row)
        if row.content_type == "":
            row.content_type = "claimed"
            row.save(update_fields=["content_type"])
            return row
        if clock.database_now() - row.created_at < GIVEN_UP_AFTER:
            raise InProgress
        row.created_at = clock.database_now()
        row.save(update_fields=["created_at"])
        return row


def finish(record: IdempotencyRecord, status: int, data: Any) -> None:
    """Keep the answer; one that was our fault is forgotten, so that it can be tried again."""
    if status >= 500 or status == 429:
        record.delete()
        return
    IdempotencyRecord.objects.filter(pk=record.pk).update(
        status=status,
        body=json.dumps({} if data is None else data),
        content_type="application/json",
    )


def sweep(now: dt.datetime | None = None) -> int:
    """Forget answers older than a day."""
    old = (now or clock.database_now()) - dt.timedelta(hours=24)
    return IdempotencyRecord.objects.filter(created_at__lt=old).delete()[0]
