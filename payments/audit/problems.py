"""Orders, tiles and refunds that are stuck, each told in plain words with its safe repair."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q

from boards import holds
from boards.models import Hold
from boards.states import ENDED, Phase
from payments import repaying, sessions
from payments.models import Attempt, Checkout, Payment, Refund
from rally.kit import clock, money

MOST = 100
UNSURE = dt.timedelta(seconds=240)
LATE = dt.timedelta(minutes=5)
LONG_PROCESSING = dt.timedelta(days=14)
OFFSET = "checkout__hold__organization__clock_offset_s"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that waits longer than it should. `act` is the repair, where one is safe."""

    kind: str
    about: Model | None
    reference: str
    what: str
    means: str
    by_itself: str
    repair: str = ""
    act: Callable[[], object] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    organization_id: int | None = None

    @property
    def object_type(self) -> str:
        """The model's label; empty for what is no row."""
        return self.about._meta.label_lower if self.about else ""

    @property
    def object_id(self) -> str:
        """The row's key as text."""
        return str(self.about.pk) if self.about else ""

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        words = {name: getattr(self, name) for name in ("what", "means", "by_itself", "repair")}
        where = {"object_type": self.object_type, "object_id": self.object_id}
        facts = {"facts": self.facts, "repairable": self.act is not None}
        return {"problem": self.kind, **where, "reference": self.reference, **words, **facts}


def of_orders(hold_id: int | None = None) -> Iterator[Problem]:
    """What is stuck of all orders, or of one hold."""
    for look in (_dead, _unresolved, _open_for_nothing, _processing, _refunds, _lapsed):
        yield from look(hold_id)


def _dead(hold_id: int | None) -> Iterator[Problem]:
    """Nobody can pay, and nothing will tell so."""
    unresolved = Attempt.objects.filter(
        checkout__hold=OuterRef("pk"), status__in=Attempt.UNRESOLVED
    )
    rows = _of(Hold.objects.filter(~Exists(unresolved), phase=Phase.PAYING), "pk", hold_id)
    for hold in rows[:MOST]:
        last = _attempts().filter(checkout__hold=hold).order_by("-pk").first()
        yield Problem(
            "paying_without_attempt", hold, hold.reference,
            "These tiles are being paid, but no payment page is open for them.",
            "Nobody can buy the tiles, and nobody is asked for money.",
            "Nothing: only Stripe's word ends a payment, and there is nothing left to ask about.",
            "Ask Stripe once more about the last attempt." if last else
            "None that is safe: staff must declare the order dead, with a reason.",
            partial(sessions.resolve, last) if last else None,
            organization_id=hold.organization_id,
        )  # fmt: skip


def _unresolved(hold_id: int | None) -> Iterator[Problem]:
    """Attempts of unknown fate, and those past their session's end."""
    rows = _of(_attempts().filter(status__in=Attempt.UNRESOLVED), "checkout__hold", hold_id)
    real = clock.database_now()
    for attempt in rows.order_by("created_at")[: 5 * MOST]:
        organization = attempt.checkout.hold.organization
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
    for checkout in _of(rows.select_related("hold"), "hold", hold_id)[:MOST]:
        attempt = _attempts().filter(checkout=checkout).order_by("-pk").first()
        yield Problem(
            "order_without_hold", checkout, checkout.reference,
            f"The order is open, though its hold is {checkout.hold.phase}.",
            "Others may have the tiles by now. A payment that still comes is settled as late: "
            "free tiles are taken back, the rest of the money is owed back.",
            "If a payment page is open, its end closes the order.",
            "Ask Stripe about its payment page." if attempt else
            "None that is safe: staff must look.",
            partial(sessions.resolve, attempt) if attempt else None,
            {"phase": checkout.hold.phase},
            checkout.hold.organization_id,
        )  # fmt: skip


