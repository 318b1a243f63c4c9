"""Make our records agree with what Stripe says of a session.

One function serves the webhook, the result page and the sweep, in any order and as often as
they like: it looks at what is, under the order's lock, and moves forward only.
"""

import datetime as dt
import logging

from accounts.outbox import announce
from boards import holds, phases
from boards.models import Claim, Hold
from boards.states import ENDED, Ended, Phase
from campaigns import donations
from payments import ledger, staff
from payments.gateway import Session
from payments.ledger import Account
from payments.models import (
    Attempt,
    Checkout,
    LedgerTransaction,
    Line,
    Payment,
    StaffTask,
)
from payments.refunds import owe_late
from rally.kit import clock
from rally.kit.failpoints import failpoint
from rally.kit.retries import retrying

logger = logging.getLogger(__name__)


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
    hold = holds.locked(checkout.hold_id)
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
    """The order of an attempt, locked: the mutex of all its money."""
    return (
        Checkout.objects.select_for_update(no_key=True, of=("self",))
        .select_related("hold__organization")
        .get(pk=attempt.checkout_id)
    )


def _mark(attempt: Attempt, session: Session | None, status: str) -> None:
    values = {"status": status, "checked_at": clock.database_now()}
    if session is not None:
        values["session_id"] = session.id
    Attempt.objects.filter(pk=attempt.pk).update(**values)


def _paid(attempt: Attempt, checkout: Checkout, hold: Hold, session: Session) -> None:
    payment = Payment.objects.filter(attempt=attempt).first()
    if payment is not None and payment.status == Payment.Status.PAID:
        _note_fee(payment, checkout, session)
        return
    moment = clock.database_now(hold.organization.clock_offset_s)
    lines = list(checkout.lines.select_related("claim", "donation").order_by("pk"))
    hold = _hold_for(checkout, hold, lines)
    lost = _kept_or_lost(hold, lines)
    payment = _record_payment(payment, attempt, checkout, session, moment)
    _mark(attempt, session, Attempt.Status.COMPLETE)
    donations.confirm({line.donation_id: line.donation for line in lines}.values(), paid_at=moment)
    _post_capture(payment, checkout)
    if lost:
        owe_late(payment, checkout, lost, now=moment)
    kept = [line for line in lines if line not in lost]
    Checkout.objects.filter(pk=checkout.pk).update(
        status=_outcome(kept, lost), paid_at=moment, modified_at=clock.database_now()
    )
    announce("gift.paid", key=checkout.reference, organization_id=hold.organization_id,
             facts={"checkout": checkout.pk})  # fmt: skip
    if kept:
        phases.sell(hold)
    elif hold.phase in ENDED - {Phase.LOST}:
        phases.move(hold, Phase.LOST)
    _note_fee(payment, checkout, session)
    failpoint("before_settle_commit")


def _hold_for(checkout: Checkout, hold: Hold, lines: list[Line]) -> Hold:
    """The hold that this payment may sell, all of it: its own, or a new one.

    A payment that comes after the supporter had left may find the hold with other tiles in it,
    or being paid by another order; neither may be sold by this one.
    """
    if checkout.status == Checkout.Status.OPEN or hold.phase in ENDED:
        return hold
    live = {claim.tile_id: claim for claim in phases.live_claims(hold)}
    mine = [line for line in lines if line.claim and line.claim.tile_id in live]
    for line in mine:
        assert line.claim is not None
        claim = live[line.claim.tile_id]
        # Another order has paid for it already: a second payment for a tile buys nothing.
        line.claim = phases.lose(claim) if hold.phase == Phase.SOLD else claim
        line.save(update_fields=["claim"])
    if hold.phase == Phase.SOLD or (hold.phase == Phase.BROWSING and len(mine) == len(live)):
        return hold
    own = phases.split_off(hold, [line.claim for line in mine if line.claim])
    checkout.hold = own
    Checkout.objects.filter(pk=checkout.pk).update(hold=own)
    return own


def _outcome(kept: list[Line], lost: list[Line]) -> str:
    if not lost:
        return Checkout.Status.PAID
    return Checkout.Status.PARTLY_LOST if kept else Checkout.Status.LOST


def _kept_or_lost(hold: Hold, lines: list[Line]) -> list[Line]:
    """Claim again what a late payment's tiles lost; answers the lines that are gone.

    Each line then points at the claim that sells it. Tiles that are somebody else's by now
    stay theirs: the claim statement can't take them.
    """
    twice = {line.pk for line in lines if line.claim and line.claim.ended == Ended.LOST}
    ended = [
        line.claim
        for line in lines
        if line.claim and line.claim.ended_at is not None and line.pk not in twice
    ]
    if not ended and not twice:
        return []
    retaken = phases.retake(hold, ended)
    lost = []
    for line in lines:
        if line.claim is None or line.claim.ended_at is None:
            continue
        if line.claim_id in retaken:
            line.claim = retaken[line.claim_id]
            line.save(update_fields=["claim"])
        else:
            lost.append(line)
    return lost


def _record_payment(
    payment: Payment | None,
    attempt: Attempt,
    checkout: Checkout,
    session: Session,
    moment: dt.datetime,
) -> Payment:
    if payment is None:
        payment = Payment(
            checkout=checkout,
            attempt=attempt,
            account=attempt.account,
            payment_intent=session.payment_intent or session.id,
            amount_minor=session.amount_minor,
            currency=session.currency,
        )
    payment.status = Payment.Status.PAID
    payment.charge = session.charge
    payment.paid_at = moment
    payment.save()
    return payment


def _post_capture(payment: Payment, checkout: Checkout) -> None:
    ledger.post(
        reference=f"capture:{payment.pk}",
        kind=LedgerTransaction.Kind.CAPTURE,
        checkout=checkout,
        amounts={
            Account.PROVIDER: payment.amount_minor,
            Account.GIFTS: -checkout.net_minor,
            Account.COVER_FEES: -checkout.cover_minor,
        },
    )


def _note_fee(payment: Payment, checkout: Checkout, session: Session) -> None:
    """Stripe's real fee, once its balance transaction tells it."""
    if payment.fee_minor is not None or session.fee_minor is None:
        return
    payment.fee_minor = session.fee_minor
    payment.charge = payment.charge or session.charge
    payment.save(update_fields=["fee_minor", "charge"])
    ledger.post(
        reference=f"fee:{payment.pk}",
        kind=LedgerTransaction.Kind.FEE,
        checkout=checkout,
        amounts={Account.PROCESSOR_FEE: session.fee_minor, Account.PROVIDER: -session.fee_minor},
    )


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
    _mark(attempt, session, Attempt.Status.COMPLETE)
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
    """Nobody can pay this session any more: the tiles are free, and no mail is sent."""
    expired = Attempt.objects.filter(pk=attempt.pk, status__in=Attempt.UNRESOLVED).update(
        status=Attempt.Status.EXPIRED, checked_at=clock.database_now()
    )
    if not expired or checkout.status != Checkout.Status.OPEN:
        return
    Checkout.objects.filter(pk=checkout.pk).update(
        status=Checkout.Status.CLOSED, modified_at=clock.database_now()
    )
    if hold.phase == Phase.PAYING:
        phases.end(hold, Phase.EXPIRED, Ended.EXPIRED)
