"""What happened, what was answered, and what must still be told to others.

None of these hold names, e-mails or messages: ids, field names and digests only, so that
a person can be erased without touching them.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import Organization
from accounts.models.users import User


class IdempotencyRecord(models.Model):
    """The answer given to a POST with an Idempotency-Key, for 24 hours."""

    owner = models.CharField(max_length=80)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("owner", "method", "path", "key", name="one_answer_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class AuditEntry(models.Model):
    """Who did what to which thing. Append-only: a trigger refuses changes."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=20, help_text=_("page, admin, api, task, command"))
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index("object_type", "object_id", name="audit_object")]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"


class OutboxEvent(models.Model):
    """Something the world must hear of, written in the transaction that made it true.

    `key` makes it once per thing: two settlements of one checkout can't mail twice.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    done_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("kind", "key", name="one_outbox_event_each")]
        indexes = [
            models.Index("next_at", condition=Q(done_at=None), name="outbox_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
