"""Reserve, extend, release, expire: with `phases`, the only writer of holds and claims.

Locks: every verb but a fresh reserve locks the hold row first; claims are inserted in tile
order; goals are the caller's; boards come last, in id order, by the version bump. Time
decides, not a sweep: a hold past its deadline counts for nothing, wherever it is read.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from boards import claiming, faces, phases, tokens
from boards.errors import (
    BadNumbers,
    BoardClosed,
    HoldExpired,
    HoldInPayment,
    HoldLimit,
    HoldNotFound,
    TilesTaken,
)
from boards.faces import Face
from boards.models import Claim, Hold
from boards.states import LIVE, Ended, Kind, Phase
from rally.kit import clock, ids
from rally.kit.failpoints import failpoint
from rally.kit.retries import retrying

SWEEP_BATCH = 200


class _Short(Exception):
    """Fewer tiles were free than wanted; the transaction it is raised in is undone."""


# Asking ---------------------------------------------------------------------------------------


def locked(hold_id: int) -> Hold:
    """The hold, its row locked until the transaction ends. Raises HoldNotFound."""
    try:
        return Hold.objects.select_for_update(no_key=True, of=("self",)).get(pk=hold_id)
    except Hold.DoesNotExist:
        raise HoldNotFound from None


def by_reference(reference: str) -> Hold:
    """A hold by its public name, in whatever phase. Raises HoldNotFound."""
    hold = Hold.objects.select_related("organization").filter(reference=reference).first()
    if hold is None:
        raise HoldNotFound
    return hold


def current(
    *, token: str, organization_id: int, currency: str, now: dt.datetime | None = None
) -> Hold | None:
    """The token's live hold in an organization, or None; a lapsed one is none."""
    hold = newest(token, organization_id, currency)
    return None if hold is None or has_lapsed(hold, now) else hold


def newest(token: str, organization_id: int, currency: str) -> Hold | None:
    """The token's hold that nobody has ended yet, lapsed or not."""
    return (
        Hold.objects.select_related("organization")
        .filter(token_hash=tokens.digest(token), organization_id=organization_id)
        .filter(currency=currency, phase__in=LIVE)
        .first()
    )


def has_lapsed(hold: Hold, now: dt.datetime | None = None) -> bool:
    """Whether a browsing hold's time is over by the database's (or the sandbox's) clock."""
    if hold.phase != Phase.BROWSING or hold.expires_at is None:
        return False
    moment = now or clock.database_now(hold.organization.clock_offset_s)
    return hold.expires_at <= moment


# Reserve --------------------------------------------------------------------------------------


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
        hold = newest(token, face.organization_id, face.currency)
        if hold is not None and has_lapsed(hold, now):
            expire([hold.pk], now=now)
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
    twice = sorted({n for n in numbers if numbers.count(n) > 1})  # type: ignore[type-var]
    if twice:
        raise BadNumbers(_("A tile can be picked only once."), twice)
    off = [n for n in numbers if not face.min_num <= n <= face.max_num]  # type: ignore[operator]
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
        return extend(hold_id=hold.pk, now=now)

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
    hold = locked(hold_id)
    if hold.phase in {Phase.PAYING, Phase.PROCESSING}:
        raise HoldInPayment
    if hold.phase != Phase.BROWSING or has_lapsed(hold, now):
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
    return expire(list(in_the_way), now=now)


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


# Extend, release, expire ----------------------------------------------------------------------


def extend(*, hold_id: int, now: dt.datetime | None = None) -> Hold:
    """Give a browsing hold ten more minutes, ten times at most.

    Raises HoldLimit after that, HoldExpired when it is over; a hold that is being paid is
    answered as it stands, because its session's end is its deadline.
    """
    with transaction.atomic():
        hold = locked(hold_id)
        if hold.phase in {Phase.PAYING, Phase.PROCESSING}:
            return hold
        if hold.phase != Phase.BROWSING or has_lapsed(hold, now) or hold.expires_at is None:
            raise HoldExpired
        if hold.extensions >= settings.RALLY_HOLD_EXTENSIONS:
            raise HoldLimit
        hold.extensions += 1
        hold.expires_at += dt.timedelta(seconds=settings.RALLY_HOLD_EXTENSION_SECONDS)
        hold.save(update_fields=["extensions", "expires_at"])
        phases.note_all(hold.pk, phases.by_board(phases.live_claims(hold)))
        return hold


def release(
    *, board_id: int, numbers: Iterable[int], token: str, now: dt.datetime | None = None
) -> list[int]:
    """Free those of `numbers` that the token holds on this board; answers which.

    Everything else is silently left alone, and nothing tells whose it is. A hold that is
    being paid keeps its tiles: only the payment provider's verdict may free those.
    """
    face = faces.of(board_id)
    hold = newest(tokens.check(token), face.organization_id, face.currency)
    if hold is None:
        return []
    wanted = [number for number in numbers if type(number) is int]
    with transaction.atomic():
        hold = locked(hold.pk)
        if hold.phase != Phase.BROWSING:
            return []
        claims = list(phases.live_claims(hold).filter(board_id=board_id, number__in=wanted))
        if not claims:
            return []
        lapsed = has_lapsed(hold, now)
        phases.free(hold, claims, Ended.EXPIRED if lapsed else Ended.RELEASED)
        if not phases.live_claims(hold).exists():
            phases.move(hold, Phase.EXPIRED if lapsed else Phase.RELEASED)
        phases.note_all(hold.pk, phases.by_board(claims))
    return [] if lapsed else sorted(claim.number for claim in claims)


def expire(hold_ids: Iterable[int], now: dt.datetime | None = None) -> int:
    """End those of these browsing holds whose time is over; how many were ended.

    A hold somebody else is working on is skipped: they will see the same clock.
    """
    ended = 0
    for hold_id in sorted(hold_ids):
        with transaction.atomic():
            hold = (
                Hold.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
                .filter(pk=hold_id, phase=Phase.BROWSING)
                .first()
            )
            if hold is None or not has_lapsed(hold, now):
                continue
            phases.end(hold, Phase.EXPIRED, Ended.EXPIRED)
            ended += 1
    return ended


def expire_due(now: dt.datetime | None = None, batch: int = SWEEP_BATCH) -> int:
    """Tidy up to `batch` lapsed holds. Nothing depends on it: readers see the clock."""
    browsing = Hold.objects.filter(phase=Phase.BROWSING)
    offset_of = "organization__clock_offset_s"
    ended = 0
    for offset in sorted(set(browsing.values_list(offset_of, flat=True))):
        due = (
            browsing.filter(**{offset_of: offset}, expires_at__lte=clock.expression(now, offset))
            .order_by("expires_at")
            .values_list("pk", flat=True)[:batch]
        )
        ended += expire(list(due), now=now)
    return ended
