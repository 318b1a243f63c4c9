"""Before money is sent back for tiles that were lost to a late payment, the supporter chooses:
another free tile, a plain gift, or the refund. Silence for two days means the refund.

The link is signed and names the debt; the debt's own row says whether it is still open, so
a used, expired or altered link can never pay twice.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core import signing
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.outbox import announce
from boards import claiming, faces, holds, phases
from boards.errors import HoldNotFound, TilesTaken
from boards.models import Board, Claim, Hold, Tile
from boards.states import LIVE, Phase
from payments import fees, staff
from payments.errors import OfferOver
from payments.models import (
    Checkout,
    Line,
    Payment,
    Refund,
    RefundLine,
    StaffTask,
)
from payments.owing import Part, drop, owe
from payments.refunds import PAY
from rally.kit import clock, money
from rally.kit.errors import InvalidInput
from rally.kit.failpoints import failpoint
from rally.kit.retries import retrying
from rally.kit.wakeups import wake

SALT = "rally.offer"
REFUND, GIFT, TILE = "refund", "gift", "tile"


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of one lost line: `what` is refund, gift or tile.

    With a cheaper `number`, `give_rest` keeps the difference as part of the gift.
    """

    what: str
    number: int | None = None
    give_rest: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """One lost tile and the free ones it can be swapped for, cheapest last."""

    line: Line
    board: Board
    number: int
    amount_minor: int
    free: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a link leads to. `decided` is empty while the choice is open."""

    refund: Refund
    checkout: Checkout
    lost: tuple[Lost, ...]
    until: dt.datetime | None
    decided: str


def link(refund: Refund) -> str:
    """The signed name of a debt, for the address in the mail."""
    return signing.dumps(refund.reference, salt=SALT)


def read(signed: str, now: dt.datetime | None = None) -> Offer:
    """What the link leads to, decided or not. Raises HoldNotFound when it was altered."""
    refund = _refund(signed)
    checkout = Checkout.objects.select_related("hold__organization", "person").get(
        pk=refund.payment.checkout_id
    )
    decided = _decided(refund, now or clock.database_now(_offset(checkout)))
    lost = () if decided else tuple(_lost(part.line) for part in _parts(refund))
    return Offer(refund, checkout, lost, refund.not_before, decided)


def _refund(signed: str) -> Refund:
    try:
        reference = signing.loads(signed, salt=SALT)
    except signing.BadSignature:
        raise HoldNotFound from None
    found = Refund.objects.select_related("payment", "account").filter(reference=reference).first()
    if found is None:
        raise HoldNotFound
    return found


def _offset(checkout: Checkout) -> int:
    return checkout.hold.organization.clock_offset_s


def is_open(refund: Refund, moment: dt.datetime) -> bool:
    """Whether this debt still waits for the supporter's choice at this moment."""
    return not _decided(refund, moment)


def _decided(refund: Refund, moment: dt.datetime) -> str:
    """What was decided, by the supporter or by time; empty while it is open."""
    if refund.choice:
        return refund.choice
    if refund.status != Refund.Status.DUE or refund.not_before is None:
        return REFUND
    return REFUND if refund.not_before <= moment else ""


def _parts(refund: Refund) -> list[RefundLine]:
    return list(refund.lines.select_related("line__claim__board", "line__donation").order_by("pk"))


def _lost(line: Line) -> Lost:
    claim = line.claim
    if claim is None:
        raise AssertionError(f"{line} was lost without a tile")
    lapsed = Q(hold__phase=Phase.BROWSING, hold__expires_at__lte=_moment(claim))
    taken = Claim.objects.filter(board=claim.board, ended_at=None).exclude(lapsed)
    free = (
        Tile.objects.filter(board=claim.board, price_minor__lte=line.amount_minor)
        .exclude(pk__in=taken.values("tile_id"))
        .order_by("-price_minor", "number")
        .values_list("number", "price_minor")
    )
    return Lost(line, claim.board, claim.number, line.amount_minor, tuple(free[:500]))


def _moment(claim: Claim) -> object:
    return clock.expression(None, claim.hold.organization.clock_offset_s)


def choose(
    signed: str, choices: Mapping[int, Choice], now: dt.datetime | None = None
) -> Refund | None:
    """Carry out the supporter's choices, one for each lost line by its key.

    Answers the refund that remains to be paid, if any. Raises OfferOver when it was decided
    before, TilesTaken when a wanted tile has gone (then everything is as it was), InvalidInput
    for a tile that costs more than was paid.
    """
    refund = _refund(signed)
    _clear_lapsed(refund, choices, now)
    owed = retrying(lambda: _carry_out(refund, choices, now))
    wake(PAY)
    return owed


def _carry_out(
    refund: Refund, choices: Mapping[int, Choice], now: dt.datetime | None
) -> Refund | None:
    checkout = (
        Checkout.objects.select_for_update(no_key=True, of=("self",))
        .select_related("hold__organization")
        .get(pk=refund.payment.checkout_id)
    )
    hold = holds.locked(checkout.hold_id)
    refund.refresh_from_db()
    if _decided(refund, now or clock.database_now(_offset(checkout))):
        raise OfferOver
    parts = _parts(refund)
    if {part.line_id for part in parts} != set(choices):
        raise InvalidInput(_("Please choose for every lost tile."), field="choice")
    if hold.phase in LIVE and any(choice.what == TILE for choice in choices.values()):
        # The hold has new picks, perhaps being paid this minute: they stay out of this.
        hold = phases.split_off(hold, [])
        Checkout.objects.filter(pk=checkout.pk).update(hold=hold)
        checkout.hold = hold
    taken = _take_tiles(hold, parts, choices)
    _drop(refund, parts, checkout, choices)
    owed = _owe_rest(refund, parts, checkout, choices, taken)
    _settle_lines(parts, choices, taken)
    _show(checkout, hold, taken, owed)
    announce("offer.decided", key=refund.reference, facts={"refund": refund.pk},
             organization_id=hold.organization_id)  # fmt: skip
    failpoint("offer_written")
    return owed


