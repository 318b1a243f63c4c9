"""Lay out boards and open them for picking."""

from django.db import transaction
from django.db.models import F

from boards import layout
from boards.models import Board, BoardChange, Tile
from campaigns.models import Campaign


def build(board: Board) -> Board:
    """Save a new board with all its tiles at their frozen prices. Raises ValueError."""
    priced = layout.prices(
        model=board.price_model, first=board.min_num, last=board.max_num,
        unit_minor=board.unit_minor, bands=board.bands,
    )  # fmt: skip
    with transaction.atomic():
        board.save()
        Tile.objects.bulk_create(
            (Tile(board=board, number=number, price_minor=price) for number, price in priced),
            batch_size=1000,
        )
    return board


def follow_campaign(campaign: Campaign) -> None:
    """Boards are open exactly while their campaign is active, until its deadline."""
    boards = Board.objects.filter(campaign=campaign, archived_at=None).order_by("pk")
    with transaction.atomic():
        boards.update(
            is_open=campaign.status == Campaign.Status.ACTIVE,
            closes_at=campaign.deadline,
            version=F("version") + 1,
        )
        BoardChange.objects.bulk_create(
            BoardChange(board_id=pk, version=version)
            for pk, version in boards.values_list("pk", "version")
        )
