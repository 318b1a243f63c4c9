"""A campaign raises money for one thing; a series groups campaigns."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from rally.kit import ids, text
from rally.kit.modified import Modified


class Named(Modified):
    """A thing with a public name that is searched without regard to case."""

    name_key = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True

    def searchable(self) -> str:
        """The text that `name_key` is made of."""
        raise TypeError(f"{type(self).__name__} does not say what it is searched by")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = text.key(self.searchable())[:200]
        super().save(*args, **kwargs)


class Series(Named):
    """A grouping of campaigns of one organization, such as a yearly event."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    slug = models.SlugField(max_length=100, unique=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.name

    def searchable(self) -> str:
        return self.name


class Campaign(Named):
    """Raises money for one thing until a deadline. Money and time zone are its own."""

    class Type(models.TextChoices):
        TEAM = "team", _("team")
        INDIVIDUAL = "individual", _("individual")
        ORGANIZATION = "organization", _("organization")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")

    PUBLIC = (Status.ACTIVE, Status.COMPLETED)

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    code = models.CharField(max_length=6, unique=True, default=ids.campaign_code)
    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=120)
    type = models.CharField(max_length=12, choices=Type, default=Type.TEAM)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    summary = models.CharField(max_length=200, blank=True)
    story = models.TextField(max_length=20_000, blank=True, help_text=_("Markdown"))
    picture = models.CharField(max_length=200, blank=True)
    palette = models.CharField(max_length=20, default="marigold")
    currency = models.CharField(max_length=3, default="USD")
    time_zone = models.CharField(max_length=64, default="UTC")
    opens_at = models.DateTimeField(null=True, blank=True)
    deadline = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    donor_contact_visible = models.BooleanField(
        default=False, help_text=_("fundraisers and captains see donors' contact data")
    )
    unlisted = models.BooleanField(default=False, help_text=_("reached by link only"))
    lists_teams = models.BooleanField(default=True, help_text=_("teams and what they raised"))
    lists_fundraisers = models.BooleanField(
        default=True, help_text=_("fundraisers and what they raised")
    )
    lists_supporters = models.BooleanField(default=True, help_text=_("supporters by name"))
    project_id = models.CharField(max_length=64, blank=True)
    fund_code = models.CharField(max_length=64, blank=True)
    view_count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__gte="8"), name="campaign_code_range"),
        ]
        indexes = [
            models.Index("organization", "modified_at", "id", name="campaign_modified"),
            models.Index("status", "published_at", name="campaign_status"),
        ]

    def __str__(self) -> str:
        return self.title

    def searchable(self) -> str:
        return self.title


class OldSlug(models.Model):
    """A slug a campaign once had. It redirects for ever, so nobody else may take it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="old_slugs")
    slug = models.SlugField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.slug
