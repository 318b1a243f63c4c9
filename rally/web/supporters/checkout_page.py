"""What the checkout page says in each state of the order. Reads one Order, writes nothing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.states import Phase
from payments.models import Checkout
from payments.orders import Order
from rally.kit import clock, money
from rally.web.supporters import facts, fee_rates, overlay, words
from rally.web.supporters.basket import count_words

ENDED = "checkout/_ended.html"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and how they got here."""

    yours: bool
    returned: bool = False
    site: str = ""


def _link(viewer: Viewer, slug: str) -> str:
    return viewer.site + reverse("supporters:campaign", args=[slug])


def base_context(order: Order, viewer: Viewer) -> dict[str, Any]:
    """What every state shows: the tiles, the sum, the way back."""
    board = order.tiles[0].board if order.tiles else None
    campaign = board.campaign if board else None
    zone = campaign.time_zone if campaign else order.hold.organization.time_zone
    reference, currency = order.hold.reference, order.currency
    cover = order.cover_minor and viewer.yours
    now = clock.now(order.hold.organization.clock_offset_s)
    items = [
        {
            "number": tile.number,
            "price": money.format(tile.price_minor, currency),
            "lost": tile.lost,
        }
        for tile in order.tiles
    ]
    return {
        "phase": order.phase + ("-lapsed" if order.has_lapsed else ""),
        "yours": viewer.yours,
        "returned": viewer.returned,
        "organization": str(order.hold.organization),
        "palette": campaign.palette if campaign else "marigold",
        "items": items,
        "tile_kind": "m",
        "tiles_title": _("Your tiles") if viewer.yours else _("The tiles"),
        "count": count_words(len(items)),
        "total": money.format(order.total_minor if viewer.yours else order.net_minor, currency),
        "cover": money.format(order.cover_minor, currency) if cover else "",
        "initials": words.initials(order.shown_name),
        "zone": zone,
        "now_iso": now.isoformat(),
        "path": reverse("supporters:checkout", args=[reference]),
        "pay_href": reverse("supporters:pay", args=[reference]),
        "extend_href": reverse("supporters:extend", args=[reference]),
        "leave_href": reverse("supporters:leave", args=[reference]),
        "board_href": reverse("supporters:board", args=[board.public_id]) if board else "",
        "link": _link(viewer, campaign.slug) if campaign else "",
    }  # fmt: skip


def until(ends: dt.datetime | None, zone: str) -> dict[str, str]:
    if ends is None:
        return {}
    return {"until": facts.clock_time(ends, zone), "until_iso": ends.isoformat()}


def fee_words(order: Order) -> dict[str, str]:
    """Exact cents, and what the organization receives either way."""
    name, currency = str(order.hold.organization), order.currency
    cover = money.format(order.cover_if_chosen_minor, currency)
    net = money.format(order.net_minor, currency)
    gross = money.format(order.net_minor + order.cover_if_chosen_minor, currency)
    kept = fee_rates.kept(order.net_minor, currency)
    less = money.format(max(0, order.net_minor - kept), currency)
    facts_ = {"cover": cover, "net": net, "gross": gross, "name": name, "less": less}
    return {
        "label": _("Add %(cover)s to cover the card fees") % facts_,
        "either": _("With it you pay %(gross)s and %(name)s receives %(net)s. Without it you "
                    "pay %(net)s and about %(less)s arrives after fees.") % facts_,
    }  # fmt: skip


def browsing(order: Order, viewer: Viewer) -> dict[str, Any]:
    context = base_context(order, viewer)
    count = len(order.tiles)
    heading = ngettext("Your tile is held", "Your tiles are held", count)
    return context | until(order.hold.expires_at, context["zone"]) | {
        "part": "checkout/_browsing.html",
        "heading": heading if viewer.yours else _("These tiles are held"),
        "fee": fee_words(order),
        "may_extend": overlay.may_extend(order.hold),
    }  # fmt: skip


def paying(order: Order, viewer: Viewer) -> dict[str, Any]:
    context = base_context(order, viewer)
    if viewer.returned:
        heading = _("We're checking with the bank")
        sentence = _("This takes a moment. Your tiles stay yours meanwhile; nothing to do.")
    elif viewer.yours:
        heading = _("Your payment is open")
        sentence = _("Continue where you left off, or go back and pick other tiles.")
    else:
        heading, sentence = _("Somebody is paying"), _("These tiles aren't free just now.")
    return context | until(order.session_ends_at, context["zone"]) | {
        "part": "checkout/_paying.html",
        "heading": heading,
        "sentence": sentence,
        "session_url": order.session_url if viewer.yours else "",
        "wait": 3 if viewer.returned else 15,
    }  # fmt: skip


