"""Who takes part in a campaign: members, alone or in teams."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from campaigns.models.campaigns import Campaign, Named
from rally.kit.modified import Modified


class Access(models.TextChoices):
    """Who finds a page: everybody, those with the link, or only owner and admins."""

    PUBLIC = "public", _("public")
    DELISTED = "delisted", _("delisted")
    INACTIVE = "inactive", _("inactive")
    PENDING = "pending", _("pending")


class Team(Named):
    """Members who raise together."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="teams")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=100)
    picture = models.CharField(max_length=200, blank=True)
    access = models.CharField(max_length=8, choices=Access, default=Access.PUBLIC)
    captains = models.ManyToManyField("campaigns.Member", related_name="captain_of", blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("campaign", "slug", name="team_slug")]
        indexes = [
            models.Index("campaign", "modified_at", "id", name="team_modified"),
            models.Index("campaign", "name_key", name="team_name_key"),
        ]

    def __str__(self) -> str:
        return self.name

    def searchable(self) -> str:
        return self.name


class Member(Modified):
    """One person in one campaign: donor, fundraiser, captain. Sprocket calls this a User."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="members")
    slug = models.SlugField(max_length=100, blank=True)
    is_fundraiser = models.BooleanField(default=False)
    access = models.CharField(max_length=8, choices=Access, default=Access.PUBLIC)
    shown_as = models.CharField(max_length=9, default="name")
    picture = models.CharField(max_length=200, blank=True)
    external_completed_1 = models.BooleanField(default=False)
    external_completed_2 = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("campaign", "person", name="one_member_each"),
            models.UniqueConstraint("campaign", "slug", condition=~Q(slug=""), name="member_slug"),
        ]
        indexes = [
            models.Index("campaign", "modified_at", "id", name="member_modified"),
            models.Index("campaign", "id", name="member_page"),
        ]

    def __str__(self) -> str:
        return str(self.person)
