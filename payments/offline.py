"""Tiles sold for cash, check or anything else that never passes Stripe."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from accounts.models import Person
from boards import holds, phases
from boards.models import Board
from boards.states import Kind
from campaigns import donations
from campaigns.donations import Shown
from campaigns.models import Donation
from payments import ledger
from payments.ledger import Account
from payments.models import Checkout, LedgerTransaction, Line
from rally.kit import clock


def sell(
    *, board: Board, numbers: Sequence[int], person: Person, shown: Shown,
    payment_type: str = Donation.PaymentType.CASH, paid_at: dt.datetime | None = None,
) -> Checkout:  # fmt: skip
    """Sell tiles for money that somebody has in hand and vouches for.

    Raises TilesTaken and BadNumbers; then nothing was written.
    """
    moment = paid_at or clock.now()
    with transaction.atomic():
        hold = holds.take(board_id=board.pk, numbers=numbers, kind=Kind.PROMISE)
        claims = list(phases.live_claims(hold))
        net = sum(claim.price_minor for claim in claims)
        checkout = Checkout.objects.create(
            hold=hold, person=person, method=Checkout.Method.OFFLINE, currency=board.currency,
            status=Checkout.Status.PAID, net_minor=net, total_minor=net, paid_at=moment,
        )  # fmt: skip
        gift = donations.pledge(
            campaign_id=board.campaign_id, goal_id=board.goal_id, person=person,
            amount_minor=net, currency=board.currency, payment_type=payment_type, shown=shown,
        )  # fmt: skip
        Line.objects.bulk_create(
            Line(checkout=checkout, claim=claim, goal_id=board.goal_id, donation=gift,
                 amount_minor=claim.price_minor)
            for claim in claims
        )  # fmt: skip
        donations.confirm([gift], paid_at=moment)
        ledger.post(
            reference=f"offline:{checkout.pk}",
            kind=LedgerTransaction.Kind.OFFLINE,
            checkout=checkout,
            amounts={Account.BANK: net, Account.GIFTS: -net},
        )
        return checkout
