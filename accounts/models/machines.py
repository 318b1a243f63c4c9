"""Who asks for a login of a machine, for an organization's own programs."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models.clients import ApiCredential
from accounts.models.decisions import Decision
from accounts.models.organizations import Organization
from accounts.models.users import User
from rally.kit import ids


class CredentialRequest(models.Model):
    """An organization says what it wants to read its own data for; staff decide."""

    Status = Decision

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="credential_requests"
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="credential_requests")
    purpose = models.TextField(max_length=1000)
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    reason = models.TextField(max_length=1000, blank=True)
    credential = models.OneToOneField(
        ApiCredential, models.PROTECT, null=True, blank=True, related_name="request"
    )
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", condition=Q(status="pending"), name="one_pending_credential_request"
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_at=None)
                | (~Q(status="pending") & Q(decided_at__isnull=False)),
                name="credential_request_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} asks for API credentials"
