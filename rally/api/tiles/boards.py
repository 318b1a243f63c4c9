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
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import idempotency
from accounts.models import IdempotencyRecord
from boards import faces, holds, tokens
from boards.errors import BoardNotFound, HoldExpired, TilesTaken
from boards.models import Hold
from payments import baskets, snapshots
from rally.api.base import DialectView, FirstRenderer
from rally.api.tiles import auth, errors, shapes
from rally.api.tiles.reading import read_only
from rally.kit.errors import DomainError
from rally.web import base

# "gzip", unless its weight is zero (RFC 9110, 12.5.3).
GZIP = re.compile(r"(?i)\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")


class CrossSite(DomainError):
    """A page of another site tried to use this browser's hold."""

    code = "forbidden"
    sentence = gettext_lazy("Calls from pages of other sites can't use this browser's hold.")


class TilesView(DialectView):
    """One act of this dialect."""

    record: IdempotencyRecord | None = None
    content_negotiation_class = FirstRenderer

    def refuse(
        self, status: int, code: str, message: str, details: dict[str, Any], retry_after: int = 0
    ) -> Response:
        return errors.response(status, code, message, details, retry_after)

    def status_of(self, error: DomainError) -> tuple[int, str]:
        return errors.status_of(error)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A POST with an Idempotency-Key is answered once (see `accounts.idempotency`)."""
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        # Read before anything else may consume the stream.
        body = b"" if key is None else request._request.body
        self.admit(request)
        super().initial(request, *args, **kwargs)
        if key is not None:
            self.record = idempotency.begin(
                owner=self.owner_of(request), method="POST", path=request.path, key=key, body=body
            )

    def admit(self, request: Request) -> None:
        """Turn away who may not come in, before what they sent is looked at."""

    def owner_of(self, request: Request) -> str:
        """Whose key it is: keys of different owners never meet."""
        return f"ip:{base.client_ip(request._request)}"

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, idempotency.Replay):
            answer = Response(exc.data, status=exc.status)
            answer["Idempotent-Replayed"] = "true"
            return answer
        answer = super().handle_exception(exc)
        if answer.status_code == 401 or isinstance(exc, auth.NotGranted):
            answer["WWW-Authenticate"] = auth.challenge(exc)
        return answer

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        if self.record is not None:
            idempotency.finish(self.record, response.status_code, response.data)
        return super().finalize_response(request, response, *args, **kwargs)


class HolderView(TilesView):
    """An act on somebody's hold: which token it is, and from where it may come."""

    http_method_names = ["post"]
    rate = ""

    def admit(self, request: Request) -> None:
        """Count first, then look at what was sent: a flood must not get as far as parsing."""
        if self.rate:
            base.limited(self.rate, base.client_ip(request._request))

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


@read_only
def board(request: HttpRequest, board_id: str) -> HttpResponseBase:
    """GET /api/boards/{id}: `{"board": {...}}` with an ETag; 304 when nothing changed."""
    try:
        found = snapshots.snapshot(board_id)
    except BoardNotFound as why:
        return errors.plain(404, "not_found", str(why))
    if _etags(request) & {found.etag, "*"}:
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


def _etags(request: HttpRequest) -> set[str]:
    """The validators of If-None-Match, weak marks dropped (RFC 9110, 13.1.2)."""
    given = request.headers.get("If-None-Match", "")
    return {tag.strip().removeprefix("W/") for tag in given.split(",")}


class ReserveView(HolderView):
    """POST /api/boards/{id}/reserve `{slotIds, ownerToken}`: hold all of them, or none."""

    rate = "reserve_ip"

    def post(self, request: Request, board_id: str) -> Response:
        data = shapes.an_object(request.data)
        numbers = shapes.slot_ids(data)
        token = tokens.check(self.token(request, data))
        base.limited("reserve_token", token)
        face = faces.public(board_id)
        hold = holds.reserve_on(face, numbers=numbers, token=token)
        answer = Response(
            {
                "ok": True,
                "holds": [
                    {"slotId": number, "expiresAt": shapes.instant(_deadline(hold))}
                    for number in sorted(numbers)
                ],
            }
        )
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
        base.set_hold_cookie(answer, token)
        return answer


def _explained(taken: TilesTaken, *, known: bool) -> TilesTaken:
    """Without a token nobody can say that a held tile is theirs: tell them how."""
    if known:
        return taken
    hint = _("If you hold them, send the ownerToken you reserved them with.")
    return TilesTaken(taken.numbers, f"{taken} {hint}")
