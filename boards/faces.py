"""What a verb must know of a board before it opens a transaction: one query, no lock."""

from dataclasses import dataclass

from boards.errors import BoardNotFound
from boards.models import Board
from campaigns.models import Campaign


@dataclass(frozen=True, slots=True)
class Face:
    """The facts reserve needs. `offset_seconds` is the sandbox clock of the organization."""

    board_id: int
    public_id: str
    organization_id: int
    campaign_id: int
    currency: str
    min_num: int
    max_num: int
    layout: int
    is_open: bool
    hold_seconds: int
    most_per_supporter: int | None
    offset_seconds: int
    organization_status: str
    campaign_status: str


COLUMNS = (
    "id", "public_id", "campaign__organization_id", "campaign_id", "currency", "min_num",
    "max_num", "layout", "is_open", "hold_seconds", "most_per_supporter",
    "campaign__organization__clock_offset_s", "campaign__organization__status",
    "campaign__status",
)  # fmt: skip


def of(board_id: int) -> Face:
    """The face of a board by primary key, whoever may see it. Raises BoardNotFound."""
    row = Board.objects.filter(pk=board_id).values_list(*COLUMNS).first()
    if row is None:
        raise BoardNotFound
    return Face(*row)


def public(public_id: str) -> Face:
    """The face of a board that the public may see. Raises BoardNotFound for all others."""
    row = (
        Board.objects.filter(public_id=public_id, archived_at=None)
        .filter(campaign__status__in=Campaign.PUBLIC, campaign__archived_at=None)
        .values_list(*COLUMNS)
        .first()
    )
    if row is None:
        raise BoardNotFound
    return Face(*row)
