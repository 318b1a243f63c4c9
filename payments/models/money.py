"""Payments, refunds and disputes: rows of their own, never flags on an order."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments.models.accounts import StripeAccount
from payments.models.checkouts import Attempt, Checkout, Line
from rally.kit import ids


class Payment(models.Model):
    """Money that Stripe took, or is taking, for an order."""

    class Status(models.TextChoices):
        PROCESSING = "processing", _("processing")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")

    checkout = models.ForeignKey(Checkout, models.PROTECT, related_name="payments")
    attempt = models.OneToOneField(
        Attempt, models.PROTECT, null=True, blank=True, related_name="payment"
    )
    account = models.ForeignKey(StripeAccount, models.PROTECT, related_name="+")
    payment_intent = models.CharField(max_length=100)
    charge = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=Status)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    fee_minor = models.BigIntegerField(null=True, blank=True)
    refunded_minor = models.BigIntegerField(default=0)
    refunding_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=F("refunded_minor") + F("refunding_minor")),
                name="refunds_within_payment",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, refunded_minor__gte=0, refunding_minor__gte=0),
                name="payment_positive",
            ),
            models.UniqueConstraint("account", "payment_intent", name="one_payment_per_intent"),
            models.UniqueConstraint(
                "account", "charge", condition=~Q(charge=""), name="one_payment_per_charge"
            ),
        ]

    def __str__(self) -> str:
        return self.payment_intent


class Refund(models.Model):
    """Money owed back, then sent back. The row exists before Stripe is asked."""

    class Status(models.TextChoices):
        DUE = "due", _("due")
        SENT = "sent", _("sent")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        CANCELED = "canceled", _("canceled")

    class Reason(models.TextChoices):
        LATE = "late", _("paid after the tiles were gone")
        REQUESTED = "requested", _("asked for")
        MISTAKE = "mistake", _("made by mistake")
        DASHBOARD = "dashboard", _("made in Stripe's dashboard")
        CANCELLED = "cancelled", _("the campaign was cancelled")

    reference = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    account = models.ForeignKey(StripeAccount, models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Status, default=Status.DUE)
    reason = models.CharField(max_length=9, choices=Reason)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reopen = models.BooleanField(default=True, help_text=_("put the tiles back on sale"))
    refund_id = models.CharField(max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    request_key = models.CharField(
        max_length=64, blank=True, editable=False, help_text=_("digest of who asked with which key")
    )
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    not_before = models.DateTimeField(null=True, blank=True)
    choice = models.CharField(max_length=10, blank=True, help_text=_("what the supporter chose"))
    chosen_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_positive"),
            models.UniqueConstraint(
                "request_key", condition=~Q(request_key=""), name="one_refund_per_request"
            ),
            models.UniqueConstraint(
                "account", "refund_id", condition=~Q(refund_id=""), name="one_row_per_refund"
            ),
        ]
        indexes = [
            models.Index(
                "not_before", condition=Q(status__in=["due", "sent"]), name="refund_unresolved"
            )
        ]

    def __str__(self) -> str:
        return f"refund {self.reference}"


class RefundLine(models.Model):
    """Which line a refund pays back, and how much of it."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    line = models.ForeignKey(Line, models.PROTECT, related_name="refund_lines")
    amount_minor = models.BigIntegerField()
    fee_share_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("refund", "line", name="one_part_per_line"),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, fee_share_minor__gte=0),
                name="refund_line_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.line}"


class Dispute(models.Model):
    """A charge the donor's bank takes back, as an overlay: the tiles stay where they are.

    `status` is Stripe's own word and none of them is final: appeals exist.
    """

    account = models.ForeignKey(StripeAccount, models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    dispute_id = models.CharField(max_length=100)
    status = models.CharField(max_length=40)
    is_open = models.BooleanField(default=True)
    is_charge_refundable = models.BooleanField(default=False)
    reason = models.CharField(max_length=60, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    fee_minor = models.BigIntegerField(default=0)
    withdrawn_minor = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField(db_default=Now())
    evidence_due_by = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    modified_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint("account", "dispute_id", name="one_row_per_dispute"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="dispute_positive"),
        ]

    def __str__(self) -> str:
        return self.dispute_id
