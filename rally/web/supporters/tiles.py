"""The tiles of a board, written by one function into one string.

No template loop and no model instances: a page of a hundred tiles is one `join`. Everything
that came from a person goes through `html.escape`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from rally.kit import money
from rally.web import words

if TYPE_CHECKING:
    from payments.snapshots import Cell

CLASSES = {"available": "f", "held": "h", "sold": "s", "blocked": "x"}


@dataclass(frozen=True, slots=True)
class Marks:
    """What one visitor's view adds to the public state of the tiles."""

    picked: Collection[int] = ()
    mine: Collection[int] = ()
    lost: Collection[int] = ()
    found: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How a board is drawn: its columns, its lowest number, whose tiles are marked."""

    currency: str
    min_num: int
    columns: int = 10
    is_open: bool = True
    rows: bool = True
    priced: bool = False
    marks: Marks = field(default_factory=Marks)

    @property
    def across(self) -> int:
        return min(self.columns, 10) if self.columns in (5, 7, 8) else 10


def states() -> dict[str, str]:
    """The words for each state, translated once per page."""
    return {
        "available": _("free"),
        "held": _("held while someone pays"),
        "sold": _("sold"),
        "blocked": _("not for sale"),
        "mine": _("held for you"),
        "lost": _("just taken"),
    }


def label(cell: "Cell", currency: str, said: dict[str, str], marks: Marks) -> str:
    """The accessible name: "Tile 12, 12 dollars, free"."""
    state = said[cell.status]
    if cell.number in marks.mine:
        state = said["mine"]
    elif cell.number in marks.lost:
        state = said["lost"]
    elif cell.status == "sold" and cell.name:
        state = _("sold to %(name)s") % {"name": cell.name}
    price = words.spoken(cell.price_minor, currency)
    return _("Tile %(number)d, %(price)s, %(state)s") % {
        "number": cell.number,
        "price": price,
        "state": state,
    }


def tell_prices(cells: Iterable["Cell"], currency: str) -> bool:
    """Whether every tile shows its price: on boards where the number mostly isn't the price."""
    unit = 10 ** money.decimals(currency)
    differ = [cell.price_minor != cell.number * unit for cell in cells]
    return 2 * sum(differ) > len(differ)


def face(cell: "Cell", currency: str, *, priced: bool) -> str:
    """What stands under the number: initials when sold, the price where it's needed."""
    if cell.status == "sold":
        return f"<i>{escape(words.initials(cell.name))}</i>"
    differs = cell.price_minor != cell.number * 10 ** money.decimals(currency)
    if cell.status == "available" and (priced or differs):
        return f"<i>{escape(words.tag(cell.price_minor, currency))}</i>"
    return ""


def tile(cell: "Cell", layout: Layout, said: dict[str, str]) -> str:
    """One tile of the grid, as HTML."""
    number, marks = cell.number, layout.marks
    kind = CLASSES[cell.status]
    if number in marks.mine:
        kind = "m"
    elif number in marks.lost:
        kind += " lost"
    if number == marks.found:
        kind += " found"
    free = kind[0] == "f" and layout.is_open
    extra = "" if free else " disabled"
    if free and number in marks.picked:
        extra += " checked"
    spot = ""
    if number == marks.found:
        # A disabled box can't have the focus; its tile can.
        extra, spot = (extra + " autofocus", "") if free else (extra, ' tabindex="-1" autofocus')
    who = f' data-who="{escape(cell.name)}"' if cell.status == "sold" and cell.name else ""
    return (
        f'<label class="t {kind}" id="t{number}"{who}{spot}>'
        f'<input type="checkbox" name="tile" value="{number}" data-p="{cell.price_minor}"'
        f' aria-label="{escape(label(cell, layout.currency, said, marks))}"{extra}>'
        f"<b>{number}</b>{face(cell, layout.currency, priced=layout.priced)}</label>"
    )


def grid(cells: Sequence["Cell"], layout: Layout) -> str:
    """All tiles given, in rows with their headers, or flowing when a filter thins them out."""
    said = states()
    written = [tile(cell, layout, said) for cell in cells]
    across = layout.across
    if not layout.rows:
        return f'<div class="grid flow">{"".join(written)}</div>'
    first = (cells[0].number - layout.min_num) // across + 1 if cells else 1
    heads = "".join(f"<span>{chr(65 + column)}</span>" for column in range(across))
    big = " big" if cells and cells[-1].number > 999 else ""
    rows = [
        f'<div class="grid c{across}{big}">'
        f'<div class="r cols" aria-hidden="true"><span></span>{heads}</div>'
    ]
    for start in range(0, len(written), across):
        row = first + start // across
        name = escape(_("Row %(row)d") % {"row": row})
        rows.append(
            f'<div class="r" role="group" aria-label="{name}"><span aria-hidden="true">{row}</span>'
            f"{''.join(written[start : start + across])}</div>"
        )
    return "".join(rows) + "</div>"


def table_row(cell: "Cell", layout: Layout, said: dict[str, str]) -> str:
    """One tile as a row of the table, as HTML."""
    number, marks = cell.number, layout.marks
    free = cell.status == "available" and layout.is_open
    state = said[cell.status]
    if number in marks.mine:
        state, free = said["mine"], False
    elif number in marks.lost:
        state, free = said["lost"], False
    box = ""
    if free:
        checked = " checked" if number in marks.picked else ""
        name = escape(label(cell, layout.currency, said, marks))
        box = (
            f'<label><input type="checkbox" name="tile" value="{number}"'
            f' data-p="{cell.price_minor}" aria-label="{name}"{checked}></label>'
        )
    kinds = ("lost " if number in marks.lost else "") + ("found" if number == marks.found else "")
    spot = ' tabindex="-1" autofocus' if number == marks.found else ""
    return (
        f'<tr id="t{number}" class="{kinds.strip()}"{spot}><td>{box}</td>'
        f'<th scope="row" class="n">{number}</th>'
        f'<td class="money">{escape(money.format(cell.price_minor, layout.currency))}</td>'
        f"<td>{escape(state)}</td><td>{escape(cell.name or '')}</td></tr>"
    )


def table(cells: Iterable["Cell"], layout: Layout) -> str:
    """The same tiles as a real table, for reading line by line."""
    said = states()
    heads = (_("Pick"), _("Tile"), _("Price"), _("State"), _("Supporter"))
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(table_row(cell, layout, said) for cell in cells)
    return f'<table class="sold-list"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
