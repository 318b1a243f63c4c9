"""Lay out boards and open them for picking."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from boards import layout
from boards.models import Board, BoardChange, Tile
from campaigns.models import Campaign
from rally.kit.retries import retrying


def build(board: Board, own_prices: Mapping[int, int] | None = None) -> Board:
    """Save a new board with all its tiles at their frozen prices. Raises ValueError.

    `own_prices` are single tiles that cost something else, by number, in minor units.
    """
    priced = layout.prices(
        model=board.price_model, first=board.min_num, last=board.max_num,
        unit_minor=board.unit_minor, bands=board.bands,
    )  # fmt: skip
    with transaction.atomic():
        board.save()
        own = own_prices or {}
        Tile.objects.bulk_create(
            (Tile(board=board, number=n, price_minor=own.get(n, price)) for n, price in priced),
            batch_size=1000,
        )
    return board


def follow_campaign(campaign: Campaign) -> None:
    """Boards are open exactly while their campaign is active, until its deadline.

    Every move of a campaign calls it, in the same transaction. Boards are locked in id order,
    as everybody locks them; on its own, a deadlock starts it over.
    """
    retrying(lambda: _follow(campaign))


def _follow(campaign: Campaign) -> None:
    boards = Board.objects.filter(campaign=campaign, archived_at=None)
    locked = boards.select_for_update(no_key=True, of=("self",)).order_by("pk")
    versions = dict(locked.values_list("pk", "version"))
    Board.objects.filter(pk__in=versions).update(
        is_open=campaign.status == Campaign.Status.ACTIVE,
        closes_at=campaign.deadline,
        version=F("version") + 1,
    )
    BoardChange.objects.bulk_create(
        BoardChange(board_id=pk, version=version + 1) for pk, version in versions.items()
    )
