"""A campaign was cancelled: what was decided about its money, and how far that has come."""

from django.db import models
from django.db.models.functions import Now

from accounts.models import User
from campaigns.models import Campaign


class Closing(models.Model):
    """Kept or refunded, by whom. The refunds themselves are rows of their own; this one lets
    the work be taken up again wherever it stopped.

    `gifts` and `amount_minor` are what was to be paid back when it was decided. `stuck` are ids
    of gifts that couldn't be, each with a task for staff.
    """

    campaign = models.OneToOneField(Campaign, models.PROTECT, related_name="+")
    refund = models.BooleanField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    gifts = models.PositiveIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    stuck = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"closing of {self.campaign}"
