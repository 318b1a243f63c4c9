"""How a hold moves from phase to phase, and what that does to its tiles.

The caller has locked the hold and is in a transaction. Boards come last, in id order, by
the version bump: the one lock order that everybody keeps.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence

from django.conf import settings
from django.db.models import QuerySet

from boards import claiming, news
from boards.models import Claim, Hold
from boards.states import LIVE, Ended, Phase, may_move
from rally.kit import clock
from rally.kit.failpoints import failpoint

SHORTEST_RETURN_SECONDS = 300


def live_claims(hold: Hold) -> QuerySet[Claim]:
    """The tiles a hold has, board by board, by number."""
    return hold.claims.filter(ended_at=None).order_by("board_id", "number")


def start_paying(hold: Hold, until: dt.datetime) -> None:
    """The provider decides from here on; `until` is the session's end."""
    move(hold, Phase.PAYING, expires_at=until)
    note_all(hold.pk, by_board(live_claims(hold)))
    failpoint("hold_paying")


def back_to_browsing(hold: Hold, now: dt.datetime | None = None) -> None:
    """The attempt is known dead: the tiles are still the supporter's for a while.

    The deadline is five minutes from now, or what the extensions so far had made of it, but
    never later than all extensions and one payment could have made it.
    """
    offset = hold.organization.clock_offset_s
    moment = now or clock.database_now(offset)
    # Rows are born by the database's clock, deadlines are the organization's.
    born = hold.created_at + dt.timedelta(seconds=offset)
    earned = born + dt.timedelta(
        seconds=_hold_seconds(hold) + hold.extensions * settings.RALLY_HOLD_EXTENSION_SECONDS
    )
    until = max(earned, moment + dt.timedelta(seconds=SHORTEST_RETURN_SECONDS))
    oldest = born + dt.timedelta(seconds=_longest_seconds(hold))
    # Paying and leaving in turn must not keep tiles from others for ever.
    until = max(moment, min(until, oldest))
    claims = list(live_claims(hold))
    if not claims:
        # An earlier order of the hold was paid meanwhile and has taken its tiles along.
        move(hold, Phase.RELEASED)
        return
    move(hold, Phase.BROWSING, expires_at=until)
    note_all(hold.pk, by_board(claims))


def start_processing(hold: Hold) -> None:
    """The bank is working on it: no clock of ours ends this."""
    move(hold, Phase.PROCESSING, expires_at=None)
    note_all(hold.pk, by_board(live_claims(hold)))


def sell(hold: Hold, paid: Container[int | None], live: Sequence[Claim] | None = None) -> None:
    """The hold's live tiles are sold: those whose claims are in `paid`.

    Others can be there when the payment is for an earlier order of the same hold; they are
    let go, unless they were sold before. A caller that knows the `live` claims says them.
    """
    claims = list(live_claims(hold)) if live is None else list(live)
    unpaid = [claim for claim in claims if claim.pk not in paid]
    if unpaid and hold.phase != Phase.SOLD:
        free(hold, unpaid, Ended.RELEASED)
    move(hold, Phase.SOLD, expires_at=None)
    note_all(hold.pk, by_board(claims))
    failpoint("hold_sold")


def retake(hold: Hold, lost: Sequence[Claim]) -> dict[int, Claim]:
    """Claim the tiles of ended claims again where they are free: old claim id -> new claim.

    For a payment that came late. It goes through the same statement as any reserve, so
    that it can't take a tile from anybody.
    """
    retaken: dict[int, Claim] = {}
    for board_id, claims in sorted(_group(lost).items()):
        numbers = [claim.number for claim in claims]
        claiming.claim_more(board_id=board_id, numbers=numbers, hold_id=hold.pk)
        fresh = {claim.number: claim for claim in live_claims(hold).filter(board_id=board_id)}
        retaken |= {c.pk: fresh[c.number] for c in claims if c.number in fresh}
    return retaken


