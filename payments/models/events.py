"""What Stripe told us, kept before it is acted on, and what a person must look at."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User


class StripeEvent(models.Model):
    """One event of the durable inbox. `processed_at` is set with its effects, or never.

    The body is purged after 90 days; `digest` stays, so that a repeat with another body can
    still be told apart.
    """

    event_id = models.CharField(max_length=100)
    account_id = models.CharField(max_length=64, blank=True)
    livemode = models.BooleanField()
    type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=100, blank=True)
    api_version = models.CharField(max_length=40, blank=True)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    processed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    error = models.CharField(max_length=300, blank=True)
    parked = models.CharField(max_length=60, blank=True, help_text=_("why it had no effect"))

    class Meta:
        constraints = [models.UniqueConstraint("account_id", "event_id", name="one_row_per_event")]
        indexes = [
            models.Index("next_at", condition=Q(processed_at=None), name="event_waiting"),
            models.Index("received_at", condition=~Q(parked=""), name="event_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Reconciliation(models.Model):
    """One comparison with Stripe, object by object: how many were asked about, how many healed.

    `events_until` is how far back-filled events were read, in Stripe's own time;
    `drift_minor` by how much ledger and totals differed just then (`audit.figures`).
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    asked = models.PositiveIntegerField(default=0)
    healed = models.PositiveIntegerField(default=0)
    trouble = models.PositiveIntegerField(default=0)
    events_until = models.DateTimeField(null=True, blank=True)
    drift_minor = models.BigIntegerField(null=True, blank=True)

    class Meta:
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"{self.asked} asked, {self.healed} healed"


class AuditRun(models.Model):
    """One look at everything (`payments.audit`): how many rows broke a rule, and which."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    seconds = models.FloatField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(default=dict)

    class Meta:
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"{self.rows} found in {self.seconds:.1f} s"


class StaffTask(models.Model):
    """Something that only a person can decide. Nothing is dropped; it waits here."""

    class Kind(models.TextChoices):
        REFUND_DUE = "refund_due", _("money is owed back")
        MISMATCH = "mismatch", _("an event doesn't fit the order")
        UNMATCHED = "unmatched", _("an event of nothing we know")
        DISPUTE = "dispute", _("a charge is disputed")
        STUCK = "stuck", _("an order can't be resolved")
        FAILED_REFUND = "failed_refund", _("a refund failed")
        DASHBOARD_REFUND = "dashboard_refund", _("a refund without our id")
        FRAUD_WARNING = "fraud_warning", _("Stripe warns of fraud")
        ACCOUNT = "account", _("a Stripe account changed")
        AUDIT = "audit", _("the audit found something")

    kind = models.CharField(max_length=16, choices=Kind)
    key = models.CharField(max_length=120)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("kind", "key", name="one_staff_task_each")]
        indexes = [
            models.Index("created_at", condition=Q(resolved_at=None), name="staff_task_open")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.object_type} {self.object_id}"
