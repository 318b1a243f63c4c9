"""Make our records agree with what Stripe says of a session.

One function serves the webhook, the result page and the sweep, in any order and as often as
they like: it looks at what is, under the order's lock, and moves forward only.
"""

import datetime as dt
import logging

from django.db.models.functions import Now

from accounts.outbox import announce
from boards import holds, phases
from boards.models import Claim, Hold
from boards.states import Ended, Phase
from campaigns import donations
from payments import capturing, staff
from payments.facts import Session
from payments.models import (
    Attempt,
    Checkout,
    Line,
    Payment,
    StaffTask,
)
from payments.owing import owe_late
from rally.kit import clock
from rally.kit.failpoints import failpoint
from rally.kit.retries import retrying

logger = logging.getLogger(__name__)
# The note of an attempt whose supporter went back to the board.
LEFT = "left by the supporter"
GOALS = ("donation__goal", *(f"donation__goal__{path}" for path in donations.UP))


def mismatch(attempt: Attempt, session: Session) -> str:
    """Why this session can't be the one this attempt made; empty when it can.

    Metadata is never looked at: a connected account may write what it likes there.
    """
    if attempt.session_id and attempt.session_id != session.id:
        return "session"
    if session.reference != attempt.reference:
        return "reference"
    if session.livemode != attempt.account.livemode:
        return "livemode"
    if session.currency != attempt.checkout.currency:
        return "currency"
    if session.amount_minor != attempt.checkout.total_minor:
        return "amount"
    return ""


def settle(attempt: Attempt, session: Session, *, now: dt.datetime | None = None) -> str:
    """Bring order, hold, gifts and ledger in line with the session, in one transaction.

    Answers the reason when the session doesn't fit the attempt; then nothing but a staff
    task is written. `session` was fetched from Stripe, never taken from an event's body.
    """
    clear_the_way(attempt, session, now=now)
    return retrying(lambda: apply(attempt, session))


def apply(attempt: Attempt, session: Session) -> str:
    """`settle` for a caller that is in a transaction and has cleared the way before it."""
    problem = mismatch(attempt, session)
    if problem:
        staff.ask(
            StaffTask.Kind.MISMATCH,
            key=f"{session.id}:{problem}",
            organization_id=attempt.account.organization_id,
            about=attempt,
            facts={"differs": problem, "session": session.id},
        )
        return problem
    checkout = _locked(attempt)
    hold = checkout.hold
    if session.is_paid:
        _paid(attempt, checkout, hold, session)
    elif session.has_failed:
        _failed(attempt, checkout, hold)
    elif session.is_processing:
        _processing(attempt, checkout, hold, session)
    elif session.status == "expired":
        _expired(attempt, checkout, hold)
    else:
        Attempt.objects.filter(pk=attempt.pk, status=Attempt.Status.CREATED).update(
            status=Attempt.Status.OPEN, session_id=session.id, url=session.url
        )
    return ""


def clear_the_way(attempt: Attempt, session: Session, *, now: dt.datetime | None = None) -> None:
    """A payment came late: end lapsed holds on its tiles, which are in nobody's way.

    In transactions of their own, before the one that settles, so that boards are never locked
    before goals.
    """
    if not session.is_paid:
        return
    ended = Claim.objects.filter(
        hold_id=attempt.checkout.hold_id, ended_at__isnull=False
    ).values_list("tile_id", flat=True)
    rivals = Hold.objects.filter(
        claims__tile_id__in=list(ended), claims__ended_at=None, phase=Phase.BROWSING
    )
    holds.expire(rivals.values_list("pk", flat=True).distinct(), now=now)


def _locked(attempt: Attempt) -> Checkout:
    """The order of an attempt and its hold, locked: the mutex of all its money.

    `clock` is the database's time, so that nobody has to ask for it again.
    """
    return (
        Checkout.objects.select_for_update(no_key=True, of=("self", "hold"))
        .select_related("hold__organization")
        .annotate(clock=Now())
        .get(pk=attempt.checkout_id)
    )