def split_off(hold: Hold, claims: Sequence[Claim]) -> Hold:
    """A hold of its own, not live yet, for tiles that are paid apart from the rest of a hold.

    The tiles pass from claim to claim within the transaction, so that nobody can come between.
    The caller claims them for it and sells it, or finds that nothing could be had for it.
    """
    moment = clock.database_now(hold.organization.clock_offset_s)
    own = Hold.objects.create(
        organization=hold.organization, currency=hold.currency, token_hash=hold.token_hash,
        kind=hold.kind, phase=Phase.RELEASED, ended_at=moment, note=f"split off {hold.reference}",
    )  # fmt: skip
    end_claims(claims, Ended.MOVED)
    for claim in claims:
        claim.ended_at, claim.ended = moment, Ended.MOVED
    return own


def put_back(hold: Hold, sold: Sequence[Claim], returned: Container[int | None]) -> None:
    """Of these live claims of a locked hold, `returned` go on sale again.

    The boards are noted in any case: what they say of their totals has changed.
    """
    gone = [claim.pk for claim in sold if claim.pk in returned]
    if gone:
        claiming.give_back(hold_id=hold.pk, claim_ids=gone)
        news.freed(hold, [claim for claim in sold if claim.pk in returned], Ended.RETURNED)
    note_all(hold.pk, by_board(sold))


def end(hold: Hold, phase: Phase, ended: Ended) -> None:
    """End a hold and free all its tiles."""
    claims = list(live_claims(hold))
    free(hold, claims, ended)
    move(hold, phase)
    note_all(hold.pk, by_board(claims))


def touch(hold: Hold) -> None:
    """Move the version of every board the hold is on: what they show has changed."""
    note_all(hold.pk, by_board(live_claims(hold)))


def _hold_seconds(hold: Hold) -> int:
    seconds = hold.claims.filter(ended_at=None).values_list("board__hold_seconds", flat=True)
    return min(seconds, default=SHORTEST_RETURN_SECONDS)


def _longest_seconds(hold: Hold) -> int:
    """The age at which a hold that isn't being paid must end."""
    extensions = settings.RALLY_HOLD_EXTENSIONS * settings.RALLY_HOLD_EXTENSION_SECONDS
    return _hold_seconds(hold) + extensions + settings.RALLY_SESSION_SECONDS


def move(hold: Hold, phase: Phase, *, expires_at: dt.datetime | None = None) -> None:
    """Write a new phase, guarded by the old one; the drawing in `states` has the last word."""
    if hold.phase != phase and not may_move(hold.kind, hold.phase, phase):
        raise AssertionError(f"{hold} can't go from {hold.phase} to {phase}")
    over = phase not in LIVE and phase != Phase.SOLD
    values = {"phase": phase, "expires_at": hold.expires_at if over else expires_at}
    if over:
        values["ended_at"] = clock.database_now(hold.organization.clock_offset_s)
    elif hold.ended_at is not None:
        values["ended_at"] = None
    moved = Hold.objects.filter(pk=hold.pk, phase=hold.phase).update(**values)
    if moved != 1:
        raise AssertionError(f"{hold} was not {hold.phase} any more, though locked")
    for name, value in values.items():
        setattr(hold, name, value)


def free(hold: Hold, claims: Sequence[Claim], reason: Ended) -> None:
    """These tiles go back on sale, and the world hears of it."""
    end_claims(claims, reason)
    news.freed(hold, claims, reason)


def end_claims(claims: Sequence[Claim], reason: Ended) -> None:
    """End these claims now, if nobody ended them before."""
    keys = [claim.pk for claim in claims]
    Claim.objects.filter(pk__in=keys, ended_at=None).update(
        ended_at=clock.expression(None), ended=reason
    )


def _group(claims: Iterable[Claim]) -> dict[int, list[Claim]]:
    grouped: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        grouped[claim.board_id].append(claim)
    return grouped


def by_board(claims: Iterable[Claim]) -> dict[int, list[int]]:
    """The numbers of claims, by the key of their board."""
    return {board: [c.number for c in rows] for board, rows in _group(claims).items()}


def note_all(hold_id: int, numbers: dict[int, list[int]]) -> None:
    """Boards last, in id order: the one lock order that everybody keeps."""
    for board_id in sorted(numbers):
        claiming.note(board_id=board_id, hold_id=hold_id, numbers=numbers[board_id])
