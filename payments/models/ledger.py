"""The double-entry ledger of money that passed Stripe or was banked. Append-only.

Each transaction's entries sum to zero per currency; a trigger refuses changes.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from payments.models.checkouts import Checkout


class LedgerTransaction(models.Model):
    """One happening that moved money; `reference` makes it happen once."""

    class Kind(models.TextChoices):
        CAPTURE = "capture", _("payment captured")
        FEE = "fee", _("processing fee")
        REFUND_DUE = "refund_due", _("refund became due")
        REFUND = "refund", _("refund paid")
        REFUND_FAILED = "refund_failed", _("refund failed")
        DISPUTE = "dispute", _("dispute moved money")
        OFFLINE = "offline", _("banked offline")
        ADJUSTMENT = "adjustment", _("adjustment")

    reference = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=13, choices=Kind)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    checkout = models.ForeignKey(Checkout, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.reference


class LedgerEntry(models.Model):
    """One side of a transaction, in signed minor units: what comes in is positive."""

    class Account(models.TextChoices):
        PROVIDER = "provider", _("held by Stripe for us")
        BANK = "bank", _("banked offline")
        GIFTS = "gifts", _("gifts")
        COVER_FEES = "cover_fees", _("fees covered by donors")
        PROCESSOR_FEE = "processor_fee", _("processing fees")
        PLATFORM_FEE = "platform_fee", _("platform fees")
        REFUND_DUE = "refund_due", _("owed back")
        DISPUTED = "disputed", _("held back for disputes")
        UNALLOCATED = "unallocated", _("not yet explained")

    transaction = models.ForeignKey(LedgerTransaction, models.PROTECT, related_name="entries")
    account = models.CharField(max_length=13, choices=Account)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "ledger entries"

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor} {self.currency}"
