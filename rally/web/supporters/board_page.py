"""Everything a board's page shows, worked out from one snapshot. Reads nothing itself."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rally.kit import money
from rally.web import facts, words
from rally.web.supporters import basket, fee_rates, tiles
from rally.web.supporters.query import BIG, BLOCK, Query
from rally.web.supporters.tiles import Layout, Marks

if TYPE_CHECKING:
    from payments.snapshots import Cell, Snapshot


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with the visitor's last step, in a heading and a sentence."""

    title: str
    words: str


def cheap_limit(currency: str) -> int:
    """The bound of the "under $20" filter: twenty of what tile 1 usually costs."""
    return 20 * money.whole_unit(currency)


def matches(cell: "Cell", show: str, limit: int) -> bool:
    """Whether a tile is among those shown; `limit` is the cheap price, in minor units."""
    if show == "free":
        return cell.status == "available"
    if show == "cheap":
        return cell.status == "available" and cell.price_minor < limit
    return True


def block_of(snap: "Snapshot", query: Query) -> int:
    """Which block of a big board to show (1-based); 0 when the board is shown whole."""
    if len(snap.cells) <= BIG:
        return 0
    last = (len(snap.cells) - 1) // BLOCK + 1
    if query.find is not None and snap.min_num <= query.find <= snap.max_num:
        return (query.find - snap.min_num) // BLOCK + 1
    return min(max(query.block, 1), last)


def visible(snap: "Snapshot", query: Query, block: int) -> "Sequence[Cell]":
    """The cells of this block that pass the filter; a number looked for is always among them."""
    cells = snap.cells[(block - 1) * BLOCK : block * BLOCK] if block else snap.cells
    if query.show == "all" or query.find is not None:
        return cells
    limit = cheap_limit(snap.currency)
    return [cell for cell in cells if matches(cell, query.show, limit)]


def blocks(snap: "Snapshot", query: Query, current: int) -> list[dict[str, Any]]:
    """The overview of a big board: a plain link per hundred tiles, saying how many are free."""
    found = []
    for index in range((len(snap.cells) - 1) // BLOCK + 1):
        part = snap.cells[index * BLOCK : (index + 1) * BLOCK]
        free = sum(cell.status == "available" for cell in part)
        said = ngettext("%(n)d free", "%(n)d free", free) % {"n": free} if free else _("full")
        found.append(
            {
                "first": part[0].number,
                "last": part[-1].number,
                "free": free,
                "words": said,
                "current": index + 1 == current,
                "href": query.href(block=index + 1, find=None),
            }
        )
    return found


def legend(snap: "Snapshot", mine: Sequence[int]) -> list[dict[str, Any]]:
    """What each look of a tile means, and how many there are of it now."""
    counts = snap.counts
    items: list[tuple[str, str, int, str]] = [
        ("f", "available", counts["available"], _("free")),
        ("h", "held", counts["held"], _("held")),
        ("s", "sold", counts["sold"], _("sold")),
    ]
    if mine:
        items.append(("m", "mine", len(mine), _("yours")))
    if counts["blocked"]:
        items.append(("x", "blocked", counts["blocked"], _("not for sale")))
    return [
        {"kind": kind, "state": state, "count": f"{count:,}", "name": name}
        for kind, state, count, name in items
    ]


def tabs(query: Query, currency: str) -> list[dict[str, Any]]:
    """The choices of what is shown: all, free or cheap tiles."""
    cheap = _("Under %(price)s") % {"price": words.tag(cheap_limit(currency), currency)}
    names = {"all": _("All"), "free": _("Free"), "cheap": cheap}
    return [
        {"value": value, "name": name, "current": value == query.show}
        for value, name in names.items()
    ]


def thermometer(snap: "Snapshot", now: dt.datetime) -> facts.Thermometer:
    campaign = snap.campaign
    return facts.thermometer(
        raised_minor=campaign.raised_minor,
        goal_minor=campaign.goal_minor,
        currency=snap.currency,
        supporters=campaign.supporters or 0,
        deadline=campaign.deadline,
        time_zone=campaign.time_zone,
        tiles_left=snap.counts["available"],
        now=now,
    )


def missing(snap: "Snapshot", query: Query) -> str:
    """What to say about a number that was looked for and isn't on the board."""
    if query.find is None or snap.min_num <= query.find <= snap.max_num:
        return ""
    facts_ = {"number": query.find, "first": snap.min_num, "last": snap.max_num}
    return _("There's no tile %(number)s here. They run from %(first)s to %(last)s.") % facts_


def organization(snap: "Snapshot") -> str:
    """The name the public knows it by."""
    return snap.campaign.organization_common_name or snap.campaign.organization_name


def sums(currency: str) -> dict[str, Any]:
    """What the page's script needs to add up in a currency."""
    least = money.minimum_charge(currency)
    return {
        "least": least,
        "least_words": money.format(least, currency),
        "symbol": money.symbol(currency),
        "decimals": money.decimals(currency),
        "fee": fee_rates.rates(currency),
    }


def context(
    snap: "Snapshot",
    query: Query,
    *,
    now: dt.datetime,
    mine: dict[str, Any] | None = None,
    lost: Sequence[int] = (),
    problem: Problem | None = None,
    hold_minutes: int = 15,
) -> dict[str, Any]:
    """The whole page. `mine` is the overlay of the visitor's own hold, if there is one."""
    own = [item["number"] for item in mine["tiles"]] if mine else []
    free = {cell.number: cell for cell in snap.cells if cell.status == "available"}
    picked = [free[n] for n in query.picked if n in free and n not in own and n not in lost]
    current = block_of(snap, query)
    shown = visible(snap, query, current)
    overview = blocks(snap, query, current) if current else []
    layout = Layout(
        snap.currency,
        snap.min_num,
        snap.columns,
        snap.is_open,
        rows=query.show == "all" or query.find is not None,
        priced=tiles.tell_prices(snap.cells, snap.currency),
        marks=Marks({cell.number for cell in picked}, set(own), set(lost), query.find),
    )
    write = tiles.table if query.view == "list" else tiles.grid
    return {
        "snap": snap,
        "facts": snap.campaign,
        "palette": snap.campaign.palette,
        "path": reverse("supporters:board", args=[snap.public_id]),
        "query": query,
        "prices": words.prices([(c.number, c.price_minor) for c in snap.cells], snap.currency),
        "thermo": thermometer(snap, now),
        "tabs": tabs(query, snap.currency),
        "other_view": "grid" if query.view == "list" else "list",
        "legend": legend(snap, own),
        "blocks": overview,
        "block_number": current,
        "missing": missing(snap, query),
        "this_block": overview[current - 1] if overview else None,
        "shown": len(shown),
        "tiles": mark_safe(write(shown, layout)),
        "basket": basket.add_up(
            picked,
            shown={cell.number for cell in shown},
            lost=lost,
            currency=snap.currency,
            held_minor=mine["total_minor"] if mine else 0,
        ),
        "mine": mine,
        "problem": problem,
        "priced": layout.priced,
        **sums(snap.currency),
        "most": settings.RALLY_TILES_PER_HOLD,
        "hold_minutes": hold_minutes,
        "organization": organization(snap),
        "scripts": ["js/board.js", "js/keys.js", "js/live.js", *(["js/clock.js"] if mine else [])],
    }
