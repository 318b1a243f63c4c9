"""Who wants to hear of events by HTTP, and what became of each message to them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.clients import ApiClient
from accounts.models.organizations import Organization
from accounts.models.records import OutboxEvent
from rally.kit import ids
from rally.kit.sealed import SealedField


class WebhookEndpoint(models.Model):
    """An address that hears of an organization's events, or of those of all organizations
    that let an app in.

    The key signs, so it is kept, encrypted; after a rotation the old one signs along for a day.
    """

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="endpoints"
    )
    client = models.ForeignKey(
        ApiClient, models.CASCADE, null=True, blank=True, related_name="endpoints"
    )
    url = models.URLField(max_length=500)
    events = models.JSONField(default=list)
    secret = SealedField(max_length=255)
    old_secret = SealedField(max_length=255, blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    dialect = models.CharField(max_length=10, default="tiles")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_why = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organization__isnull=False, client=None)
                | Q(organization=None, client__isnull=False),
                name="endpoint_has_one_owner",
            )
        ]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One message on its way to one endpoint. The message's id stays the same however often it
    is sent; `key` makes it one per endpoint and thing."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(OutboxEvent, models.PROTECT, related_name="deliveries")
    message_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=150)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    answered_status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [models.UniqueConstraint("endpoint", "key", name="one_delivery_each")]
        indexes = [
            models.Index("next_at", condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index("endpoint", "id", name="delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.endpoint}"
