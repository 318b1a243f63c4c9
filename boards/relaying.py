"""Lay a board out again: other numbers or prices, while nobody has picked a tile yet."""

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boards import layout
from boards.models import Board, Tile
from boards.models.boards import MOST_TILES
from rally.kit import money
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.retries import retrying

LAYOUT = ("min_num", "max_num", "price_model", "unit_minor", "bands", "currency")


class BoardLocked(DomainError):
    """Somebody has picked a tile: its number and price are promised."""

    code = "conflict"
    sentence = gettext_lazy("Somebody has picked a tile, so numbers and prices are settled.")


class BadLayout(InvalidInput):
    """Numbers or prices that no board can have."""


def check(board: Board) -> list[tuple[int, int]]:
    """The tiles a board's settings ask for. Raises BadLayout with the reason."""
    if not board.min_num <= board.max_num < board.min_num + MOST_TILES:
        raise BadLayout(_("A board has 1 to 10,000 tiles."))
    try:
        priced = list(
            layout.prices(
                model=board.price_model, first=board.min_num, last=board.max_num,
                unit_minor=board.unit_minor, bands=board.bands,
            )
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadLayout(_("The price bands don't cover every number.")) from None
    step = money.step(board.currency)
    if not all(type(price) is int and price > 0 and price % step == 0 for _n, price in priced):
        raise BadLayout(_("A tile's price can't be charged in this currency."))
    return priced


def relay(board: Board) -> Board:
    """Save the board's settings and make its tiles anew. Raises BadLayout and BoardLocked.

    The one verb that locks the board first: a reserve that saw the old layout is turned away
    by the guard of its last statement.
    """
    priced = check(board)

    def work() -> None:
        now = Board.objects.select_for_update(no_key=True, of=("self",)).get(pk=board.pk)
        if now.locked_at is not None:
            raise BoardLocked
        board.layout = now.layout + 1
        board.save(update_fields=[*LAYOUT, "layout"])
        Board.objects.filter(pk=board.pk).update(version=F("version") + 1)
        Tile.objects.filter(board=board).delete()
        Tile.objects.bulk_create(
            (Tile(board=board, number=number, price_minor=price) for number, price in priced),
            batch_size=1000,
        )

    retrying(work)
    board.refresh_from_db()
    return board
