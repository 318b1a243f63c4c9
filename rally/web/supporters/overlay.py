"""The visitor's own hold, laid over the public board. The only personal part of its page."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards import holds, phases, tokens
from boards.models import Claim, Hold
from boards.states import Phase
from rally.kit import money
from rally.web import base, facts
from rally.web.supporters.basket import count_words, too_little

if TYPE_CHECKING:
    from payments.snapshots import Snapshot

MOST_NAMED = 12
WARNING = dt.timedelta(minutes=2)


def own(request: HttpRequest, hold: Hold) -> bool:
    """Whether this browser holds the token behind the hold."""
    token = base.hold_token(request)
    return token is not None and tokens.digest(token) == hold.token_hash


def extensions_left(hold: Hold) -> int:
    """How many times the hold can be given more time."""
    return max(0, settings.RALLY_HOLD_EXTENSIONS - hold.extensions)


def may_extend(hold: Hold) -> bool:
    return hold.phase == Phase.BROWSING and extensions_left(hold) > 0


def is_late(ends: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the last two minutes of a hold have begun."""
    return ends is not None and ends - now <= WARNING


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
    total = sum(claim.price_minor for claim in claims)
    ends = hold.expires_at
    return {
        "tiles": [{"number": claim.number, "price_minor": claim.price_minor} for claim in here],
        "words": count_words(len(claims)),
        "total": money.format(total, snap.currency),
        "total_minor": total,
        "too_little": too_little(total, snap.currency),
        "until": facts.clock_time(ends, snap.campaign.time_zone) if ends else "",
        "until_iso": ends.isoformat() if ends else "",
        "now": now.isoformat(),
        "is_late": browsing and is_late(ends, now),
        "kept": _kept(claims, ends, snap) if browsing and "kept" in request.GET else "",
        "href": reverse("supporters:checkout", args=[hold.reference]),
        "extend": reverse("supporters:extend", args=[hold.reference]),
        "may_extend": may_extend(hold),
        "may_change": browsing,
        "locked": not browsing,
        "processing": hold.phase == Phase.PROCESSING,
    }


def _kept(claims: list[Claim], ends: dt.datetime | None, snap: "Snapshot") -> str:
    """Back from the payment page: what is still held, and until when."""
    numbers = [claim.number for claim in claims]
    listed = ", ".join(map(str, numbers[:MOST_NAMED]))
    said = {"numbers": listed, "more": len(numbers) - MOST_NAMED,
            "until": facts.clock_time(ends, snap.campaign.time_zone) if ends else ""}  # fmt: skip
    if len(numbers) > MOST_NAMED:
        words = _("Tiles %(numbers)s and %(more)d more are still yours until %(until)s.")
    else:
        words = ngettext(
            "Tile %(numbers)s is still yours until %(until)s.",
            "Tiles %(numbers)s are still yours until %(until)s.",
            len(numbers),
        )
    return words % said
