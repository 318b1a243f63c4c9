"""Hold the ticked tiles, or let some go. Conflicts come back as the same board, in words."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards import faces, holds, reserving
from boards.errors import (
    BadNumbers,
    BadToken,
    BoardClosed,
    HoldInPayment,
    HoldLimit,
    TilesTaken,
)
from rally.kit.errors import DomainError
from rally.web import base
from rally.web.supporters import answers, board
from rally.web.supporters import query as queries
from rally.web.supporters.board_page import Problem

STATUSES: dict[type[DomainError], int] = {
    BadNumbers: 400,
    BadToken: 400,
    BoardClosed: 409,
    HoldLimit: 409,
    HoldInPayment: 409,
}


def titles() -> dict[type[DomainError], str]:
    """The heading over each kind of refusal."""
    return {
        BadNumbers: _("Please look at your tiles again"),
        BadToken: _("Please pick again"),
        BoardClosed: _("This board has closed"),
        HoldLimit: _("That's more than one person can hold"),
        HoldInPayment: _("You're paying for tiles already"),
    }


def taken(error: TilesTaken) -> Problem:
    """Which tiles went to somebody faster, and what that means for the rest."""
    listed = ", ".join(str(number) for number in error.numbers[:10])
    title = ngettext(
        "Tile %(numbers)s was just taken", "Tiles %(numbers)s were just taken", len(error.numbers)
    ) % {"numbers": listed}
    rest = _("Your other choices are kept. Nothing is held or charged yet.")
    return Problem(title, rest)


def numbers_of(request: HttpRequest) -> list[int]:
    """The ticked numbers, each once; raises BadNumbers for what isn't a number."""
    texts = dict.fromkeys(request.POST.getlist("tile"))
    found = [queries.number(text) for text in texts]
    if None in found:
        raise BadNumbers(_("Tile numbers are whole numbers."))
    return [number for number in found if number is not None]


@answers.step
def reserve(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /b/{id}/reserve/: on to checkout, or the board again saying why not."""
    base.limited("reserve_ip", base.client_ip(request))
    token = base.hold_token(request) or base.new_token()
    base.limited("reserve_token", token)
    query = queries.read(request.POST)
    face = faces.public(public_id)
    try:
        hold = reserving.reserve_on(face, numbers=numbers_of(request), token=token)
    except TilesTaken as error:
        problem = taken(error)
        return board.refused(request, public_id, query, problem, status=409, lost=error.numbers)
    except tuple(STATUSES) as error:
        problem = Problem(titles()[type(error)], str(error))
        return board.refused(request, public_id, query, problem, status=STATUSES[type(error)])
    credited = {"for": query.credit} if query.credit else {}
    address = reverse("supporters:checkout", args=[hold.reference], query=credited)
    answer = answers.SeeOther(address)
    base.set_hold_cookie(answer, token)
    return answer


@answers.step
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /b/{id}/release/: frees those of `release` that are this browser's, and no others."""
    base.limited("reserve_ip", base.client_ip(request))
    token = base.hold_token(request)
    face = faces.public(public_id)
    if token is not None:
        wanted = queries.numbers(request.POST.getlist("release"))
        holds.release(board_id=face.board_id, numbers=wanted, token=token)
    query = queries.read(request.POST)
    return answers.SeeOther(reverse("supporters:board", args=[public_id]) + query.href())
