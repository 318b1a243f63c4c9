"""A way into an organization that was handed to somebody."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models.organizations import Organization, Role
from accounts.models.users import User
from rally.kit import ids


class Invitation(models.Model):
    """Gives one person one role, once, until it expires or is taken back.

    The secret in its link is not stored. `email` names whom it is for, if anybody; it is
    emptied once the invitation can't be used any more.
    """

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=12, choices=Role)
    # By label, as on Membership: campaigns stands above accounts (decision 0004).
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(
        "campaigns.Team", models.PROTECT, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(max_length=254, blank=True)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None)
                | Q(used_at__isnull=False, used_by__isnull=False, revoked_at=None),
                name="invitation_used_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(role=Role.OWNER), name="invitation_never_owns"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.organization}"
