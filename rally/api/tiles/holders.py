"""What a holder may look up: a board's slots by pages, their hold, their order."""

import re
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from boards import holds, phases, tokens
from boards.errors import BadToken, HoldNotFound
from boards.models import Claim, Hold
from boards.states import Phase
from payments import snapshots
from payments.models import Checkout
from rally.api.tiles import places, shapes
from rally.api.tiles.base import TilesView
from rally.kit.errors import InvalidInput
from rally.web import base

STATUSES = (snapshots.AVAILABLE, snapshots.HELD, snapshots.SOLD, snapshots.BLOCKED)
MOST = 1000
USUAL = 100


class SlotsView(TilesView):
    """GET /api/boards/{id}/slots?status=&limit=&after= `{slots, next}`; `after` is a number."""

    is_open = True

    def get(self, request: Request, board_id: str) -> Response:
        query = request.query_params
        for name, values in query.lists():
            if name not in {"status", "limit", "after"} or len(values) > 1:
                raise InvalidInput(_("There is no field of that name."), field=name[:60])
        status = query.get("status")
        if status is not None and status not in STATUSES:
            words = _("status must be one of %(names)s.") % {"names": ", ".join(STATUSES)}
            raise InvalidInput(words, field="status")
        limit = _number(query.get("limit"), "limit", USUAL, 1, MOST)
        after = _number(query.get("after"), "after", 0, 0, 10**9)
        cells = snapshots.snapshot(board_id).cells
        fit = [c for c in cells if c.number > after and status in (None, c.status)]
        shown = [snapshots.slot(c.number, c.status, c.name, c.price_minor) for c in fit[:limit]]
        more = fit[limit - 1].number if len(fit) > limit else None
        return Response({"slots": shown, "next": more})


def _number(value: str | None, name: str, usual: int, least: int, most: int) -> int:
    if value is None:
        return usual
    if not re.fullmatch(r"[0-9]{1,10}", value) or not least <= int(value) <= most:
        words = _("%(name)s must be a whole number from %(least)d to %(most)d.")
        raise InvalidInput(words % {"name": name, "least": least, "most": most}, field=name)
    return int(value)


class HolderOnlyView(TilesView):
    """A route for whoever has the hold's token, in `X-Owner-Token` or in the cookie."""

    rate = "reserve_ip"

    def admit(self, request: Request) -> None:
        self.meter.count(self.rate, base.client_ip(request._request))

    def hold(self, request: Request, reference: str) -> Hold:
        """The hold, if the token is its own; another's doesn't exist. Raises HoldNotFound."""
        given = request.headers.get("X-Owner-Token")
        found = holds.by_reference(reference)
        try:
            token = tokens.check(given) if given else self._kept(request)
        except BadToken:
            raise HoldNotFound from None
        if token is None or tokens.digest(token) != found.token_hash:
            raise HoldNotFound
        return found

    def _kept(self, request: Request) -> str | None:
        return base.hold_token(request._request) if base.same_site(request._request) else None


class HoldView(HolderOnlyView):
    """GET /api/holds/{ref}."""

    def get(self, request: Request, reference: str) -> Response:
        return Response({"hold": _hold(self.hold(request, reference))})


class ExtendView(HolderOnlyView):
    """POST /api/holds/{ref}/extend: ten more minutes, ten times at most."""

    def post(self, request: Request, reference: str) -> Response:
        shapes.an_object(request.data)
        found = self.hold(request, reference)
        holds.extend(hold_id=found.pk)
        return Response({"hold": _hold(holds.by_reference(reference))})


class CheckoutView(TilesView):
    """GET /api/checkouts/{ref}. The reference is unguessable, and the answer names nobody."""

    def admit(self, request: Request) -> None:
        self.meter.count("reserve_ip", base.client_ip(request._request))

    def get(self, request: Request, reference: str) -> Response:
        found = Checkout.objects.filter(reference=reference).first()
        if found is None:
            raise places.NotHere
        numbers = Claim.objects.filter(pk__in=found.lines.values("claim"))
        facts = {
            "id": found.reference,
            "status": found.status,
            "slotIds": sorted(numbers.values_list("number", flat=True)),
            "totalCents": found.total_minor,
            "currency": found.currency,
        }
        return Response({"checkout": facts})


def _hold(hold: Hold) -> dict[str, Any]:
    """A hold with its tiles: those it has, or had when it ended. Of the first board, should
    it be on several."""
    claims = list(phases.live_claims(hold).select_related("board"))
    if not claims:
        claims = list(hold.claims.order_by("board_id", "number").select_related("board"))
    board = claims[0].board if claims else None
    lapsed = holds.has_lapsed(hold)
    return {
        "id": hold.reference,
        "boardId": board.public_id if board else None,
        "slotIds": sorted({c.number for c in claims if board and c.board_id == board.pk}),
        "phase": Phase.EXPIRED if lapsed else hold.phase,
        "expiresAt": shapes.instant(hold.expires_at) if hold.expires_at else None,
        "extensionsLeft": max(0, settings.RALLY_HOLD_EXTENSIONS - hold.extensions),
    }
