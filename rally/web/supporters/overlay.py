"""The visitor's own hold, laid over the public board. The only personal part of its page."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from boards import holds, phases, tokens
from boards.models import Hold
from boards.states import Phase
from rally.kit import clock, money
from rally.web import base
from rally.web.supporters import facts
from rally.web.supporters.basket import count_words

if TYPE_CHECKING:
    from payments.snapshots import Snapshot


def own(request: HttpRequest, hold: Hold) -> bool:
    """Whether this browser holds the token behind the hold."""
    token = base.hold_token(request)
    return token is not None and tokens.digest(token) == hold.token_hash


def may_extend(hold: Hold) -> bool:
    return hold.phase == Phase.BROWSING and hold.extensions < settings.RALLY_HOLD_EXTENSIONS


def of(request: HttpRequest, snap: "Snapshot", now: dt.datetime) -> dict[str, Any] | None:
    """What the board's page says about the visitor's live hold in this organization, if any."""
    token = base.hold_token(request)
    if token is None:
        return None
    hold = holds.current(
        token=token, organization_id=snap.campaign.organization_id, currency=snap.currency
    )
    if hold is None:
        return None
    claims = list(phases.live_claims(hold).order_by("number"))
    here = [claim for claim in claims if claim.board_id == snap.board_pk]
    browsing = hold.phase == Phase.BROWSING
    ends = hold.expires_at if browsing else None
    return {
        "tiles": [{"number": claim.number, "price_minor": claim.price_minor} for claim in here],
        "words": count_words(len(claims)),
        "total": money.format(sum(claim.price_minor for claim in claims), snap.currency),
        "until": facts.clock_time(ends, snap.campaign.time_zone) if ends else "",
        "until_iso": ends.isoformat() if ends else "",
        "now": clock.now(snap.campaign.offset_seconds).isoformat(),
        "href": reverse("supporters:checkout", args=[hold.reference]),
        "extend": reverse("supporters:extend", args=[hold.reference]),
        "may_extend": may_extend(hold),
        "may_change": browsing,
        "locked": not browsing,
    }