def processing(order: Order, viewer: Viewer) -> dict[str, Any]:
    return base_context(order, viewer) | {
        "part": "checkout/_processing.html",
        "heading": _("Your bank hasn't confirmed yet"),
        "sentence": _("We keep your tiles until it does; nothing to do."),
        "wait": 15,
    }


def sold(order: Order, viewer: Viewer) -> dict[str, Any]:
    context = base_context(order, viewer)
    count = len(order.tiles)
    thanks = ngettext("Thank you. Your tile is yours", "Thank you. Your tiles are yours", count)
    facts_ = {"total": context["total"], "name": context["organization"]}
    receipt = _("It has been sent to your e-mail address.") if order.receipt_sent else _(
        "It's on its way to your e-mail address."
    )  # fmt: skip
    shown = _("Shown on the board as: %(name)s") % {"name": order.shown_name}
    nobody = _("Shown on the board without a name")
    gone = [str(tile.number) for tile in order.tiles if tile.lost]
    late = ngettext(
        "Tile %(numbers)s had gone to somebody else before your payment came. The organizers "
        "will pay that part back, or offer you another tile.",
        "Tiles %(numbers)s had gone to somebody else before your payment came. The organizers "
        "will pay that part back, or offer you other tiles.",
        len(gone),
    ) % {"numbers": ", ".join(gone)}
    return context | {
        "part": "checkout/_sold.html",
        "late": late if gone else "",
        "tile_kind": "s",
        "heading": thanks if viewer.yours else _("These tiles are sold"),
        "sentence": _("You paid %(total)s to %(name)s.") % facts_
        if viewer.yours
        else _("They were paid for, and %(name)s has the money.") % facts_,
        "receipt_words": receipt,
        "shown_words": shown if order.shown_name else nobody,
    }  # fmt: skip


def lapsed(order: Order, viewer: Viewer) -> dict[str, Any]:
    return base_context(order, viewer) | {
        "part": ENDED,
        "tile_kind": "x",
        "heading": _("The time is up"),
        "sentence": _("The tiles are free for others again. Nothing was charged."),
        "advice": _("They may still be there. Go back to the board and pick them again."),
    }  # fmt: skip


def released(order: Order, viewer: Viewer) -> dict[str, Any]:
    return base_context(order, viewer) | {
        "part": ENDED,
        "tile_kind": "x",
        "heading": _("These tiles were given back"),
        "sentence": _("They're free for others now. Nothing was charged."),
        "advice": _("You can pick other tiles whenever you like."),
    }


def lost(order: Order, viewer: Viewer) -> dict[str, Any]:
    paid = order.checkout is not None
    charged = _("Your payment came after the time was up, and the tiles had gone to somebody else.")
    return base_context(order, viewer) | {
        "part": ENDED,
        "tile_kind": "lost",
        "heading": _("Someone was faster"),
        "sentence": charged if paid else _("The payment didn't go through. Nothing was charged."),
        "advice": _("The organizers know. They'll pay the money back, or offer you other tiles.")
        if paid
        else _("You can pick other tiles on the board."),
    }


def returned(order: Order, viewer: Viewer) -> dict[str, Any]:
    return base_context(order, viewer) | {
        "part": ENDED,
        "tile_kind": "x",
        "heading": _("These tiles were returned"),
        "sentence": _("The payment was refunded, and the tiles aren't yours any more."),
        "advice": _("Banks take some days to show a refund. If it doesn't come, ask us."),
    }  # fmt: skip


PARTS: dict[str, Callable[[Order, Viewer], dict[str, Any]]] = {
    Phase.BROWSING: browsing,
    Phase.PAYING: paying,
    Phase.PROCESSING: processing,
    Phase.SOLD: sold,
    Phase.RELEASED: released,
    Phase.EXPIRED: lapsed,
    Phase.LOST: lost,
    Phase.RETURNED: returned,
}


def context(order: Order, viewer: Viewer) -> dict[str, Any]:
    """The words and figures for the state that our own record is in."""
    if order.has_lapsed:
        return lapsed(order, viewer)
    if order.checkout and order.checkout.status == Checkout.Status.LOST:
        return lost(order, viewer)
    return PARTS[order.phase](order, viewer)
