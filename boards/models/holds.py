"""Who has which tiles, and for how long. `boards.holds` is the only writer."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Organization
from boards.models.boards import Board, Tile
from boards.states import Ended, Kind, Phase
from rally.kit import ids


class Hold(models.Model):
    """A basket of tiles under one owner token: the one place where the state lives.

    The token itself is never kept, only its SHA-256; `reference` is the public name.
    """

    reference = models.CharField(max_length=32, unique=True, default=ids.public_id, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    token_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.BASKET)
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.BROWSING)
    expires_at = models.DateTimeField(null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "token_hash", "organization", "currency",
                condition=Q(phase__in=["browsing", "paying", "processing"]),
                name="one_live_hold_per_token",
            ),
            models.CheckConstraint(
                condition=~Q(phase="browsing") | Q(expires_at__isnull=False),
                name="browsing_has_a_deadline",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index("expires_at", condition=Q(phase="browsing"), name="hold_lapsing"),
            models.Index("expires_at", condition=Q(phase="paying"), name="hold_paying"),
        ]

    def __str__(self) -> str:
        return f"hold {self.reference}"


class Claim(models.Model):
    """One tile in one hold, at a frozen price. Inserted or ended, never changed otherwise.

    A partial unique index lets one live claim stand per tile: it is what makes a second sale
    impossible, whatever the code above it does.
    """

    # Covered by `claim_live`; one index less to write for every tile.
    board = models.ForeignKey(Board, models.PROTECT, related_name="+", db_index=False)
    tile = models.ForeignKey(Tile, models.PROTECT, related_name="claims")
    number = models.PositiveIntegerField()
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="claims")
    price_minor = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=8, choices=Ended, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "tile", condition=Q(ended_at=None), name="one_live_claim_per_tile"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended="") | (Q(ended_at__isnull=False) & ~Q(ended="")),
                name="claim_ended_with_reason",
            ),
        ]
        indexes = [models.Index("board", "number", condition=Q(ended_at=None), name="claim_live")]

    def __str__(self) -> str:
        return f"tile {self.number} in {self.hold}"