def _first_to_settle(attempt: Attempt, session: Session, at: dt.datetime) -> bool:
    """Mark the attempt complete; False when that, or its end, was written before."""
    open_still = Attempt.objects.filter(pk=attempt.pk, status__in=Attempt.UNRESOLVED)
    values = {
        "status": Attempt.Status.COMPLETE, "session_id": session.id, "checked_at": at,
    }  # fmt: skip
    if open_still.update(**values):
        return True
    Attempt.objects.filter(pk=attempt.pk).exclude(status=Attempt.Status.COMPLETE).update(**values)
    return False


def _paid(attempt: Attempt, checkout: Checkout, hold: Hold, session: Session) -> None:
    at: dt.datetime = checkout.clock  # type: ignore[attr-defined]  # annotated
    moment = at + dt.timedelta(seconds=hold.organization.clock_offset_s)
    payment = None
    if not _first_to_settle(attempt, session, at):
        payment = Payment.objects.filter(attempt=attempt).first()
        if payment is not None and payment.status == Payment.Status.PAID:
            capturing.note_fee(payment, checkout, session)
            return
    lines = list(checkout.lines.select_related("claim", *GOALS).order_by("pk"))
    hold = _apart(checkout, hold, lines)
    lost = _kept_or_lost(checkout, hold, lines)
    kept = [line for line in lines if line not in lost]
    payment = capturing.record(payment, attempt, checkout, session, moment)
    donations.confirm({line.donation_id: line.donation for line in lines}.values(), paid_at=moment)
    capturing.post(payment, checkout)
    if lost:
        owe_late(payment, checkout, lost, now=moment)
    Checkout.objects.filter(pk=checkout.pk).update(
        status=_outcome(kept, lost), paid_at=moment, modified_at=at
    )
    announce("gift.paid", key=checkout.reference, organization_id=hold.organization_id,
             facts={"checkout": checkout.pk})  # fmt: skip
    _sell(checkout, hold, kept)
    failpoint("before_settle_commit")


def _apart(checkout: Checkout, hold: Hold, lines: list[Line]) -> Hold:
    """The hold to sell: a new one if another order is being paid for more than these tiles.

    That order's session can be paid any moment, so what else is in the hold must stay held.
    """
    if checkout.status == Checkout.Status.OPEN or hold.phase not in {
        Phase.PAYING, Phase.PROCESSING,
    }:  # fmt: skip
        return hold
    live = {claim.tile_id: claim for claim in phases.live_claims(hold)}
    mine = [line for line in lines if line.claim and line.claim.tile_id in live]
    if len(mine) == len(live):
        return hold
    for line in mine:
        line.claim = live[line.claim.tile_id] if line.claim else None
    own = phases.split_off(hold, [line.claim for line in mine if line.claim])
    checkout.hold = own
    Checkout.objects.filter(pk=checkout.pk).update(hold=own)
    return own


def _sell(checkout: Checkout, hold: Hold, kept: list[Line]) -> None:
    """The hold's tiles are sold, or it is lost. Boards come last."""
    # While its open order was being paid nobody could change the hold: its tiles are the
    # order's. An order that was closed before may be paid while a later one is open.
    is_open = checkout.status == Checkout.Status.OPEN
    own = is_open and hold.phase in {Phase.PAYING, Phase.PROCESSING}
    if kept:
        claims = [line.claim for line in kept if line.claim is not None]
        phases.sell(hold, {claim.pk for claim in claims}, claims if own else None)
    elif own or hold.phase in {Phase.EXPIRED, Phase.RELEASED}:
        phases.move(hold, Phase.LOST)


def _outcome(kept: list[Line], lost: list[Line]) -> str:
    if not lost:
        return Checkout.Status.PAID
    return Checkout.Status.PARTLY_LOST if kept else Checkout.Status.LOST