def _clear_lapsed(refund: Refund, choices: Mapping[int, Choice], now: dt.datetime | None) -> None:
    """End lapsed holds on the wanted tiles, in transactions of their own."""
    for part in _parts(refund):
        choice = choices.get(part.line_id)
        if choice is None or choice.number is None or part.line.claim is None:
            continue
        rivals = Hold.objects.filter(
            claims__board_id=part.line.claim.board_id, claims__number=choice.number,
            claims__ended_at=None, phase=Phase.BROWSING,
        )  # fmt: skip
        holds.expire(rivals.values_list("pk", flat=True), now=now)


def _take_tiles(
    hold: Hold, parts: Sequence[RefundLine], choices: Mapping[int, Choice]
) -> dict[int, Claim]:
    """Claim the wanted tiles by the same statement as any reserve: line key -> new claim."""
    wanted: dict[int, dict[int, int]] = {}
    for part in parts:
        choice = choices[part.line_id]
        if choice.what != TILE or part.line.claim is None:
            continue
        board_id = part.line.claim.board_id
        tile = Tile.objects.filter(board_id=board_id, number=choice.number or 0).first()
        if tile is None or tile.price_minor > part.line.amount_minor:
            raise InvalidInput(_("That tile costs more than you paid, or isn't there."),
                               field="number")  # fmt: skip
        if tile.number in wanted.setdefault(board_id, {}):
            raise InvalidInput(_("Please choose a different tile for each."), field="number")
        wanted[board_id][tile.number] = part.line_id
    taken: dict[int, Claim] = {}
    for board_id, lines in sorted(wanted.items()):
        if not faces.of(board_id).is_open:
            raise TilesTaken(lines, _("This board is closed; please choose something else."))
        count = claiming.claim_more(board_id=board_id, numbers=list(lines), hold_id=hold.pk)
        claims = phases.live_claims(hold).filter(board_id=board_id, number__in=list(lines))
        if count < len(lines):
            raise TilesTaken(set(lines) - set(claims.values_list("number", flat=True)) or lines)
        taken |= {lines[claim.number]: claim for claim in claims}
    return taken


def _drop(
    refund: Refund, parts: Sequence[RefundLine], checkout: Checkout, choices: Mapping[int, Choice]
) -> None:
    """The debt as it stood is over; what remains of it is owed anew."""
    words = {choice.what for choice in choices.values()}
    refund.status = Refund.Status.CANCELED
    refund.choice = words.pop() if len(words) == 1 else "mixed"
    refund.chosen_at = clock.database_now()
    refund.save(update_fields=["status", "choice", "chosen_at"])
    whole = [Part(part.line, part.amount_minor, part.fee_share_minor, True) for part in parts]
    drop(refund, whole, checkout)
    staff.resolve(StaffTask.Kind.REFUND_DUE, key=str(refund.pk), note=refund.choice)


def _owe_rest(
    refund: Refund,
    parts: Sequence[RefundLine],
    checkout: Checkout,
    choices: Mapping[int, Choice],
    taken: Mapping[int, Claim],
) -> Refund | None:
    """What is still to be paid back: whole lines, and differences to cheaper tiles."""
    owed = []
    for part in parts:
        choice, line = choices[part.line_id], part.line
        if choice.what == REFUND:
            owed.append(Part(line, part.amount_minor, part.fee_share_minor, is_all=True))
        elif choice.what == TILE and not choice.give_rest:
            price = taken[part.line_id].price_minor
            rest = part.amount_minor - price
            step = money.step(refund.currency)
            _kept, fee = fees.split(part.fee_share_minor, [price, rest], step)
            if rest:
                owed.append(Part(line, rest, fee, is_all=False))
    if not owed:
        return None
    payment = Payment.objects.select_related("account").get(pk=refund.payment_id)
    return owe(payment, checkout, owed, reason=Refund.Reason.LATE)


def _settle_lines(
    parts: Sequence[RefundLine], choices: Mapping[int, Choice], taken: Mapping[int, Claim]
) -> None:
    for part in parts:
        line, choice = part.line, choices[part.line_id]
        if choice.what == TILE:
            line.claim = taken[part.line_id]
            line.save(update_fields=["claim"])
        elif choice.what == GIFT:
            line.kind, line.claim = Line.Kind.GIFT, None
            line.save(update_fields=["kind", "claim"])


def _show(checkout: Checkout, hold: Hold, taken: Mapping[int, Claim], owed: Refund | None) -> None:
    """The order's state, and what the boards show."""
    lines = checkout.lines.select_related("claim")
    gone = [line for line in lines if line.claim and line.claim.ended_at is not None]
    kept = len(lines) - len(gone)
    status = Checkout.Status.PARTLY_LOST if gone and kept else Checkout.Status.LOST
    if not gone:
        status = Checkout.Status.PAID
    Checkout.objects.filter(pk=checkout.pk).update(status=status, modified_at=clock.database_now())
    if taken and hold.phase != Phase.SOLD:
        phases.sell(hold, {line.claim_id for line in lines if line not in gone})
    else:
        phases.note_all(hold.pk, phases.by_board(taken.values()))
