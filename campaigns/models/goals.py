"""What a series, campaign, team or member aims for, what it has raised, and its news."""

from django.db import models
from django.db.models import Expression, F, Q
from django.db.models.functions import Least, Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign, Series
from campaigns.models.teams import Member, Team
from rally.kit.modified import Modified


def missing(before: str = "") -> Expression:
    """What a goal lacks, never below zero: the very expression that its indexes are made of.

    `before` is the path to the goal, such as "goal__". Where there is no goal it is null.
    """
    aimed, raised = F(f"{before}amount_minor"), F(f"{before}raised_minor")
    return aimed - Least(aimed, raised)


class Goal(Modified):
    """A target and its totals, in minor units of the campaign's currency.

    `raised_minor` and `pending_minor` are changed only by `campaigns.donations`, in the
    transaction that changes the gifts; `audit` compares them with the entries.
    """

    class Kind(models.TextChoices):
        SERIES = "series", _("series")
        CAMPAIGN = "campaign", _("campaign")
        TEAM = "team", _("team")
        MEMBER = "member", _("member")

    kind = models.CharField(max_length=8, choices=Kind)
    series = models.OneToOneField(
        Series, models.PROTECT, null=True, blank=True, related_name="goal"
    )
    campaign = models.OneToOneField(
        Campaign, models.PROTECT, null=True, blank=True, related_name="goal"
    )
    team = models.OneToOneField(Team, models.PROTECT, null=True, blank=True, related_name="goal")
    member = models.OneToOneField(
        Member, models.PROTECT, null=True, blank=True, related_name="goal"
    )
    amount_minor = models.BigIntegerField(default=0)
    raised_minor = models.BigIntegerField(default=0, editable=False)
    pending_minor = models.BigIntegerField(default=0, editable=False)
    page_title = models.CharField(max_length=150, blank=True)
    page_header = models.CharField(max_length=150, blank=True)
    page_html = models.TextField(max_length=50_000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind="series", series__isnull=False, campaign=None, team=None, member=None
                )
                | Q(kind="campaign", series=None, campaign__isnull=False, team=None, member=None)
                | Q(kind="team", series=None, campaign=None, team__isnull=False, member=None)
                | Q(kind="member", series=None, campaign=None, team=None, member__isnull=False),
                name="goal_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="goal_not_negative"),
        ]
        # Lists of members and of teams are sorted by these, and then by the owner's id. Amounts
        # aimed for are much the same everywhere, so that members have them both ways; so is what
        # is missing where nothing came in yet.
        indexes = [
            models.Index(
                fields=[amount, owner], condition=Q(**{f"{owner}__isnull": False}), name=name
            )
            for owner, amount, name in (
                ("member", "raised_minor", "goal_member_raised"),
                ("member", "amount_minor", "goal_member_amount"),
                ("member", "-amount_minor", "goal_member_amount_down"),
                ("team", "raised_minor", "goal_team_raised"),
                ("team", "amount_minor", "goal_team_amount"),
            )
        ] + [
            models.Index(order, F(owner), condition=Q(**{f"{owner}__isnull": False}), name=name)
            for owner, order, name in (
                ("member", missing().asc(), "goal_member_missing"),
                ("member", missing().desc(), "goal_member_missing_down"),
                ("team", missing().asc(), "goal_team_missing"),
            )
        ]

    def __str__(self) -> str:
        return f"goal of {self.series or self.campaign or self.team or self.member}"


class Update(Modified):
    """A news item on a member's or the campaign's page. `html` is sanitised when written."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="updates")
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="updates"
    )
    at = models.DateTimeField(db_default=Now())
    title = models.CharField(max_length=150)
    html = models.TextField(max_length=50_000, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title
