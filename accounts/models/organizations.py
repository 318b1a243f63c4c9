"""Organizations, who may do what in them, and who asks to join."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from rally.kit import ids
from rally.kit.modified import Modified


class Partner(models.Model):
    """A platform that serves several organizations through RallyUp's partner API."""

    name = models.CharField(max_length=150)
    domain = models.CharField(max_length=253, unique=True)
    custom_list = models.BooleanField(
        default=False, help_text=_("may manage its own organizations")
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.name


class Organization(Modified):
    """A school, club or charity. Everything but users belongs to exactly one."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        LIVE = "live", _("live")
        FROZEN = "frozen", _("frozen")

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    code = models.CharField(max_length=6, unique=True, default=ids.organization_code)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=150)
    common_name = models.CharField(max_length=150, blank=True)
    tax_id = models.CharField(_("EIN or tax id"), max_length=32, blank=True)
    website = models.URLField(blank=True)
    logo = models.CharField(max_length=200, blank=True)
    social_links = models.JSONField(default=dict, blank=True)
    line_1 = models.CharField(max_length=150, blank=True)
    line_2 = models.CharField(max_length=150, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    zip = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="US")
    currency = models.CharField(max_length=3, default="USD")
    time_zone = models.CharField(max_length=64, default="UTC")
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    livemode = models.BooleanField(default=False, help_text=_("real money; off is a sandbox"))
    clock_offset_s = models.PositiveIntegerField(
        default=0, help_text=_("how far a sandbox's clock runs ahead, in seconds")
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="organizations"
    )
    partner_made = models.BooleanField(
        default=False, help_text=_("its partner made it and manages its people"), editable=False
    )
    is_tax_exempt = models.BooleanField(
        default=False, help_text=_("a 501(c) organization, or its like elsewhere")
    )
    unlisted = models.BooleanField(
        default=False, help_text=_("found by link only: no list or search of ours names it")
    )
    noindex = models.BooleanField(default=False, help_text=_("asks search engines to stay away"))
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__lt="8"), name="organization_code_range"),
            models.CheckConstraint(
                condition=Q(livemode=False) | Q(clock_offset_s=0), name="live_clock_is_true"
            ),
            models.CheckConstraint(
                condition=Q(partner_made=False) | Q(partner__isnull=False),
                name="partner_made_has_partner",
            ),
        ]

    def __str__(self) -> str:
        return self.common_name or self.name


class Role(models.TextChoices):
    """What somebody is to an organization; `accounts.rights` says what each may do."""

    OWNER = "owner", _("owner")
    ADMIN = "admin", _("admin")
    TEAM_ADMIN = "team_admin", _("team admin")
    MODERATOR = "moderator", _("moderator")
    VIEWER = "viewer", _("viewer")


class Membership(models.Model):
    """One role of one user; without campaign and team it holds everywhere."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    # By label: campaigns stands above accounts, and only these two keys look up (decision 0004).
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(
        "campaigns.Team", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "user",
                condition=Q(campaign=None, team=None), name="one_general_membership",
            ),
            models.UniqueConstraint(
                "organization", "user", "campaign",
                condition=Q(team=None), name="one_membership_per_campaign",
            ),
            models.UniqueConstraint(
                "organization", "user", "team", name="one_membership_per_team"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user}: {self.role} of {self.organization}"


class JoinRequest(models.Model):
    """Somebody asks to belong to an organization; staff or an admin of it decides."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        APPROVED = "approved", _("approved")
        DENIED = "denied", _("denied")

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="join_requests")
    user = models.ForeignKey(User, models.PROTECT, related_name="join_requests")
    message = models.TextField(max_length=1000, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    reason = models.TextField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "user", condition=Q(status="pending"), name="one_pending_request"
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_at=None)
                | (~Q(status="pending") & Q(decided_at__isnull=False)),
                name="join_request_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} asks to join {self.organization}"
