"""Find, extend, release, expire: with `reserving` and `phases`, the only writer of holds.

Locks: every verb but a fresh reserve locks the hold row first; claims are inserted in tile
order; goals are the caller's; boards come last, in id order, by the version bump. Time
decides, not a sweep: a hold past its deadline counts for nothing, wherever it is read.
"""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from boards import faces, phases, tokens
from boards.errors import HoldExpired, HoldLimit, HoldNotFound
from boards.models import Hold
from boards.states import LIVE, Ended, Phase
from rally.kit import clock

SWEEP_BATCH = 200

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
