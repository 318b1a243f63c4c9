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
    """A picked tile in the basket; `gone` when somebody else has it by now."""

    number: int
    price_minor: int = 0
    shown: bool = True
    gone: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Basket:
    """What the basket shows: the picks and their sum, in words."""

    chips: tuple[Chip, ...] = ()
    words: str = ""
    total: str = ""
    cover: str = ""
    too_little: str = ""


def too_little(total_minor: int, currency: str) -> str:
    """What to add before a card can be charged; nothing when the sum is enough, or none."""
    least = money.minimum_charge(currency)
    if not 0 < total_minor < least:
        return ""
    return _("Card payments start at %(least)s. Add tiles worth %(more)s or more.") % {
        "least": money.format(least, currency),
        "more": money.format(least - total_minor, currency),
    }


def count_words(count: int) -> str:
    """How many tiles are picked, in words."""
    if not count:
        return _("No tiles picked")
    return ngettext("%(n)d tile", "%(n)d tiles", count) % {"n": count}


def add_up(
    picked: "Collection[Cell]",
    *,
    shown: Collection[int],
    lost: Collection[int],
    currency: str,
    held_minor: int = 0,
) -> Basket:
    """Chips for every pick; those not on this part of the board carry their own tick box.

    `held_minor` is what the visitor holds already: one payment is for both together.
    """
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
        too_little=too_little(held_minor + net, currency) if net else "",
    )
