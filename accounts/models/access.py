"""Who asks for an app of theirs to be let in, and what was decided."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models.clients import ApiClient
from accounts.models.decisions import Decision
from accounts.models.users import User
from rally.kit import ids


class AppRequest(models.Model):
    """A developer describes an app; staff approve it, which makes its client, or refuse."""

    Status = Decision

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="app_requests")
    name = models.CharField(max_length=100)
    site = models.URLField(max_length=200)
    redirect_uris = models.TextField(max_length=2000)
    scopes = models.TextField()
    purpose = models.TextField(max_length=2000)
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    reason = models.TextField(max_length=1000, blank=True)
    client = models.OneToOneField(
        ApiClient, models.SET_NULL, null=True, blank=True, related_name="request"
    )
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="pending", decided_at=None)
                | (~Q(status="pending") & Q(decided_at__isnull=False)),
                name="app_request_decided",
            )
        ]

    def __str__(self) -> str:
        return self.name
