"""/gifts/{signed}/: what shall become of money that came too late for its tiles.

The signed link is all a supporter needs; the debt's own row says whether it is still open.
"""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from boards.errors import BoardClosed, HoldNotFound, TilesTaken
from payments import offers
from payments.errors import OfferOver
from payments.offers import GIFT, REFUND, TILE, Choice, Lost, Offer
from rally.kit import money
from rally.kit.errors import InvalidInput
from rally.web import base
from rally.web.supporters import answers

TEMPLATE = "gifts/offer.html"
GONE = 410


@csrf_exempt
def offer(request: HttpRequest, signed: str) -> HttpResponse:
    """The choice while it is open; afterwards what was decided (410). 404 for altered links."""
    if request.method == "POST":
        return choose(request, signed)
    try:
        found = offers.read(signed)
    except HoldNotFound as why:
        raise Http404(str(why)) from why
    return show(found, signed)


@answers.step
def choose(request: HttpRequest, signed: str) -> HttpResponse:
    """POST: carry the choice out, then show what was decided."""
    base.limited("checkout_ip", base.client_ip(request))
    try:
        found = offers.read(signed)
        if not found.decided:
            offers.choose(signed, {lost.line.pk: _choice(request, lost) for lost in found.lost})
    except HoldNotFound as why:
        raise Http404(str(why)) from why
    except OfferOver:
        return show(offers.read(signed), signed)
    except (TilesTaken, InvalidInput, BoardClosed) as why:
        status = 400 if isinstance(why, InvalidInput) else 409
        return show(
            offers.read(signed), signed, problem=str(why), typed=request.POST, status=status
        )
    return answers.SeeOther(reverse("supporters:offer", args=[signed]))


def _choice(request: HttpRequest, lost: Lost) -> Choice:
    """The answer for one lost tile, from its group of radio buttons."""
    what = request.POST.get(f"what-{lost.line.pk}", "")
    if what not in {REFUND, GIFT, TILE}:
        raise InvalidInput(_("Please choose one of the three for every tile."), field="what")
    number = request.POST.get(f"number-{lost.line.pk}", "").strip()
    if what != TILE:
        return Choice(what)
    if not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise InvalidInput(_("Please give the number of the tile you would like."), field="number")
    return Choice(what, int(number), give_rest=request.POST.get(f"rest-{lost.line.pk}") == "give")


def show(
    found: Offer, signed: str, *, problem: str = "", typed: Any = None, status: int = 200
) -> HttpResponse:
    """The page of an offer, open or decided."""
    if found.decided and status == 200:
        status = GONE
    currency = found.refund.currency
    zone = ZoneInfo(found.checkout.hold.organization.time_zone)
    until = found.until and found.until.astimezone(zone)
    context = {
        "organization": str(found.checkout.hold.organization),
        "amount": money.format(found.refund.amount_minor, currency),
        "decided": found.decided,
        "verdict": _verdict(found, currency),
        "until": date_format(until, "DATETIME_FORMAT") if until else "",
        "lost": [_row(lost, currency, typed) for lost in found.lost],
        "problem": problem,
        "action": reverse("supporters:offer", args=[signed]),
        "order_href": reverse("supporters:checkout", args=[found.checkout.hold.reference]),
    }
    return answers.personal(TEMPLATE, context, status)


def _verdict(found: Offer, currency: str) -> str:
    """One sentence about what was decided."""
    amount = money.format(found.refund.amount_minor, currency)
    sentences = {
        GIFT: _("You gave %(amount)s as a plain gift. Thank you."),
        TILE: _("You took other tiles instead. They are yours."),
        REFUND: _("%(amount)s goes back to your card; banks need up to ten days to show it."),
    }
    fallback = _("Your choices are carried out. What is paid back goes to your card.")
    return sentences.get(found.decided, fallback) % {"amount": amount}


def _row(lost: Lost, currency: str, typed: Any) -> dict[str, Any]:
    """One lost tile with its three ways out, what was typed kept."""
    typed = typed or {}
    key = lost.line.pk
    return {
        "key": key,
        "number": lost.number,
        "paid": money.format(lost.amount_minor, currency),
        "board": lost.board.title,
        "what": typed.get(f"what-{key}", TILE if lost.free else REFUND),
        "typed": typed.get(f"number-{key}", ""),
        "rest": typed.get(f"rest-{key}", "refund"),
        "free": [
            {"number": number, "price": money.format(price, currency)}
            for number, price in lost.free[:60]
        ],
    }
