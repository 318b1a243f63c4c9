"""A campaign is cancelled, and what was paid is kept or owed back: all of it, bit by bit.

The decision is one row, written with the cancelling itself. A task then owes each gift back by
the same verb as a single refund; it may stop anywhere and goes on where it stopped, because a
gift's refund has one key for ever. Nothing here waits for Stripe: `repaying` sends.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from accounts.actors import SYSTEM, Actor
from accounts.rights import Right, require
from boards import building, opening
from campaigns import lifecycle
from campaigns.editing import locked
from campaigns.models import Campaign, Donation
from payments import refunds, staff
from payments.errors import NotRefundable, RefundExceeds, RefundLocked
from payments.models import Checkout, Closing, Line, Payment, Refund, RefundLine, StaffTask
from rally.kit import clock, ids
from rally.kit.retries import retrying
from rally.kit.wakeups import wake

TASK = "payments.tasks.close_campaigns"
BATCH = 100
# Payments that were under way when it was cancelled come in for hours, by bank for days.
WATCHED = dt.timedelta(days=90)
Method = Checkout.Method


@dataclass(frozen=True, slots=True)
class Tally:
    """What cancelling is about. Amounts in minor units; cash can't be sent back by Stripe."""

    card_gifts: int
    card_tiles: int
    card_minor: int
    hand_gifts: int
    hand_minor: int
    in_payment: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the refunds of a cancelled campaign have come. Amounts in minor units."""

    closing: Closing
    owed: int
    owed_minor: int
    sent_back: int
    waiting: int
    stuck: int


def tally(campaign: Campaign) -> Tally:
    """Counted now, shown before anybody decides."""
    paid, back = _paid(campaign), _back(campaign)
    card, hand = (paid.get(method, {}) for method in (Method.STRIPE, Method.OFFLINE))
    return Tally(
        card_gifts=card.get("gifts", 0), card_tiles=card.get("tiles", 0),
        card_minor=card.get("minor", 0) - back.get(Method.STRIPE, 0),
        hand_gifts=hand.get("gifts", 0),
        hand_minor=hand.get("minor", 0) - back.get(Method.OFFLINE, 0),
        in_payment=opening.in_payment(campaign),
    )  # fmt: skip


def cancel(
    campaign: Campaign, by: Actor, *, refund: bool, now: dt.datetime | None = None
) -> Closing:
    """End a campaign that shouldn't have been, and decide about its money in the same breath.

    Keeping can be turned into refunding later, never the reverse. Raises Forbidden (refunding
    needs its own right) and WrongStatus.
    """
    organization_id = campaign.organization_id
    require(by, Right.RUN_CAMPAIGNS, organization_id, campaign.pk)
    if refund:
        require(by, Right.REFUND, organization_id, campaign.pk)

    def work() -> Closing:
        row = locked(campaign.pk)
        moment = now or clock.now(row.organization.clock_offset_s)
        if lifecycle.go(row, "cancel", by, moment):
            building.follow_campaign(row)
        counted = tally(row)
        closing, made = Closing.objects.get_or_create(
            campaign=row, defaults={"refund": refund, "decided_by": by.user}
        )
        if refund and (made or not closing.refund):
            closing.refund, closing.decided_by = True, by.user
            closing.gifts, closing.amount_minor = counted.card_gifts, counted.card_minor
            closing.save()
            wake(TASK)
        return closing

    closing = retrying(work)
    campaign.refresh_from_db()
    return closing


def progress(campaign: Campaign) -> Progress | None:
    """What a cancelled campaign's page says about its refunds; None without any decided."""
    closing = Closing.objects.filter(campaign=campaign).first()
    if closing is None:
        return None
    made = Refund.objects.filter(
        reason=Refund.Reason.CANCELLED, lines__line__donation__campaign=campaign
    ).exclude(status=Refund.Status.CANCELED).distinct()  # fmt: skip
    amounts = list(made.values_list("amount_minor", "status"))
    done = [amount for amount, status in amounts if status == Refund.Status.SUCCEEDED]
    waiting = _left(closing).count() if closing.refund else 0
    return Progress(
        closing=closing, owed=len(amounts), owed_minor=sum(amount for amount, _s in amounts),
        sent_back=len(done), waiting=waiting, stuck=len(closing.stuck),
    )  # fmt: skip


