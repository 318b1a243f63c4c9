"""Whose Stripe account takes an organization's money."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization


class StripeAccount(models.Model):
    """Frozen on everything made through it: money is looked for where it was taken."""

    class Model(models.TextChoices):
        OWN = "own", _("this installation's own keys")
        DIRECT = "direct", _("a connected account, charged directly")
        ON_BEHALF_OF = "on_behalf_of", _("through a partner's platform")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    model = models.CharField(max_length=12, choices=Model, default=Model.OWN)
    account_id = models.CharField(max_length=64, blank=True, help_text=_("acct_…; empty: own"))
    status = models.CharField(max_length=20, default="active")
    # Money goes there from then on: somebody may object before. Empty: at once.
    usable_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "livemode", "model", "account_id", name="one_stripe_account_each"
            ),
            models.CheckConstraint(
                condition=Q(model="own", account_id="")
                | (~Q(model="own") & Q(account_id__startswith="acct_")),
                name="stripe_account_has_id",
            ),
        ]

    def __str__(self) -> str:
        return self.account_id or "own account"

    @staticmethod
    def named_by_event(account_id: str, path: str = "") -> Q:
        """Which rows an event is about: those of the platform itself name no account, and what
        is charged on somebody's behalf is charged by the platform. `path` leads to the account."""
        named = Q(**{f"{path}account_id": account_id})
        passed_on = Q(**{f"{path}model": StripeAccount.Model.ON_BEHALF_OF})
        return named if account_id else named | passed_on
