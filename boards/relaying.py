"""Lay a board out again: other numbers or prices, while nobody has picked a tile yet."""

from collections.abc import Mapping

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boards import layout
from boards.models import Board, BoardChange, Tile
from boards.models.boards import MOST_TILES
from rally.kit import money
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.retries import retrying

LARGEST_NUMBER = 999_999
DEAREST_MINOR = 99_999_999  # the most that Stripe charges at once, in two-decimal currencies
LAYOUT = ("min_num", "max_num", "price_model", "unit_minor", "bands", "currency")


class BoardLocked(DomainError):
    """Somebody has picked a tile: its number and price are promised."""

    code = "conflict"
    sentence = gettext_lazy("Somebody has picked a tile, so numbers and prices are settled.")


class BadLayout(InvalidInput):
    """Numbers or prices that no board can have."""


def check(board: Board) -> list[tuple[int, int]]:
    """The tiles a board's settings ask for. Raises BadLayout with the reason."""
    if not 1 <= board.min_num <= LARGEST_NUMBER:
        raise BadLayout(_("The first number must be 1 to 999,999."), field="first")
    if board.max_num < board.min_num:
        raise BadLayout(_("The last number can't be below the first."), field="last")
    if not board.max_num < board.min_num + MOST_TILES or board.max_num > LARGEST_NUMBER:
        raise BadLayout(_("A board has 1 to 10,000 tiles."), field="last")
    try:
        priced = list(
            layout.prices(
                model=board.price_model, first=board.min_num, last=board.max_num,
                unit_minor=board.unit_minor, bands=board.bands,
            )
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadLayout(_("The price bands don't cover every number."), field="bands") from None
    step = money.step(board.currency)
    if not all(type(price) is int and price > 0 and price % step == 0 for _n, price in priced):
        raise BadLayout(_("A tile's price can't be charged in this currency."), field="unit")
    dearest = max(price for _n, price in priced)
    if dearest > DEAREST_MINOR:
        words = _("The dearest tile would cost %(price)s, which is more than a card can pay.")
        price = money.format(dearest, board.currency)
        raise BadLayout(words % {"price": price}, field="unit")
    return priced


def relay(board: Board) -> Board:
    """Save the board's settings and make its tiles anew. Raises BadLayout and BoardLocked.

    Prices of single tiles are gone with the old tiles. The one verb that locks the board first:
    a reserve that saw the old layout is turned away by the guard of its last statement.
    """
    priced = check(board)

    def work() -> None:
        now = unlocked(board.pk)
        board.layout = now.layout + 1
        board.save(update_fields=[*LAYOUT, "layout"])
        Tile.objects.filter(board=board).delete()
        Tile.objects.bulk_create(
            (Tile(board=board, number=number, price_minor=price) for number, price in priced),
            batch_size=1000,
        )
        note(board.pk)

    retrying(work)
    board.refresh_from_db()
    return board


def reprice(board: Board, prices: Mapping[int, int]) -> Board:
    """Give single tiles a price of their own, in minor units, before anybody has picked one.

    Raises BadLayout for a number that isn't on the board or a price that can't be charged, and
    BoardLocked.
    """
    step = money.step(board.currency)
    for number, price in prices.items():
        if not board.min_num <= number <= board.max_num:
            raise BadLayout(_("There is no tile %(n)d.") % {"n": number}, field="own")
        if not 0 < price <= DEAREST_MINOR or price % step:
            raise BadLayout(_("Tile %(n)d can't cost that.") % {"n": number}, field="own")

    def work() -> None:
        now = unlocked(board.pk)
        for number, price in prices.items():
            Tile.objects.filter(board=board, number=number).update(price_minor=price)
        Board.objects.filter(pk=board.pk).update(layout=now.layout + 1)
        note(board.pk)

    retrying(work)
    board.refresh_from_db()
    return board


def unlocked(board_id: int) -> Board:
    """The board, its row locked; raises BoardLocked when somebody has picked a tile."""
    now = Board.objects.select_for_update(no_key=True, of=("self",)).get(pk=board_id)
    if now.locked_at is not None:
        raise BoardLocked
    return now


def note(board_id: int) -> None:
    """Move a locked board's version and write the change down; its layout stays unlocked."""
    Board.objects.filter(pk=board_id).update(version=F("version") + 1)
    version = Board.objects.values_list("version", flat=True).get(pk=board_id)
    BoardChange.objects.create(board_id=board_id, version=version)
