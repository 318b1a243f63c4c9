"""Read a board, hold tiles, let them go, pay: the public half of the Tiles API.

These routes need no login and ignore one: an owner token, or the hold cookie, says whose
hold it is. They are exempt from CSRF tokens; a page of another site can't use the cookie.
"""

import datetime as dt
import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response

from boards import faces, holds, reserving, tokens
from boards.errors import BoardNotFound, HoldExpired, TilesTaken
from boards.models import Hold
from payments import baskets, snapshots
from rally.api.tiles import cors, errors, shapes
from rally.api.tiles.base import TilesView, etags_of
from rally.api.tiles.reading import read_only
from rally.kit.errors import DomainError
from rally.web import base

# "gzip", unless its weight is zero (RFC 9110, 12.5.3).
GZIP = re.compile(r"(?i)\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")


class CrossSite(DomainError):
    """A page of another site tried to use this browser's hold."""

    code = "forbidden"
    sentence = gettext_lazy("Calls from pages of other sites can't use this browser's hold.")


class HolderView(TilesView):
    """An act on somebody's hold: which token it is, and from where it may come."""

    http_method_names = ["post"]
    is_open = True
    rate = ""

    def admit(self, request: Request) -> None:
        """Count first, then look at what was sent: a flood must not get as far as parsing."""
        if self.rate:
            self.meter.count(self.rate, base.client_ip(request._request))

    def owner_of(self, request: Request) -> str:
        """The token's, else the address's."""
        data = request.data if isinstance(request.data, dict) else {}
        token = data.get("ownerToken") or base.hold_token(request._request)
        return f"token:{tokens.digest(str(token))}" if token else super().owner_of(request)

    def token(self, request: Request, data: dict[str, Any]) -> str | None:
        """The body's token, else the cookie's. A foreign page may bring one, not use ours."""
        given = shapes.owner_token(data)
        kept = base.hold_token(request._request)
        if kept and not base.same_site(request._request):
            raise CrossSite
        return given or kept


@csrf_exempt
def board(request: HttpRequest, board_id: str) -> HttpResponseBase:
    """GET /api/boards/{id}, for pages of all sites."""
    if cors.is_preflight(request):
        return cors.preflight("GET, HEAD")
    answer = _board(request, board_id=board_id)
    cors.open_to_all(answer)
    return answer


@read_only
def _board(request: HttpRequest, board_id: str) -> HttpResponseBase:
    """`{"board": {...}}` with an ETag; 304 when nothing changed."""
    try:
        found = snapshots.snapshot(board_id)
    except BoardNotFound as why:
        return errors.plain(404, "not_found", str(why))
    if etags_of(request) & {found.etag, "*"}:
        answer = HttpResponse(status=304)
    elif GZIP.search(request.headers.get("Accept-Encoding", "")):
        answer = HttpResponse(found.json_gz, content_type="application/json")
        answer["Content-Encoding"] = "gzip"
    else:
        answer = HttpResponse(found.json, content_type="application/json")
    answer["ETag"] = found.etag
    answer["Cache-Control"] = "no-cache"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


class ReserveView(HolderView):
    """POST /api/boards/{id}/reserve `{slotIds, ownerToken}`: hold all of them, or none."""

    rate = "reserve_ip"

    def post(self, request: Request, board_id: str) -> Response:
        data = shapes.an_object(request.data)
        numbers = shapes.slot_ids(data)
        token = tokens.check(self.token(request, data))
        self.meter.count("reserve_token", token)
        face = faces.public(board_id)
        hold = reserving.reserve_on(face, numbers=numbers, token=token)
        answer = Response(
            {
                "ok": True,
                "holds": [
                    {"slotId": number, "expiresAt": shapes.instant(_deadline(hold))}
                    for number in sorted(numbers)
                ],
            }
        )
        answer["Location"] = f"/api/holds/{hold.reference}"
        base.set_hold_cookie(answer, token)
        return answer


def _deadline(hold: Hold) -> dt.datetime:
    if hold.expires_at is None:
        raise HoldExpired
    return hold.expires_at


class ReleaseView(HolderView):
    """POST /api/boards/{id}/release `{slotIds, ownerToken}`: answers what was let go.

    Numbers that aren't the token's are left out without a word about whose they are.
    """

    rate = "reserve_ip"

    def post(self, request: Request, board_id: str) -> Response:
        data = shapes.an_object(request.data)
        numbers = shapes.slot_ids(data)
        token = self.token(request, data)
        face = faces.public(board_id)
        if token is None:
            return Response({"ok": True, "released": []})
        released = holds.release(board_id=face.board_id, numbers=numbers, token=token)
        return Response({"ok": True, "released": released})


class CheckoutView(HolderView):
    """POST /api/checkout/session `{boardId, slotIds, supporter, coverFees?, ownerToken?}`.

    Pays for exactly these tiles: what is free among them is held first, all of it or none.
    """

    rate = "checkout_ip"

    def post(self, request: Request) -> Response:
        data = shapes.an_object(request.data)
        numbers = shapes.slot_ids(data)
        supporter = shapes.supporter(data)
        cover = shapes.flag(data, "coverFees", False)
        given = self.token(request, data)
        token = given or base.new_token()
        face = faces.public(shapes.board_id(data))
        try:
            url = baskets.pay_for(
                face, numbers=numbers, token=token, supporter=supporter, cover_fees=cover,
                site=base.site(request._request),
            )  # fmt: skip
        except TilesTaken as taken:
            raise _explained(taken, known=given is not None) from None
        answer = Response({"url": base.seen_from(request._request, url)})
        reference = baskets.open_order(face, token)
        if reference is not None:
            answer["Location"] = f"/api/checkouts/{reference}"
        base.set_hold_cookie(answer, token)
        return answer


def _explained(taken: TilesTaken, *, known: bool) -> TilesTaken:
    """Without a token nobody can say that a held tile is theirs: tell them how."""
    if known:
        return taken
    hint = _("If you hold them, send the ownerToken you reserved them with.")
    return TilesTaken(taken.numbers, f"{taken} {hint}")
