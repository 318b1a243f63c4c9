"""The numbers a visitor has ticked, what they add up to, and what covering fees would add."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments import fees
from rally.kit import money
from rally.web.supporters import tiles

if TYPE_CHECKING:
    from payments.snapshots import Cell


@dataclass(frozen=True, slots=True)
class Chip:
    number: int
    price_minor: int = 0
    shown: bool = True
    gone: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Basket:
    chips: tuple[Chip, ...] = ()
    words: str = ""
    total: str = ""
    cover: str = ""


def count_words(count: int) -> str:
    if not count:
        return _("No tiles picked")
    return ngettext("%(n)d tile", "%(n)d tiles", count) % {"n": count}


def add_up(
    picked: "Collection[Cell]", *, shown: Collection[int], lost: Collection[int], currency: str
) -> Basket:
    """Chips for every pick; those not on this part of the board carry their own tick box."""
    said, nobody = tiles.states(), tiles.Marks()
    chips = [
        Chip(
            cell.number,
            cell.price_minor,
            cell.number in shown,
            label=tiles.label(cell, currency, said, nobody),
        )
        for cell in picked
    ]
    net = sum(chip.price_minor for chip in chips)
    return Basket(
        chips=(*(Chip(number, gone=True) for number in sorted(lost)), *chips),
        words=count_words(len(chips)),
        total=money.format(net, currency),
        cover=money.format(fees.cover(net, currency), currency) if net else "",
    )
