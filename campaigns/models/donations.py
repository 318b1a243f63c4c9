"""Gifts, online and offline, and the signed entries that say what became of them."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from campaigns.models.campaigns import Campaign
from campaigns.models.goals import Goal
from campaigns.models.teams import Member
from campaigns.showing import shown_name
from rally.kit import ids, text
from rally.kit.modified import Modified


class Donation(Modified):
    """One person's gift to one goal. The amount excludes cover fees and never changes."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        CONFIRMED = "confirmed", _("confirmed")
        VOID = "void", _("void")

    class PaymentType(models.TextChoices):
        CREDIT_CARD = "Credit_Card", _("card, online")
        CASH = "Cash", _("cash")
        CHECK = "Check", _("check")
        PLEDGE = "Pledge", _("pledge")
        OFFLINE_CREDIT_CARD = "Offline_Credit_Card", _("card, offline")
        OTHER = "Other", _("other")

    class ShownAs(models.TextChoices):
        NAME = "name", _("name")
        INITIAL = "initial", _("first name and initial")
        ANONYMOUS = "anonymous", _("anonymous")

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="donations")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="donations")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    donor = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="donations"
    )
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    payment_type = models.CharField(max_length=19, choices=PaymentType)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    is_verified = models.BooleanField(default=True)
    is_fulfilled = models.BooleanField(default=True, help_text=_("off: a pledge not yet paid"))
    display_name = models.CharField(max_length=100, blank=True)
    shown_as = models.CharField(max_length=9, choices=ShownAs, default=ShownAs.NAME)
    hide_amount = models.BooleanField(default=False)
    message = models.TextField(max_length=1000, blank=True)
    image_url = models.CharField(max_length=2000, blank=True)
    is_corporate = models.BooleanField(default=False)
    do_not_sync = models.BooleanField(default=False)
    paid_at = models.DateTimeField(null=True, blank=True)
    receipt_number = models.PositiveBigIntegerField(null=True, blank=True)
    note = models.TextField(max_length=1000, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)
    # The public name, folded: who searches public gifts by name can find no hidden one.
    shown_key = models.CharField(max_length=100, blank=True, editable=False)
    # A digest of who asked by which key, so that a program's second try finds the first.
    request_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="gift_is_positive"),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(paid_at__isnull=False) | Q(is_fulfilled=False),
                name="confirmed_gift_has_date",
            ),
            models.UniqueConstraint(
                "request_key", condition=~Q(request_key=""), name="one_gift_per_request"
            ),
        ]
        indexes = [
            models.Index("campaign", "id", name="donation_page"),
            models.Index("campaign", "amount_minor", name="donation_amount"),
            models.Index(F("campaign"), Coalesce("paid_at", "created_at"), name="donation_given"),
            models.Index("campaign", "paid_at", "id", name="donation_paid"),
            models.Index("campaign", "modified_at", "id", name="donation_modified"),
            models.Index("goal", "paid_at", name="donation_goal"),
        ]

    def __str__(self) -> str:
        return f"gift {self.public_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.shown_key = text.key(shown_name(self.display_name, self.shown_as) or "")[:100]
        if {"display_name", "shown_as"} & set(kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "shown_key"}
        super().save(*args, **kwargs)


class DonationEntry(models.Model):
    """A signed change to what a gift counts for, and to which goal. Append-only.

    The sum of a goal's own entries and of those below it is its `raised_minor`.
    """

    class Kind(models.TextChoices):
        GIFT = "gift", _("gift")
        REFUND = "refund", _("refund")
        REFUND_FAILED = "refund_failed", _("refund failed")
        DISPUTE_LOST = "dispute_lost", _("dispute lost")
        DISPUTE_WON = "dispute_won", _("dispute won")
        VOID = "void", _("void")
        CREDIT = "credit", _("credited to another goal")

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="entries")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=13, choices=Kind)
    amount_minor = models.BigIntegerField()
    reference = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "donation entries"

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"
