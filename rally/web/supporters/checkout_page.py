"""What the checkout page says in each state of the order. Reads one Order, writes nothing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.models import Board
from boards.states import ENDED as OVER
from boards.states import Phase
from payments.models import Checkout
from payments.orders import Order
from rally.kit import clock, money
from rally.web import facts, words
from rally.web.supporters import aftermath, basket, fee_rates, overlay

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
    board = order.tiles[0].board if order.tiles else _any_board(order)
    campaign = board.campaign if board else None
    zone = campaign.time_zone if campaign else order.hold.organization.time_zone
    reference, currency = order.hold.reference, order.currency
    cover = order.cover_minor and viewer.yours
    now = clock.now(order.hold.organization.clock_offset_s)
    after = aftermath.of(order, zone, now) if viewer.yours else aftermath.Aftermath()
    items = [
        {
            "number": tile.number,
            "price": money.format(tile.price_minor, currency),
            "lost": tile.lost and tile.number not in after.returned,
            "returned": tile.number in after.returned,
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
        "after": after,
        "count": basket.count_words(len(items)),
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


def _any_board(order: Order) -> Board | None:
    """The board of an order that has no tiles any more."""
    claim = order.hold.claims.select_related("board__campaign").first()
    return claim.board if claim else None


def until(ends: dt.datetime | None, zone: str) -> dict[str, str]:
    """When a hold ends, by the clock of the campaign; empty when it doesn't."""
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
    left = overlay.extensions_left(order.hold)
    again = ngettext("You can do this once more.", "You can do this %(n)d more times.", left)
    return context | until(order.hold.expires_at, context["zone"]) | {
        "part": "checkout/_browsing.html",
        "heading": heading if viewer.yours else _("These tiles are held"),
        "fee": fee_words(order),
        "too_little": basket.too_little(order.net_minor, order.currency),
        "may_extend": overlay.may_extend(order.hold),
        "again": again % {"n": left},
        "is_late": overlay.is_late(order.hold.expires_at, clock.now(
            order.hold.organization.clock_offset_s)),
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
    count = sum(not (item["lost"] or item["returned"]) for item in context["items"])
    thanks = ngettext("Thank you. Your tile is yours", "Thank you. Your tiles are yours", count)
    facts_ = {"total": context["total"], "name": context["organization"]}
    receipt = _("It has been sent to your e-mail address.") if order.receipt_sent else _(
        "It's on its way to your e-mail address."
    )  # fmt: skip
    shown = _("Shown on the board as: %(name)s") % {"name": order.shown_name}
    nobody = _("Shown on the board without a name")
    return context | {
        "part": "checkout/_sold.html",
        "late": _late_words(context["items"]) if viewer.yours else "",
        "tile_kind": "s",
        "heading": thanks if viewer.yours else _("These tiles are sold"),
        "sentence": _("You paid %(total)s to %(name)s.") % facts_
        if viewer.yours
        else _("They were paid for, and %(name)s has the money.") % facts_,
        "receipt_words": receipt,
        "shown_words": shown if order.shown_name else nobody,
    }  # fmt: skip


def _late_words(items: list[dict[str, Any]]) -> str:
    """Which tiles of a paid order somebody else has."""
    gone = [str(item["number"]) for item in items if item["lost"]]
    if not gone:
        return ""
    return ngettext(
        "Tile %(numbers)s had gone to somebody else before your payment came.",
        "Tiles %(numbers)s had gone to somebody else before your payment came.",
        len(gone),
    ) % {"numbers": ", ".join(gone)}


def gave(order: Order, viewer: Viewer) -> dict[str, Any]:
    """No tile came of the payment, and the supporter left the money as a plain gift."""
    context = base_context(order, viewer)
    facts_ = {
        "amount": money.format(context["after"].gift_minor, order.currency),
        "name": context["organization"],
    }
    yours = _("You left %(amount)s to %(name)s as a plain gift.") % facts_
    return context | {
        "part": "checkout/_gift.html",
        "heading": _("Thank you for your gift") if viewer.yours else _("This was given"),
        "sentence": yours if viewer.yours else _("It was left as a plain gift, without a tile."),
        "receipt_words": _("Your receipt has been sent to your e-mail address."),
    }


def lapsed(order: Order, viewer: Viewer) -> dict[str, Any]:
    return base_context(order, viewer) | {
        "part": ENDED,
        "tile_kind": "x",
        "tiles_title": _("The tiles"),
        "heading": _("The time is up"),
        "sentence": _("The tiles are free for others again. Nothing was charged."),
        "advice": _("They may still be there. Go back to the board and pick them again."),
    }  # fmt: skip


def released(order: Order, viewer: Viewer) -> dict[str, Any]:
    return base_context(order, viewer) | {
        "part": ENDED,
        "tile_kind": "x",
        "tiles_title": _("The tiles"),
        "heading": _("These tiles were given back"),
        "sentence": _("They're free for others now. Nothing was charged."),
        "advice": _("You can pick other tiles whenever you like."),
    }


def lost(order: Order, viewer: Viewer) -> dict[str, Any]:
    context = base_context(order, viewer)
    paid = order.checkout is not None
    charged = _("The payment came when the tiles had gone to somebody else.")
    picks = _("You can pick other tiles on the board.")
    return context | {
        "part": ENDED,
        "tile_kind": "lost",
        "tiles_title": _("The tiles"),
        "heading": _("Someone was faster"),
        "sentence": charged if paid else _("The payment didn't go through. Nothing was charged."),
        "advice": "" if context["after"].choices else picks,
    }


def returned(order: Order, viewer: Viewer) -> dict[str, Any]:
    return base_context(order, viewer) | {
        "part": ENDED,
        "tile_kind": "x",
        "tiles_title": _("The tiles"),
        "heading": _("These tiles were returned"),
        "sentence": _("The money is going back, and the tiles are free for others.")
        if viewer.yours
        else _("They're free for others again."),
        "advice": _("If the refund doesn't come within ten days, ask the organizers."),
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
    status = order.checkout.status if order.checkout else ""
    if status == Checkout.Status.LOST and not any(not tile.lost for tile in order.tiles):
        return lost(order, viewer)
    if status == Checkout.Status.PAID and order.phase in OVER and order.phase != Phase.RETURNED:
        return gave(order, viewer)
    return PARTS[order.phase](order, viewer)
