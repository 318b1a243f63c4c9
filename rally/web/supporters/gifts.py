"""/gifts/{signed}/: what shall become of money that came too late for its tiles.

The signed link is all a supporter needs; the debt's own row says whether it is still open.
"""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from boards.errors import BoardClosed, HoldNotFound, TilesTaken
from payments import offers
from payments.errors import OfferOver
from payments.offers import GIFT, REFUND, TILE, Choice, Lost, Offer
from rally.kit.errors import InvalidInput
from rally.web import base
from rally.web.supporters import answers, offer_page
from rally.web.supporters.board_page import Problem
from rally.web.supporters.query import number

TEMPLATE = "gifts/offer.html"
GONE = 410


@csrf_exempt
def offer(request: HttpRequest, signed: str) -> HttpResponse:
    """The choice while it is open; afterwards what was decided (410). 404 for altered links."""
    if request.method == "POST":
        return choose(request, signed)
    return show(find(signed), signed)


def find(signed: str) -> Offer:
    """What the link leads to; 404 when it was altered."""
    try:
        return offers.read(signed)
    except HoldNotFound as why:
        raise Http404(str(why)) from why


@answers.step
def choose(request: HttpRequest, signed: str) -> HttpResponse:
    """POST: carry the choice out, then show what was decided."""
    base.limited("checkout_ip", base.client_ip(request))
    found = find(signed)
    if found.decided:
        return show(found, signed)
    try:
        offers.choose(signed, {lost.line.pk: choice(request.POST, lost) for lost in found.lost})
    except OfferOver:
        return show(find(signed), signed)
    except (TilesTaken, BoardClosed) as why:
        return refused(request, signed, taken(why), 409)
    except InvalidInput as why:
        problem = Problem(_("Please look at this again"), str(why))
        return refused(request, signed, problem, 400)
    return answers.SeeOther(offer_page.address(signed))


def refused(request: HttpRequest, signed: str, problem: Problem, status: int) -> HttpResponse:
    """The page again, the choice still open and what was typed kept."""
    return show(find(signed), signed, problem=problem, typed=request.POST, status=status)


def taken(why: TilesTaken | BoardClosed) -> Problem:
    """Somebody was faster once more, or the board has closed; the money still waits."""
    return Problem(str(why).rstrip("."), _("Your money still waits for you. Please choose again."))


def choice(typed: Mapping[str, str], lost: Lost) -> Choice:
    """The answer for one lost tile, from its group of radio buttons."""
    key = lost.line.pk
    what = typed.get(f"what-{key}", "")
    if what not in {REFUND, GIFT, TILE}:
        raise InvalidInput(_("Please choose one of the three for every tile."), field="what")
    if what != TILE:
        return Choice(what)
    wanted = number(typed.get(f"other-{key}") or typed.get(f"number-{key}"))
    if wanted is None:
        raise InvalidInput(_("Please pick the tile you would like."), field="number")
    return Choice(what, wanted, give_rest=typed.get(f"rest-{key}") == "give")


def show(
    found: Offer,
    signed: str,
    *,
    problem: Problem | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of an offer, open or decided."""
    context = offer_page.context(found, signed, typed or {})
    context["problem"] = None if found.decided else problem
    return answers.personal(TEMPLATE, context, GONE if found.decided else status)
