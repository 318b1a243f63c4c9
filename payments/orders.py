"""What a supporter's own page shows of a hold and the order for it. Reads only."""

import datetime as dt
from dataclasses import dataclass

from boards import holds
from boards.models import Board, Claim, Hold
from boards.states import Phase
from campaigns.showing import shown_name
from payments import fees, sessions
from payments.errors import PaymentsUnavailable, SessionRefused
from payments.models import Attempt, Checkout, Line


@dataclass(frozen=True, slots=True)
class OrderedTile:
    """A tile of an order. `lost` when somebody else has it by now."""

    board: Board
    number: int
    price_minor: int
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A hold with its newest order, if any. Amounts in minor units."""

    hold: Hold
    phase: str
    has_lapsed: bool
    checkout: Checkout | None
    tiles: tuple[OrderedTile, ...]
    net_minor: int
    cover_minor: int
    total_minor: int
    cover_if_chosen_minor: int
    currency: str
    session_url: str
    session_ends_at: dt.datetime | None
    shown_name: str | None
    receipt_sent: bool


def order(reference: str, now: dt.datetime | None = None) -> Order:
    """The order behind a hold's public reference. Raises HoldNotFound."""
    hold = holds.by_reference(reference)
    checkout = Checkout.objects.select_related("person").filter(hold=hold).order_by("-pk").first()
    # New picks of a hold whose last payment found nothing left are for sale, not sold.
    paid = (
        checkout is not None
        and checkout.status in Checkout.PAID_STATUSES
        and hold.phase != Phase.BROWSING
    )
    tiles = tiles_of(checkout) if checkout and paid else _of_hold(hold)
    net = sum(tile.price_minor for tile in tiles)
    show = (
        checkout if checkout and (paid or hold.phase in {Phase.PAYING, Phase.PROCESSING}) else None
    )
    attempt = _open_attempt(checkout) if show else None
    return Order(
        hold=hold,
        phase=hold.phase,
        has_lapsed=holds.has_lapsed(hold, now),
        checkout=show,
        tiles=tiles,
        net_minor=show.net_minor if show else net,
        cover_minor=show.cover_minor if show else 0,
        total_minor=show.total_minor if show else net,
        cover_if_chosen_minor=fees.cover(net, hold.currency) if net else 0,
        currency=hold.currency,
        session_url=attempt.url if attempt else "",
        session_ends_at=attempt.expires_at if attempt else None,
        shown_name=name_on(show),
        receipt_sent=_receipt_sent(show),
    )


def refresh(reference: str, now: dt.datetime | None = None) -> None:
    """Ask Stripe about a hold's unresolved payment and settle it; safe at any time.

    Trouble with Stripe changes nothing: the page then says that we are still checking.
    """
    attempt = (
        Attempt.objects.select_related("account", "checkout__hold__organization")
        .filter(checkout__hold__reference=reference, status__in=Attempt.UNRESOLVED)
        .exclude(session_id="")
        .first()
    )
    if attempt is None:
        return
    try:
        sessions.resolve(attempt, now=now)
    except (PaymentsUnavailable, SessionRefused):
        return


def _of_hold(hold: Hold) -> tuple[OrderedTile, ...]:
    """The tiles a hold has, or had when it ended."""
    claims = Claim.objects.filter(hold=hold).select_related("board__campaign")
    live = claims.filter(ended_at=None)
    rows = live if live.exists() else claims
    return tuple(
        OrderedTile(claim.board, claim.number, claim.price_minor)
        for claim in rows.order_by("board_id", "number")
    )


def tiles_of(checkout: Checkout) -> tuple[OrderedTile, ...]:
    """The tiles an order paid for or wants to; lines left as plain gifts have none."""
    lines = (
        Line.objects.filter(checkout=checkout, claim__isnull=False)
        .select_related("claim__board__campaign")
        .order_by("claim__board_id", "claim__number")
    )
    return tuple(
        OrderedTile(
            line.claim.board, line.claim.number, line.amount_minor,
            lost=line.claim.ended_at is not None,
        )
        for line in lines
        if line.claim is not None
    )  # fmt: skip


def _open_attempt(checkout: Checkout | None) -> Attempt | None:
    if checkout is None:
        return None
    return checkout.attempts.filter(status__in=Attempt.UNRESOLVED).first()


def name_on(checkout: Checkout | None) -> str | None:
    """What the board shows for an order's giver; None for anonymous."""
    line = checkout.lines.select_related("donation").first() if checkout else None
    return shown_name(line.donation.display_name, line.donation.shown_as) if line else None


def _receipt_sent(checkout: Checkout | None) -> bool:
    if checkout is None:
        return False
    return checkout.lines.filter(donation__receipt_number__isnull=False).exists()
