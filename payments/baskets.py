"""Pay for named tiles of one board in one call, as programs do it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from boards import holds, phases, reserving, tokens
from boards.errors import HoldExpired, TilesTaken
from boards.faces import Face
from boards.models import Claim, Hold
from boards.states import Ended, Phase
from payments import checkouts
from payments.errors import CheckoutOpen
from payments.models import Checkout
from payments.supporters import Supporter


def pay_for(
    face: Face,
    *,
    numbers: Sequence[int],
    token: str,
    supporter: Supporter,
    cover_fees: bool,
    site: str,
    now: dt.datetime | None = None,
) -> str:
    """Hold what is free of `numbers`, keep what the token has, and start paying for exactly
    these; the address of the pay page.

    Tiles the token holds besides are let go: they would be sold unpaid otherwise. Raises
    TilesTaken for what others have, HoldExpired when the token's own hold ran out and its
    tiles are gone, and what `reserving.reserve` and `checkouts.start` raise.
    """
    reserving.check_numbers(face, numbers)
    token = tokens.check(token)
    hold = _basket(face, list(numbers), token, now)
    return checkouts.start(
        hold=hold, supporter=supporter, cover_fees=cover_fees, site=site, now=now
    )


def open_order(face: Face, token: str) -> str | None:
    """The reference of the order this token is paying for, if there is one."""
    mine = Checkout.objects.filter(
        hold__token_hash=tokens.digest(tokens.check(token)),
        hold__organization_id=face.organization_id, status=Checkout.Status.OPEN,
    )  # fmt: skip
    return mine.order_by("-pk").values_list("reference", flat=True).first()


def _basket(face: Face, numbers: list[int], token: str, now: dt.datetime | None) -> Hold:
    hold = holds.newest(token, face.organization_id, face.currency)
    if hold is None:
        return _fresh(face, numbers, token, now)
    own = _own(hold)
    if hold.phase != Phase.BROWSING:
        if own != {(face.board_id, number) for number in numbers}:
            raise CheckoutOpen
        return hold
    missing = [number for number in numbers if (face.board_id, number) not in own]
    if holds.has_lapsed(hold, now):
        hold = _fresh(face, numbers, token, now)
    elif missing:
        hold = reserving.reserve_on(face, numbers=missing, token=token, now=now)
    _let_go_besides(hold, face, numbers)
    return hold


def _own(hold: Hold) -> set[tuple[int, int]]:
    return set(phases.live_claims(hold).values_list("board_id", "number"))


def _fresh(face: Face, numbers: list[int], token: str, now: dt.datetime | None) -> Hold:
    """A hold from nothing; if this token's last one ran out, say that and not "taken"."""
    try:
        return reserving.reserve_on(face, numbers=numbers, token=token, now=now)
    except TilesTaken:
        had = Claim.objects.filter(
            hold__token_hash=tokens.digest(token), hold__phase=Phase.EXPIRED,
            board=face.board_id, number__in=numbers,
        )  # fmt: skip
        if had.exists():
            raise HoldExpired from None
        raise


def _let_go_besides(hold: Hold, face: Face, numbers: list[int]) -> None:
    with transaction.atomic():
        locked = holds.locked(hold.pk)
        if locked.phase != Phase.BROWSING:
            return
        besides = [
            claim
            for claim in phases.live_claims(locked)
            if claim.board_id != face.board_id or claim.number not in numbers
        ]
        if besides:
            phases.free(locked, besides, Ended.RELEASED)
            phases.note_all(locked.pk, phases.by_board(besides))