def work_off_all(now: dt.datetime | None = None) -> int:
    """A batch for every cancelled campaign whose money goes back; how many gifts were owed."""
    since = (now or clock.database_now()) - WATCHED
    open_ones = Closing.objects.filter(refund=True).filter(
        Q(finished_at=None) | Q(decided_at__gt=since)
    )
    return sum(work_off(closing) for closing in open_ones.order_by("pk"))


def work_off(closing: Closing, batch: int = BATCH) -> int:
    """Owe the next gifts back; answers how many. Safe to run twice at once, and after a crash."""
    done = 0
    gifts = list(_left(closing).select_related("campaign").order_by("pk")[:batch])
    for gift in gifts:
        done += _owe(closing, gift)
    if len(gifts) == batch:
        wake(TASK)
    elif not opening.in_payment(closing.campaign):
        Closing.objects.filter(pk=closing.pk, finished_at=None).update(
            finished_at=clock.database_now()
        )
    return done


def _owe(closing: Closing, gift: Donation) -> bool:
    try:
        refunds.request(
            gift=gift, by=SYSTEM, reason=Refund.Reason.CANCELLED,
            request_key=ids.digest(f"closing:{closing.pk}:{gift.pk}"),
        )  # fmt: skip
        return True
    except (NotRefundable, RefundExceeds, RefundLocked) as why:
        _set_aside(closing, gift, why.code)
        return False


def _set_aside(closing: Closing, gift: Donation, why: str) -> None:
    """A bank decides about it, or nothing is left of it: somebody must look."""

    def work() -> None:
        row = Closing.objects.select_for_update(no_key=True, of=("self",)).get(pk=closing.pk)
        if gift.pk not in row.stuck:
            row.stuck = [*row.stuck, gift.pk]
            row.save(update_fields=["stuck"])
        staff.ask(
            StaffTask.Kind.FAILED_REFUND, key=f"closing:{gift.pk}", about=gift,
            organization_id=gift.campaign.organization_id, facts={"why": why},
        )  # fmt: skip

    retrying(work)


def _left(closing: Closing) -> QuerySet[Donation]:
    """Gifts by card that still count and that this closing hasn't owed back yet."""
    paid = Payment.objects.filter(
        checkout__lines__donation=OuterRef("pk"), status=Payment.Status.PAID
    )
    owed = RefundLine.objects.filter(
        line__donation=OuterRef("pk"), refund__reason=Refund.Reason.CANCELLED
    )
    stuck = Closing.objects.values_list("stuck", flat=True).get(pk=closing.pk)
    counting = Donation.objects.filter(
        campaign=closing.campaign_id, status=Donation.Status.CONFIRMED
    ).exclude(pk__in=stuck)
    return counting.filter(Exists(paid)).exclude(Exists(owed))


LEFT = {
    "donation__status": Donation.Status.CONFIRMED,
    "checkout__status__in": Checkout.PAID_STATUSES,
}


def _paid(campaign: Campaign) -> dict[str, dict[str, Any]]:
    """Gifts, tiles and sums with covered fees, by how they were paid."""
    rows = Line.objects.filter(donation__campaign=campaign, **LEFT).values("checkout__method")
    found = rows.annotate(
        gifts=Count("donation", distinct=True),
        tiles=Count("claim", filter=Q(claim__ended_at=None)),
        minor=Sum(F("amount_minor") + F("fee_share_minor")),
    )
    return {row["checkout__method"]: dict(row) for row in found}


def _back(campaign: Campaign) -> dict[str, int]:
    """What of that went back or will, by how it was paid."""
    counting = {f"line__{name}": value for name, value in LEFT.items()}
    rows = RefundLine.objects.filter(line__donation__campaign=campaign, **counting)
    found = rows.exclude(refund__status=Refund.Status.CANCELED).values("line__checkout__method")
    sums = found.annotate(minor=Sum(F("amount_minor") + F("fee_share_minor")))
    return {row["line__checkout__method"]: row["minor"] for row in sums}
