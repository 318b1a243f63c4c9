"""Orders, tiles and refunds that are stuck, each told in plain words with its safe repair."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery

from boards import holds
from boards.models import Hold
from boards.states import ENDED, Phase
from payments import sessions
from payments.audit.debts import of_refunds
from payments.audit.problem import LATE, MOST, Problem, amount, of_hold
from payments.models import Attempt, Checkout, Payment
from rally.kit import clock

UNSURE = dt.timedelta(seconds=240)
LONG_PROCESSING = dt.timedelta(days=14)
AROUND = ("account", "checkout__hold__organization")


def of_orders(hold_id: int | None = None) -> Iterator[Problem]:
    """What is stuck of all orders, or of one hold."""
    for look in (_held, _unresolved, _open_for_nothing, _processing, of_refunds):
        yield from look(hold_id)


def _held(hold_id: int | None) -> Iterator[Problem]:
    """Holds whose time is over, and those that are being paid where nobody can pay."""
    unresolved = Attempt.objects.filter(
        checkout__hold=OuterRef("pk"), status__in=Attempt.UNRESOLVED
    )
    rows = Hold.objects.filter(phase__in=[Phase.BROWSING, Phase.PAYING]).filter(
        ~Exists(unresolved) | Q(phase=Phase.BROWSING)
    )
    rows = _told(of_hold(rows, "pk", hold_id), checkout__hold=OuterRef("pk"))
    oldest = rows.select_related("organization").order_by(F("expires_at").asc(nulls_first=True))
    for hold in oldest[: 5 * MOST]:
        now = hold.real + dt.timedelta(seconds=hold.organization.clock_offset_s)
        if hold.phase == Phase.PAYING:
            yield _dead(hold)
        elif hold.expires_at is not None and hold.expires_at <= now - LATE:
            yield _lapsed(hold)


def _dead(hold: Any) -> Problem:
    """Nobody can pay, and nothing will tell so."""
    return Problem(
        "paying_without_attempt", hold, hold.reference,
        "These tiles are being paid, but no payment page is open for them.",
        "Nobody can buy the tiles, and nobody is asked for money.",
        "Nothing: only Stripe's word ends a payment, and there is nothing left to ask about.",
        "Ask Stripe once more about the last attempt." if hold.last else
        "None that is safe: staff must declare the order dead, with a reason.",
        partial(_ask, hold.last) if hold.last else None,
        organization_id=hold.organization_id,
    )  # fmt: skip


def _lapsed(hold: Any) -> Problem:
    return Problem(
        "hold_lapsed", hold, hold.reference,
        "The time for these tiles is over, and no sweep has tidied them up.",
        "None: the tiles show as free and anybody can take them.",
        "The worker tidies up every half minute, so it seems not to run.",
        "End the hold.",
        partial(holds.expire, [hold.pk]),
        {"expired_at": hold.expires_at.isoformat()},
        hold.organization_id,
    )  # fmt: skip


def _unresolved(hold_id: int | None) -> Iterator[Problem]:
    """Attempts of unknown fate, and those past their session's end."""
    rows = Attempt.objects.filter(status__in=Attempt.UNRESOLVED).select_related(*AROUND)
    rows = of_hold(rows.annotate(real=clock.expression(None)), "checkout__hold", hold_id)
    for attempt in rows.order_by("created_at")[: 5 * MOST]:
        organization, real = attempt.checkout.hold.organization, attempt.real
        now = real + dt.timedelta(seconds=organization.clock_offset_s)
        unsure = attempt.status == Attempt.Status.CREATED and attempt.created_at < real - UNSURE
        if not unsure and attempt.expires_at > now - LATE:
            continue
        yield Problem(
            "attempt_unsure" if unsure else "attempt_overdue", attempt, attempt.reference,
            "We asked Stripe for a payment page and never learned whether it made one." if unsure
            else "The payment page has ended, and we don't know yet how.",
            "The tiles stay held. If somebody paid, the money is at Stripe and they are theirs.",
            "Every minute we ask Stripe again; as soon as it answers, this is settled.",
            "Ask Stripe now and settle what it says.",
            partial(sessions.resolve, attempt),
            {"status": attempt.status, "session": attempt.session_id},
            organization.pk,
        )  # fmt: skip


def _open_for_nothing(hold_id: int | None) -> Iterator[Problem]:
    rows = Checkout.objects.filter(status=Checkout.Status.OPEN, hold__phase__in=ENDED)
    rows = _told(of_hold(rows.select_related("hold"), "hold", hold_id), checkout=OuterRef("pk"))
    for checkout in rows[:MOST]:
        yield Problem(
            "order_without_hold", checkout, checkout.reference,
            f"The order is open, though its hold is {checkout.hold.phase}.",
            "Others may have the tiles by now. A payment that still comes is settled as late: "
            "free tiles are taken back, the rest of the money is owed back.",
            "If a payment page is open, its end closes the order.",
            "Ask Stripe about its payment page." if checkout.last else
            "None that is safe: staff must look.",
            partial(_ask, checkout.last) if checkout.last else None,
            {"phase": checkout.hold.phase},
            checkout.hold.organization_id,
        )  # fmt: skip


def _processing(hold_id: int | None) -> Iterator[Problem]:
    long_ago = clock.expression(None, -int(LONG_PROCESSING.total_seconds()))
    rows = Payment.objects.filter(status=Payment.Status.PROCESSING, created_at__lt=long_ago)
    rows = rows.select_related("checkout__hold")
    for payment in of_hold(rows, "checkout__hold", hold_id)[:MOST]:
        yield Problem(
            "processing_long", payment, payment.payment_intent,
            f"The bank has been working on this payment for more than "
            f"{LONG_PROCESSING.days} days.",
            "The tiles stay held; the money hasn't arrived.",
            "We ask Stripe every five minutes. The bank decides, and no clock of ours.",
            "Ask Stripe now and settle what it says." if payment.attempt_id else "",
            partial(_ask, payment.attempt_id) if payment.attempt_id else None,
            {"amount": amount(payment), "since": payment.created_at.isoformat()},
            payment.checkout.hold.organization_id,
        )  # fmt: skip


def _told(rows: Any, **attempts: Any) -> Any:
    """Rows with `last`, the key of the newest such attempt, and `real`, the database's clock:
    so that a page full of problems takes no statement for each."""
    newest = Attempt.objects.filter(**attempts).order_by("-pk").values("pk")[:1]
    return rows.annotate(last=Subquery(newest), real=clock.expression(None))


def _ask(attempt_id: int) -> None:
    """Ask Stripe about an attempt; what it has settled meanwhile is read first."""
    sessions.resolve(Attempt.objects.select_related(*AROUND).get(pk=attempt_id))
