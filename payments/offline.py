"""Tiles sold for cash, check or anything else that never passes Stripe.

Whoever runs a campaign may write down that they were given money; somebody with the right
counts it. Until then the tiles are sold and the money is promised: no ledger, no total.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actors import Actor
from accounts.models import Person
from accounts.outbox import announce
from accounts.rights import Right, require
from boards import phases, reserving
from boards.models import Board, Claim
from boards.states import Kind
from campaigns import donations
from campaigns.donations import Shown
from campaigns.models import Donation
from payments import ledger, supporters
from payments.ledger import Account
from payments.models import Checkout, LedgerTransaction, Line
from payments.supporters import Supporter
from rally.kit import clock, money, text
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.retries import retrying

BY_HAND = (
    Donation.PaymentType.CASH, Donation.PaymentType.CHECK,
    Donation.PaymentType.OFFLINE_CREDIT_CARD, Donation.PaymentType.OTHER,
)  # fmt: skip
MOST_MINOR = 10**11
OLDEST = dt.timedelta(days=366)


class NotPromised(DomainError):
    """Nothing is waiting to be counted here."""

    code = "conflict"
    sentence = gettext_lazy("This money was counted or taken back already.")


class NotOffline(DomainError):
    """The order was paid through Stripe."""

    code = "conflict"
    sentence = gettext_lazy("This was paid by card; refund it instead.")


@dataclass(frozen=True, slots=True)
class Entry:
    """What was given by hand: who, for which tiles, how much (minor units), how, and when.

    More than the tiles cost is a gift besides. The e-mail may be empty.
    """

    numbers: Sequence[int]
    name: str
    amount_minor: int
    paid_at: dt.datetime
    email: str = ""
    payment_type: str = Donation.PaymentType.CASH
    shown_as: str = Donation.ShownAs.NAME
    note: str = ""


def sell(
    *, board: Board, numbers: Sequence[int], person: Person, shown: Shown,
    payment_type: str = Donation.PaymentType.CASH, paid_at: dt.datetime | None = None,
) -> Checkout:  # fmt: skip
    """Sell tiles for money that somebody has in hand and vouches for.

    Raises TilesTaken and BadNumbers; then nothing was written.
    """
    moment = paid_at or clock.now()

    def work() -> Checkout:
        checkout, gift = _write(board, numbers, person, shown, payment_type, moment)
        donations.confirm([gift], paid_at=moment)
        _bank(checkout)
        return checkout

    return retrying(work)


def enter(
    board: Board, entry: Entry, by: Actor, *, counted: bool = False,
    now: dt.datetime | None = None,
) -> Checkout:  # fmt: skip
    """Write down money that was given by hand; the tiles are sold at once.

    `counted` says that somebody who may has counted it; else it waits for `confirm`. Raises
    Forbidden, InvalidInput naming the field, BadNumbers, TilesTaken; then nothing was written.
    """
    organization = board.campaign.organization
    require(by, Right.RUN_CAMPAIGNS, organization.pk, board.campaign_id)
    if counted:
        require(by, Right.REFUND, organization.pk, board.campaign_id)
    supporter = _checked(entry, board.currency, now or clock.now(organization.clock_offset_s))

    def work() -> Checkout:
        person = supporters.person_for(supporter, organization)
        checkout, gift = _write(
            board, entry.numbers, person, supporter.shown(), entry.payment_type, entry.paid_at,
            amount_minor=entry.amount_minor, counted=counted, note=entry.note,
        )  # fmt: skip
        if counted:
            donations.confirm([gift], paid_at=entry.paid_at)
            _bank(checkout)
        else:
            donations.promise(gift)
        _record("cash.entered", checkout, by, counted=counted, tiles=len(entry.numbers))
        return checkout

    return retrying(work)


def confirm(checkout: Checkout, by: Actor) -> None:
    """The money was counted: it is raised and banked. Raises Forbidden and NotPromised."""
    gift = _gift(checkout)
    require(by, Right.REFUND, gift.campaign.organization_id, gift.campaign_id)

    def work() -> None:
        order = _locked(checkout)
        if order.status != Checkout.Status.OPEN:
            raise NotPromised
        moment = order.paid_at or clock.now()
        Checkout.objects.filter(pk=order.pk).update(
            status=Checkout.Status.PAID, paid_at=moment, modified_at=clock.expression(None)
        )
        # Goals and ledger come before boards: the one order of locks.
        donations.verify(_gift(order), paid_at=moment)
        _bank(order)
        phases.touch(order.hold)
        _record("cash.confirmed", order, by)

    retrying(work)
    checkout.refresh_from_db()


def take_back(checkout: Checkout, by: Actor, *, reason: str) -> None:
    """The money never came, or was given back by hand: the tiles go on sale again.

    What was counted needs the right to refund. Raises Forbidden, NotOffline, NotPromised when
    it was taken back before, and InvalidInput without a reason.
    """
    gift = _gift(checkout)
    words = text.one_line(reason)
    if not text.is_visible(words):
        raise InvalidInput(_("Please say why, for your books."), field="reason")

    def work() -> None:
        order = _locked(checkout)
        counted = order.status == Checkout.Status.PAID
        right = Right.REFUND if counted else Right.RUN_CAMPAIGNS
        require(by, right, gift.campaign.organization_id, gift.campaign_id)
        if order.status not in {Checkout.Status.OPEN, Checkout.Status.PAID}:
            raise NotPromised
        Checkout.objects.filter(pk=order.pk).update(
            status=Checkout.Status.CLOSED, modified_at=clock.expression(None)
        )
        donations.void(_gift(order), words)
        if counted:
            _bank(order, sign=-1)
        live = list(phases.live_claims(order.hold))
        phases.put_back(order.hold, live, {claim.pk for claim in live})
        _record("cash.taken_back", order, by, counted=counted)

    retrying(work)
    checkout.refresh_from_db()


def _checked(entry: Entry, currency: str, now: dt.datetime) -> Supporter:
    """Raises InvalidInput naming the field."""
    if entry.payment_type not in BY_HAND:
        raise InvalidInput(_("Please say how it was paid."), field="payment_type")
    if not 0 < entry.amount_minor < MOST_MINOR or entry.amount_minor % money.step(currency):
        raise InvalidInput(
            _("Please give what you were handed: above zero, and below a billion."), field="amount"
        )
    if entry.paid_at > now:
        raise InvalidInput(_("That day is still to come."), field="paid_at")
    if entry.paid_at < now - OLDEST:
        raise InvalidInput(_("That's more than a year ago."), field="paid_at")
    return Supporter(
        name=supporters.clean_name(entry.name),
        email=supporters.clean_email(entry.email) if entry.email else "",
        display_as=supporters.clean_display_as(entry.shown_as),
    )


def _write(
    board: Board, numbers: Sequence[int], person: Person, shown: Shown, payment_type: str,
    moment: dt.datetime, *, amount_minor: int | None = None, counted: bool = True, note: str = "",
) -> tuple[Checkout, Donation]:  # fmt: skip
    """The claim, the order and its one gift, which counts for nothing yet."""
    hold = reserving.take(
        board_id=board.pk, numbers=numbers, kind=Kind.PROMISE, note=text.one_line(note)
    )
    claims = list(phases.live_claims(hold))
    cost = sum(claim.price_minor for claim in claims)
    net = cost if amount_minor is None else amount_minor
    if net < cost:
        raise InvalidInput(
            _("These tiles cost %(cost)s together, so that isn't enough.")
            % {"cost": money.format(cost, board.currency)},
            field="amount",
        )
    checkout = Checkout.objects.create(
        hold=hold, person=person, method=Checkout.Method.OFFLINE, currency=board.currency,
        status=Checkout.Status.PAID if counted else Checkout.Status.OPEN, net_minor=net,
        total_minor=net, paid_at=moment,
    )  # fmt: skip
    gift = donations.pledge(
        campaign_id=board.campaign_id, goal_id=board.goal_id, person=person, amount_minor=net,
        currency=board.currency, payment_type=payment_type, shown=shown, is_verified=counted,
    )  # fmt: skip
    lines = [_line(checkout, gift, claim, claim.price_minor) for claim in claims]
    if net > cost:
        lines.append(_line(checkout, gift, None, net - cost))
    Line.objects.bulk_create(lines)
    return checkout, gift


def _line(checkout: Checkout, gift: Donation, claim: Claim | None, amount_minor: int) -> Line:
    return Line(
        checkout=checkout, kind=Line.Kind.TILE if claim else Line.Kind.GIFT, claim=claim,
        goal_id=gift.goal_id, donation=gift, amount_minor=amount_minor,
    )  # fmt: skip


def _bank(checkout: Checkout, *, sign: int = 1) -> None:
    """Into the ledger, or with -1 out of it again."""
    amount = sign * checkout.net_minor
    ledger.post(
        reference=f"offline{'' if sign > 0 else '_back'}:{checkout.pk}",
        kind=LedgerTransaction.Kind.OFFLINE,
        checkout=checkout,
        amounts={Account.BANK: amount, Account.GIFTS: -amount},
    )
    if sign > 0:
        announce(
            "gift.counted", key=checkout.reference, facts={"checkout": checkout.pk},
            organization_id=checkout.hold.organization_id,
        )  # fmt: skip


def _locked(checkout: Checkout) -> Checkout:
    """The order and its hold, locked. Raises NotOffline."""
    order = (
        Checkout.objects.select_for_update(no_key=True, of=("self", "hold"))
        .select_related("hold__organization")
        .get(pk=checkout.pk)
    )
    if order.method != Checkout.Method.OFFLINE:
        raise NotOffline
    return order


def _gift(checkout: Checkout) -> Donation:
    """An offline order has one gift."""
    return Donation.objects.select_related("campaign").filter(
        pk__in=checkout.lines.values("donation")
    )[0]  # fmt: skip


def _record(verb: str, checkout: Checkout, by: Actor, **facts: object) -> None:
    audit.record(
        verb, about=checkout, by=by.user, door=by.door,
        organization_id=checkout.hold.organization_id, facts=dict(facts),
    )  # fmt: skip
