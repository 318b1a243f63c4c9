"""An order for the tiles of a hold, what is in it, and each attempt to have it paid."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from boards.models import Claim, Hold
from campaigns.models import Donation, Goal
from payments.models.accounts import StripeAccount
from rally.kit import ids


class Checkout(models.Model):
    """What somebody agreed to pay for. This row is the mutex of its payments and refunds."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
        PARTLY_LOST = "partly_lost", _("paid, some tiles lost")
        LOST = "lost", _("paid too late")
        CLOSED = "closed", _("closed unpaid")

    class Method(models.TextChoices):
        STRIPE = "stripe", _("Stripe Checkout")
        OFFLINE = "offline", _("cash, check or other")

    PAID_STATUSES = (Status.PAID, Status.PARTLY_LOST, Status.LOST)

    reference = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    account = models.ForeignKey(
        StripeAccount, models.PROTECT, null=True, blank=True, related_name="+"
    )
    method = models.CharField(max_length=7, choices=Method, default=Method.STRIPE)
    status = models.CharField(max_length=11, choices=Status, default=Status.OPEN)
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    cover_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    request_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    modified_at = models.DateTimeField(db_default=Now(), editable=False)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total_minor=F("net_minor") + F("cover_minor")), name="checkout_total"
            ),
            models.CheckConstraint(
                condition=Q(net_minor__gt=0, cover_minor__gte=0), name="checkout_positive"
            ),
            models.UniqueConstraint(
                "hold", condition=Q(status="open"), name="one_open_checkout_per_hold"
            ),
        ]
        indexes = [models.Index("person", name="checkout_by_person")]

    def __str__(self) -> str:
        return f"checkout {self.reference}"


class Line(models.Model):
    """One tile or one plain gift of an order: the unit that refunds and credits name."""

    class Kind(models.TextChoices):
        TILE = "tile", _("tile")
        GIFT = "gift", _("gift")

    checkout = models.ForeignKey(Checkout, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.TILE)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="+")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="+")
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    fee_share_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_share_minor__gte=0), name="line_positive"
            ),
            models.CheckConstraint(
                condition=Q(kind="gift") | Q(claim__isnull=False), name="tile_line_has_claim"
            ),
            models.UniqueConstraint("checkout", "claim", name="one_line_per_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"


class Attempt(models.Model):
    """One Checkout Session, written down before Stripe is asked for it.

    `reference` is the session's client_reference_id, `key` the idempotency key, `params` the
    exact parameters: after a crash the same bytes are sent with the same key, so that two
    sessions can't come of one attempt. Source: Stripe's "Idempotent requests".
    """

    class Status(models.TextChoices):
        CREATED = "created", _("not yet confirmed by Stripe")
        OPEN = "open", _("open")
        COMPLETE = "complete", _("complete")
        EXPIRED = "expired", _("expired")
        DEAD = "dead", _("known dead")

    UNRESOLVED = (Status.CREATED, Status.OPEN)

    reference = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    checkout = models.ForeignKey(Checkout, models.PROTECT, related_name="attempts")
    account = models.ForeignKey(StripeAccount, models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    params = models.JSONField()
    status = models.CharField(max_length=8, choices=Status, default=Status.CREATED)
    session_id = models.CharField(max_length=100, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "checkout", condition=Q(status__in=["created", "open"]), name="one_open_attempt"
            ),
            models.UniqueConstraint(
                "account", "session_id", condition=~Q(session_id=""), name="one_attempt_per_session"
            ),
        ]
        indexes = [
            models.Index(
                "created_at", condition=Q(status__in=["created", "open"]), name="attempt_unresolved"
            )
        ]

    def __str__(self) -> str:
        return self.session_id or self.reference
