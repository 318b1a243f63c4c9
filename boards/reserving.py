"""Reserve: a supporter's or staff's tiles are claimed, all that are wanted or none.

Nobody looks first whether a tile is free: the claims are inserted, and the index on live ones
says. A hold that is added to is locked before its claims; boards come last. Lapsed holds in the
way are ended, and it is tried once more.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from boards import claiming, faces, holds, phases, tokens
from boards.errors import (
    BadNumbers,
    BoardClosed,
    HoldInPayment,
    HoldLimit,
    HoldNotFound,
    TilesTaken,
)
from boards.faces import Face
from boards.models import Claim, Hold
from boards.states import Kind, Phase
from rally.kit import clock, ids
from rally.kit.failpoints import failpoint
from rally.kit.retries import retrying


class _Short(Exception):
    """Fewer tiles were free than wanted; the transaction it is raised in is undone."""


def reserve(
    *, board_id: int, numbers: Sequence[int], token: str, now: dt.datetime | None = None
) -> Hold:
    """Hold all of `numbers` for the token, or none.

    A token's live hold is added to without moving its deadline; asking for its own numbers
    alone extends it once. Raises BadNumbers, BadToken, TilesTaken, BoardClosed, HoldLimit,
    HoldInPayment.
    """
    face = faces.of(board_id)
    return reserve_on(face, numbers=numbers, token=token, now=now)


def reserve_on(
    face: Face, *, numbers: Sequence[int], token: str, now: dt.datetime | None = None
) -> Hold:
    """`reserve` for a caller that has looked at the board already."""
    token = tokens.check(token)
    check_numbers(face, numbers)
    if not face.is_open or face.organization_status == "frozen":
        raise BoardClosed
    for _attempt in range(3):
        hold = holds.newest(token, face.organization_id, face.currency)
        if hold is not None and holds.has_lapsed(hold, now):
            holds.expire([hold.pk], now=now)
            hold = None
        try:
            if hold is None:
                return _reserve_new(face, numbers, token, now)
            return _reserve_more(face, hold, numbers, now)
        except (IntegrityError, HoldNotFound):
            # The same token is reserving twice at once: look again at what it has.
            continue
    raise TilesTaken(numbers)


def check_numbers(face: Face, numbers: Sequence[object]) -> None:
    """Raises BadNumbers for anything but 1 to 100 different whole numbers on the board."""
    most = settings.RALLY_TILES_PER_HOLD
    if not numbers:
        raise BadNumbers(_("Pick at least one tile."))
    if len(numbers) > most:
        raise BadNumbers(_("Pick at most %(most)s tiles at a time.") % {"most": most})
    odd = [n for n in numbers if type(n) is not int]
    if odd:
        raise BadNumbers(_("Tile numbers are whole numbers."), odd)
    whole = [n for n in numbers if type(n) is int]
    twice = sorted({n for n in whole if whole.count(n) > 1})
    if twice:
        raise BadNumbers(_("A tile can be picked only once."), twice)
    off = [n for n in whole if not face.min_num <= n <= face.max_num]
    if off:
        raise BadNumbers(_("Some of these numbers aren't on the board."), off)


def _reserve_new(face: Face, numbers: Sequence[int], token: str, now: dt.datetime | None) -> Hold:
    _check_each(face, len(numbers))
    row: dict[str, Any] = {
        "reference": ids.public_id(),
        "organization": face.organization_id,
        "currency": face.currency,
        "token": tokens.digest(token),
        "kind": Kind.BASKET.value,
        "phase": Phase.BROWSING.value,
    }

    def claim() -> Hold:
        claimed = claiming.claim_new(
            board_id=face.board_id,
            numbers=numbers,
            hold=row,
            ttl_seconds=face.hold_seconds,
            now=now,
            offset_seconds=face.offset_seconds,
        )
        _must_have_all(claimed.count, numbers)
        _note_guarded(face, claimed.hold_id, numbers, now)
        return Hold(
            pk=claimed.hold_id,
            reference=row["reference"],
            organization_id=face.organization_id,
            currency=face.currency,
            token_hash=row["token"],
            kind=Kind.BASKET,
            phase=Phase.BROWSING,
            expires_at=claimed.expires_at,
        )

    return _claim_or_refuse(face, numbers, claim, now)


def _reserve_more(face: Face, hold: Hold, numbers: Sequence[int], now: dt.datetime | None) -> Hold:
    own = set(
        phases.live_claims(hold).filter(board_id=face.board_id).values_list("number", flat=True)
    )
    more = [number for number in numbers if number not in own]
    if not more:
        return holds.extend(hold_id=hold.pk, now=now)

    def claim() -> Hold:
        mine = _locked_browsing(hold.pk, now)
        _check_room(face, mine, own, more)
        count = claiming.claim_more(board_id=face.board_id, numbers=more, hold_id=mine.pk)
        _must_have_all(count, more)
        _note_guarded(face, mine.pk, more, now)
        return mine

    return _claim_or_refuse(face, more, claim, now)


def _locked_browsing(hold_id: int, now: dt.datetime | None) -> Hold:
    """The locked hold, still browsing and in time; HoldInPayment or HoldNotFound if not."""
    hold = holds.locked(hold_id)
    if hold.phase in {Phase.PAYING, Phase.PROCESSING}:
        raise HoldInPayment
    if hold.phase != Phase.BROWSING or holds.has_lapsed(hold, now):
        raise HoldNotFound
    return hold


def _check_room(face: Face, hold: Hold, own: set[int], more: Sequence[int]) -> None:
    if hold.claims.filter(ended_at=None).count() + len(more) > settings.RALLY_TILES_PER_HOLD:
        raise HoldLimit(
            _("A hold can't have more than %(most)s tiles.")
            % {"most": settings.RALLY_TILES_PER_HOLD}
        )
    _check_each(face, len(own) + len(more))


def _check_each(face: Face, count: int) -> None:
    most = face.most_per_supporter
    if most and count > most:
        raise HoldLimit(_("At most %(most)s tiles each on this board.") % {"most": most})


def _must_have_all(count: int, numbers: Sequence[int]) -> None:
    if count < len(numbers):
        raise _Short


def _note_guarded(
    face: Face, hold_id: int, numbers: Sequence[int], now: dt.datetime | None
) -> None:
    noted = claiming.note(
        board_id=face.board_id,
        hold_id=hold_id,
        numbers=numbers,
        layout=face.layout,
        now=now,
        offset_seconds=face.offset_seconds,
    )
    if not noted:
        raise BoardClosed
    failpoint("reserve_written")


def _claim_or_refuse(
    face: Face, numbers: Sequence[int], claim: Callable[[], Hold], now: dt.datetime | None
) -> Hold:
    """Run `claim` in a transaction; end lapsed holds in the way and try once more."""
    for last in (False, True):
        try:
            hold = retrying(claim)
            failpoint("reserve_committed")
            return hold
        except _Short:
            if last or not _end_lapsed(face, numbers, now):
                raise TilesTaken(_taken(face, numbers, now) or numbers) from None
    raise AssertionError("unreachable")


def _end_lapsed(face: Face, numbers: Sequence[int], now: dt.datetime | None) -> int:
    """End the lapsed holds that sit on `numbers`; how many there were."""
    moment = clock.expression(now, face.offset_seconds)
    in_the_way = Hold.objects.filter(
        claims__board_id=face.board_id, claims__number__in=numbers, claims__ended_at=None,
        phase=Phase.BROWSING, expires_at__lte=moment,
    ).values_list("pk", flat=True).distinct()  # fmt: skip
    return holds.expire(list(in_the_way), now=now)


def _taken(face: Face, numbers: Sequence[int], now: dt.datetime | None) -> list[int]:
    lapsed = Q(
        hold__phase=Phase.BROWSING, hold__expires_at__lte=clock.expression(now, face.offset_seconds)
    )
    return list(
        Claim.objects.filter(board_id=face.board_id, number__in=numbers, ended_at=None)
        .exclude(lapsed)
        .values_list("number", flat=True)
    )


# Without a clock ------------------------------------------------------------------------------


def take(
    *, board_id: int, numbers: Sequence[int], kind: Kind, note: str = "",
    now: dt.datetime | None = None,
) -> Hold:  # fmt: skip
    """Staff or an offline sale takes tiles for good, all of them or none.

    It is the same claim as any supporter's, so it can't take a tile from one. Raises
    BadNumbers and TilesTaken. The caller may put more into the same transaction.
    """
    face = faces.of(board_id)
    check_numbers(face, numbers)
    row: dict[str, Any] = {
        "reference": ids.public_id(),
        "organization": face.organization_id,
        "currency": face.currency,
        "token": tokens.digest(tokens.new()),
        "kind": kind.value,
        "phase": Phase.SOLD.value,
    }

    def claim() -> Hold:
        claimed = claiming.claim_new(
            board_id=board_id, numbers=numbers, hold=row, ttl_seconds=0, now=now,
            offset_seconds=face.offset_seconds,
        )  # fmt: skip
        _must_have_all(claimed.count, numbers)
        Hold.objects.filter(pk=claimed.hold_id).update(expires_at=None, note=note[:300])
        claiming.note(board_id=board_id, hold_id=claimed.hold_id, numbers=numbers)
        return Hold.objects.select_related("organization").get(pk=claimed.hold_id)

    return _claim_or_refuse(face, numbers, claim, now)
