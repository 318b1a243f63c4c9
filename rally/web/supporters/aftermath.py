"""What became of an order's money after it was paid: choices, refunds, the bank's questions.

Only for whoever holds the order; amounts and decisions are nobody else's business.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from boards.states import Ended
from payments import offers
from payments.models import Dispute, Line, Refund
from payments.orders import Order
from rally.kit import money
from rally.web import facts

WON, LOST = "won", "lost"
PENDING = (Refund.Status.DUE, Refund.Status.SENT)


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph of news: `kind` is good, warn or bad."""

    kind: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the order's sums."""

    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision the supporter can still make, and where."""

    amount: str
    until: str
    href: str


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the order's page adds to tiles and total."""

    choices: tuple[Choice, ...] = ()
    notes: tuple[Note, ...] = ()
    rows: tuple[Row, ...] = ()
    stays: str = ""
    returned: frozenset[int] = frozenset()
    gift_minor: int = 0


def of(order: Order, zone: str, now: dt.datetime) -> Aftermath:
    """Everything after the payments of one hold; empty while there was none."""
    refunds = list(
        Refund.objects.filter(payment__checkout__hold=order.hold)
        .exclude(status=Refund.Status.CANCELED)
        .select_related("payment")
        .order_by("pk")
    )
    waiting = [refund for refund in refunds if offers.is_open(refund, now)]
    decided = [refund for refund in refunds if refund not in waiting]
    disputes = Dispute.objects.filter(payment__checkout__hold=order.hold).order_by("pk")
    lines = _lines(order)
    mine = [r for r in refunds if order.checkout and r.payment.checkout_id == order.checkout.pk]
    return Aftermath(
        choices=tuple(_choice(refund, zone) for refund in waiting),
        notes=(*(went_back(refund, zone) for refund in decided), *_asked(disputes)),
        rows=tuple(_rows(lines, mine, waiting, order.currency)),
        stays="" if waiting else _stays(order, mine),
        returned=frozenset(
            line.claim.number for line in lines if line.claim and line.claim.ended == Ended.RETURNED
        ),
        gift_minor=sum(line.amount_minor for line in lines if line.kind == Line.Kind.GIFT),
    )


def _lines(order: Order) -> list[Line]:
    if order.checkout is None:
        return []
    return list(Line.objects.filter(checkout=order.checkout).select_related("claim"))


def _choice(refund: Refund, zone: str) -> Choice:
    return Choice(
        amount=money.format(refund.amount_minor, refund.currency),
        until=facts.moment(refund.not_before, zone) if refund.not_before else "",
        href=reverse("supporters:offer", args=[offers.link(refund)]),
    )


def went_back(refund: Refund, zone: str) -> Note:
    """One refund in plain words: on its way, there, or stuck."""
    amount = money.format(refund.amount_minor, refund.currency)
    if refund.status == Refund.Status.FAILED:
        words = _(
            "%(amount)s couldn't be sent back to your card. The organizers know and will find "
            "another way with you."
        )
        return Note("bad", "alert", words % {"amount": amount})
    if refund.status == Refund.Status.SUCCEEDED and refund.done_at:
        day = date_format(refund.done_at.astimezone(ZoneInfo(zone)), "DATE_FORMAT")
        words = _(
            "%(amount)s went back to your card on %(day)s. Banks need up to ten days to show it."
        )
        return Note("good", "tick", words % {"amount": amount, "day": day})
    words = _("%(amount)s goes back to your card. Banks need up to ten days to show it.")
    return Note("good", "bank", words % {"amount": amount})


def _asked(disputes: Iterable[Dispute]) -> Iterable[Note]:
    for dispute in disputes:
        amount = {"amount": money.format(dispute.amount_minor, dispute.currency)}
        if dispute.is_open:
            words = _(
                "Your bank is looking into this payment of %(amount)s because it was questioned. "
                "Nothing changes until it has decided. If that was a mistake, tell your bank."
            )
            yield Note("warn", "bank", words % amount)
        elif dispute.status == LOST:
            words = _(
                "Your bank took %(amount)s back for you, so it doesn't count as a gift any more."
            )
            yield Note("warn", "bank", words % amount)
        else:
            words = _("Your bank looked into this payment of %(amount)s. It stands as it was.")
            yield Note("good", "bank", words % amount)


def _rows(
    lines: list[Line], refunds: list[Refund], waiting: list[Refund], currency: str
) -> Iterable[Row]:
    """Plain gifts first, then what went back, is going back, or waits for a word."""
    gift = sum(line.amount_minor for line in lines if line.kind == Line.Kind.GIFT)
    done = [r for r in refunds if r.status == Refund.Status.SUCCEEDED]
    going = [r for r in refunds if r.status in PENDING and r not in waiting]
    sums = [
        (_("Plain gift"), "", gift),
        (_("Paid back"), "−", sum(r.amount_minor for r in done)),
        (_("On its way back"), "−", sum(r.amount_minor for r in going)),
        (_("Waiting for your choice"), "", sum(r.amount_minor for r in refunds if r in waiting)),
    ]
    for label, sign, amount in sums:
        if amount:
            yield Row(label, sign + money.format(amount, currency))


def _stays(order: Order, refunds: list[Refund]) -> str:
    """What is left of the total once everything owed has gone back."""
    back = sum(r.amount_minor for r in refunds if r.status != Refund.Status.FAILED)
    left = order.total_minor - back
    return money.format(left, order.currency) if back and left > 0 else ""