def _processing(hold_id: int | None) -> Iterator[Problem]:
    long_ago = clock.database_now() - LONG_PROCESSING
    rows = Payment.objects.filter(status=Payment.Status.PROCESSING, created_at__lt=long_ago)
    rows = rows.select_related("checkout__hold")
    for payment in _of(rows, "checkout__hold", hold_id)[:MOST]:
        attempt = _attempts().filter(pk=payment.attempt_id).first()
        yield Problem(
            "processing_long", payment, payment.payment_intent,
            f"The bank has been working on this payment for more than "
            f"{LONG_PROCESSING.days} days.",
            "The tiles stay held; the money hasn't arrived.",
            "We ask Stripe every five minutes. The bank decides, and no clock of ours.",
            "Ask Stripe now and settle what it says." if attempt else "",
            partial(sessions.resolve, attempt) if attempt else None,
            {"amount": _amount(payment), "since": payment.created_at.isoformat()},
            payment.checkout.hold.organization_id,
        )  # fmt: skip


def _refunds(hold_id: int | None) -> Iterator[Problem]:
    """Debts that should have been paid by now."""
    real = clock.database_now()
    open_ones = [Refund.Status.DUE, Refund.Status.SENT, Refund.Status.FAILED]
    rows = Refund.objects.filter(status__in=open_ones).filter(
        ~Q(status=Refund.Status.SENT) | Q(refund_id="")
    )
    rows = rows.select_related("account__organization", "payment__account").order_by(
        F("not_before").asc(nulls_first=True), "pk"
    )
    for refund in _of(rows, "payment__checkout__hold", hold_id)[: 5 * MOST]:
        offset = dt.timedelta(seconds=refund.account.organization.clock_offset_s)
        told = _words_for(refund, real, real + offset)
        if told is None:
            continue
        kind, what, by_itself, repair = told
        yield Problem(
            kind, refund, refund.reference, what,
            f"{_amount(refund)} is owed to the supporter and counts for no goal any more.",
            by_itself, repair,
            partial(repaying.pay, refund) if refund.status != Refund.Status.FAILED else None,
            {"amount_minor": refund.amount_minor, "tries": refund.tries, "note": refund.note},
            refund.account.organization_id,
        )  # fmt: skip


def _words_for(
    refund: Refund, real: dt.datetime, theirs: dt.datetime
) -> tuple[str, str, str, str] | None:
    """Kind, what it is, what happens by itself, the repair; None while it is in time."""
    if refund.status == Refund.Status.FAILED:
        return ("refund_failed", "Stripe or the bank refused this refund.",
                "Nothing: the same refund would fail again.",
                "None from here: staff can try it again, or pay it back another way.")  # fmt: skip
    if refund.status == Refund.Status.SENT:
        if refund.sent_at is None or refund.sent_at > real - LATE:
            return None
        return ("refund_unanswered", "We asked Stripe for this refund and got no answer.",
                "It is sent again under the same key every minute, so it can't be paid twice.",
                "Send it again under the same key.")  # fmt: skip
    due = refund.not_before or refund.created_at + (theirs - real)
    if due > theirs - LATE:
        return None
    return ("refund_due", "This refund is due and hasn't been sent.",
            "It is sent within a minute while the worker runs and Stripe answers.",
            "Send it now.")  # fmt: skip


def _lapsed(hold_id: int | None) -> Iterator[Problem]:
    rows = _of(Hold.objects.filter(phase=Phase.BROWSING), "pk", hold_id)
    real = clock.database_now()
    for hold in rows.select_related("organization").order_by("expires_at")[: 5 * MOST]:
        now = real + dt.timedelta(seconds=hold.organization.clock_offset_s)
        if hold.expires_at is None or hold.expires_at > now - LATE:
            continue
        yield Problem(
            "hold_lapsed", hold, hold.reference,
            "The time for these tiles is over, and no sweep has tidied them up.",
            "None: the tiles show as free and anybody can take them.",
            "The worker tidies up every half minute, so it seems not to run.",
            "End the hold.",
            partial(holds.expire, [hold.pk]),
            {"expired_at": hold.expires_at.isoformat()},
            hold.organization_id,
        )  # fmt: skip


def _attempts() -> Any:
    return Attempt.objects.select_related("account", "checkout__hold__organization")


def _of(rows: Any, path: str, hold_id: int | None) -> Any:
    """Those of one hold, or all."""
    return rows if hold_id is None else rows.filter(**{path: hold_id})


def _amount(row: Payment | Refund) -> str:
    return money.format(row.amount_minor, row.currency)
