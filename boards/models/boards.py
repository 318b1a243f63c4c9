"""A board of numbered tiles. A tile has a price and no state; its live claim tells that."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from boards.states import PriceModel
from campaigns.models import Campaign, Goal, Member, Team
from rally.kit import ids
from rally.kit.modified import Modified

MOST_TILES = 10_000


class Board(Modified):
    """Tiles `min_num` to `max_num` of one campaign.

    `version` rises with every change anyone can see; `layout` when numbers or prices change,
    which they may only until the first hold (`locked_at`). `is_open` and `closes_at` are kept
    here, beside the counters that reserve writes anyway, so that selling needs no join.
    """

    public_id = models.CharField(max_length=32, unique=True, default=ids.public_id)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    min_num = models.PositiveIntegerField(default=1)
    max_num = models.PositiveIntegerField(default=100)
    columns = models.PositiveSmallIntegerField(default=10)
    currency = models.CharField(max_length=3)
    price_model = models.CharField(max_length=10, choices=PriceModel, default=PriceModel.LADDER)
    unit_minor = models.BigIntegerField(default=100)
    bands = models.JSONField(default=list, blank=True)
    version = models.BigIntegerField(default=0, editable=False)
    layout = models.PositiveIntegerField(default=1, editable=False)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_open = models.BooleanField(default=False, editable=False)
    closes_at = models.DateTimeField(null=True, blank=True, editable=False)
    hold_seconds = models.PositiveSmallIntegerField(default=900)
    most_per_supporter = models.PositiveSmallIntegerField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_num__gte=1) & Q(max_num__gte=models.F("min_num")),
                name="board_numbers",
            ),
            models.CheckConstraint(
                condition=Q(hold_seconds__gte=300, hold_seconds__lte=3600), name="board_hold_time"
            ),
            models.CheckConstraint(condition=Q(unit_minor__gt=0), name="board_unit"),
        ]
        indexes = [models.Index("campaign", "position", name="board_campaign")]

    def __str__(self) -> str:
        return self.title


class Tile(models.Model):
    """A number on a board and what it costs."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="tiles")
    number = models.PositiveIntegerField()
    price_minor = models.BigIntegerField()
    sponsor_name = models.CharField(max_length=100, blank=True)
    sponsor_url = models.URLField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("board", "number", name="one_tile_per_number"),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="tile_price"),
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.number}"


class BoardChange(models.Model):
    """What moved a board's version: feeds live updates, webhooks and the history."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="changes")
    version = models.BigIntegerField()
    hold = models.ForeignKey("boards.Hold", models.PROTECT, null=True, related_name="changes")
    numbers = models.JSONField(default=list)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("board", "version", name="one_change_per_version")]

    def __str__(self) -> str:
        return f"{self.board} version {self.version}"
