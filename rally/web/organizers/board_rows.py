"""The tiles of a board as its organizers see them: who has which, by what right. Two queries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.db.models import FilteredRelation, Q
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from boards.models import Board, Tile
from boards.states import Kind, Phase
from campaigns.models import Donation
from payments.models import Line
from rally.web import words

FREE, HELD, SOLD, ASIDE, PROMISED = "free", "held", "sold", "aside", "promised"
ASIDE_KINDS = (Kind.BLOCK, Kind.COMP, Kind.SPONSOR)
CLASSES = {FREE: "f", HELD: "h", SOLD: "s", PROMISED: "s", ASIDE: "x"}


@dataclass(frozen=True, slots=True)
class Row:
    """One tile. `state` is one of the words above; `order` the cash order that waits for it."""

    number: int
    price_minor: int
    state: str
    name: str = ""
    said: str = ""


def rows(board: Board, now: dt.datetime) -> list[Row]:
    """Every tile in number order; holds past their time are free."""
    people = _people(board)
    found = (
        Tile.objects.filter(board=board)
        # The board is said twice, so that its own claims are looked up and not all there are.
        .annotate(live=FilteredRelation(
            "claims", condition=Q(claims__ended_at=None, claims__board=board)
        ))
        .order_by("number")
        .values_list(
            "number", "price_minor", "sponsor_name", "live__hold__kind", "live__hold__phase",
            "live__hold__expires_at", "live__hold__note",
        )
    )  # fmt: skip
    return [_row(one, people, now) for one in found]


def _row(one: tuple[Any, ...], people: dict[int, tuple[str, str]], now: dt.datetime) -> Row:
    number, price, sponsor, kind, phase, expires_at, note = one
    lapsed = phase == Phase.BROWSING and expires_at is not None and expires_at <= now
    if kind is None or lapsed:
        return Row(number, price, FREE, said=_("free"))
    if kind in ASIDE_KINDS:
        said = str(_aside()[kind])
        return Row(number, price, ASIDE, sponsor or "", f"{said}: {note}" if note else said)
    if phase != Phase.SOLD:
        said = _("held") if phase == Phase.BROWSING else _("being paid")
        return Row(number, price, HELD, said=said)
    name, status = people.get(number, ("", ""))
    if status == Donation.Status.PENDING:
        return Row(number, price, PROMISED, name, _("sold, money not counted yet"))
    return Row(number, price, SOLD, name, _("sold"))


def _aside() -> dict[str, str]:
    return {Kind.BLOCK: _("kept back"), Kind.COMP: _("given away"), Kind.SPONSOR: _("sponsor")}


def _people(board: Board) -> dict[int, tuple[str, str]]:
    """Who has which sold tile, and whether their money was counted."""
    lines = (
        Line.objects.filter(claim__board=board, claim__ended_at=None)
        .filter(claim__hold__phase=Phase.SOLD)
        .exclude(donation__status=Donation.Status.VOID)
        .order_by("-donation__status")
        .values_list(
            "claim__number", "donation__display_name", "donation__shown_as", "donation__status"
        )
    )
    # A confirmed gift comes after a pending one of the same tile, and stays.
    return {number: (_shown(name, shown_as), status) for number, name, shown_as, status in lines}


def _shown(name: str, shown_as: str) -> str:
    if shown_as == Donation.ShownAs.ANONYMOUS:
        return _("%(name)s (anonymous)") % {"name": name}
    return name


def counts(found: Sequence[Row]) -> dict[str, int]:
    """How many tiles are in each state."""
    total = dict.fromkeys((FREE, HELD, SOLD, PROMISED, ASIDE), 0)
    for row in found:
        total[row.state] += 1
    return total


def grid(found: Sequence[Row], currency: str, columns: int, picked: Sequence[int]) -> SafeString:
    """The tiles as boxes to tick, written into one string: a board may have thousands."""
    across = columns if columns in (5, 7, 8) else 10
    cells = "".join(_cell(row, currency, row.number in picked) for row in found)
    return mark_safe(f'<div class="grid flow pick c{across}">{cells}</div>')


def _cell(row: Row, currency: str, picked: bool) -> str:
    label = _("Tile %(n)d, %(price)s, %(state)s") % {
        "n": row.number,
        "price": words.spoken(row.price_minor, currency),
        "state": f"{row.said}, {row.name}" if row.name else row.said,
    }
    under = words.initials(row.name) if row.name else ""
    if row.state == FREE:
        under = words.tag(row.price_minor, currency)
    mark = " promised" if row.state == PROMISED else ""
    return (
        f'<label class="t {CLASSES[row.state]}{mark}" id="t{row.number}"'
        + (f' data-who="{escape(row.name)}"' if row.name else "")
        + f'><input type="checkbox" name="tile" value="{row.number}"'
        f' aria-label="{escape(label)}"{" checked" if picked else ""}><b>{row.number}</b>'
        + (f"<i>{escape(under)}</i>" if under else "")
        + "</label>"
    )