def _kept_or_lost(checkout: Checkout, hold: Hold, lines: list[Line]) -> list[Line]:
    """Claim again what a late payment's tiles lost; answers the lines that are gone.

    Each line then points at the claim that sells it. Tiles that are somebody else's by now
    stay theirs: the claim statement can't take them.
    """
    ended = [line.claim for line in lines if line.claim and line.claim.ended_at is not None]
    retaken = phases.retake(hold, ended) if ended else {}
    sold = _sold_before(checkout, hold)
    lost, moved = [], []
    for line in lines:
        if line.claim is None:
            continue
        claim = retaken.get(line.claim.pk) if line.claim.ended_at else line.claim
        if claim is None or claim.pk in sold:
            lost.append(line)
        elif claim.pk != line.claim_id:
            line.claim = claim
            moved.append(line)
    if moved:
        Line.objects.bulk_update(moved, ["claim"])
    return lost


def _sold_before(checkout: Checkout, hold: Hold) -> set[int | None]:
    """Claims that another order of the same hold has paid for: a second payment buys nothing."""
    if hold.phase != Phase.SOLD:
        return set()
    others = Line.objects.filter(
        checkout__hold=hold, checkout__status__in=Checkout.PAID_STATUSES
    ).exclude(checkout=checkout)
    return set(others.values_list("claim_id", flat=True))


def _processing(attempt: Attempt, checkout: Checkout, hold: Hold, session: Session) -> None:
    """The donor is done and the bank is not: the tiles stay, for as long as it takes."""
    _payment, made = Payment.objects.get_or_create(
        attempt=attempt,
        defaults={
            "checkout": checkout,
            "account": attempt.account,
            "payment_intent": session.payment_intent or session.id,
            "status": Payment.Status.PROCESSING,
            "amount_minor": session.amount_minor,
            "currency": session.currency,
        },
    )
    if not made:
        return
    _first_to_settle(attempt, session, checkout.clock)  # type: ignore[attr-defined]  # annotated
    if hold.phase == Phase.PAYING and checkout.status == Checkout.Status.OPEN:
        phases.start_processing(hold)


def _failed(attempt: Attempt, checkout: Checkout, hold: Hold) -> None:
    """The bank said no in the end: no money came, so the tiles are free again."""
    Payment.objects.filter(attempt=attempt, status=Payment.Status.PROCESSING).update(
        status=Payment.Status.FAILED
    )
    Attempt.objects.filter(pk=attempt.pk).update(
        status=Attempt.Status.DEAD, checked_at=clock.database_now(), note="the bank refused"
    )
    if checkout.status != Checkout.Status.OPEN:
        return
    Checkout.objects.filter(pk=checkout.pk).update(
        status=Checkout.Status.CLOSED, modified_at=clock.database_now()
    )
    if hold.phase in {Phase.PAYING, Phase.PROCESSING}:
        phases.end(hold, Phase.RELEASED, Ended.RELEASED)


def _expired(attempt: Attempt, checkout: Checkout, hold: Hold) -> None:
    """Nobody can pay this session any more: the tiles are free, and no mail is sent.

    They stay with a supporter who only went back to the board.
    """
    expired = Attempt.objects.filter(pk=attempt.pk, status__in=Attempt.UNRESOLVED).update(
        status=Attempt.Status.EXPIRED, checked_at=clock.database_now()
    )
    if not expired or checkout.status != Checkout.Status.OPEN:
        return
    Checkout.objects.filter(pk=checkout.pk).update(
        status=Checkout.Status.CLOSED, modified_at=clock.database_now()
    )
    if hold.phase != Phase.PAYING:
        return
    if Attempt.objects.filter(pk=attempt.pk, note=LEFT).exists():
        phases.back_to_browsing(hold)
    else:
        phases.end(hold, Phase.EXPIRED, Ended.EXPIRED)
