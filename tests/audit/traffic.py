"""A database full of what happens: every verb that moves money or tiles, on a real simulator."""

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from accounts.actors import SYSTEM
from boards import holds, reserving, tokens
from boards.models import Board, Hold
from boards.states import Kind
from campaigns.models import Donation
from payments import checkouts, offers, offline, reconciliation, refunds, repaying, tasks
from payments.models import Attempt, Dispute, Payment, Refund
from payments.offline import Entry
from rally.demo import build
from rally.dispatch import outbox
from rally.kit import clock
from tests.factories import (
    make_board,
    make_campaign,
    make_hold,
    make_member,
    make_organization,
    make_sale,
    make_series,
    make_team,
)
from tests.payments.outside import Order, Outside, deliver, order, start
from tests.payments.test_late import given_up

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Traffic:
    """What was made, by name, for tests that break one thing of it."""

    board: Board
    orders: dict[str, Order] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def payment(self, name: str) -> Payment:
        return Payment.objects.get(attempt=self.orders[name].attempt)

    def refund(self, name: str) -> Refund:
        return Refund.objects.filter(payment=self.payment(name)).latest("pk")

    def gift(self, name: str) -> Donation:
        return Donation.objects.filter(
            pk__in=self.orders[name].attempt.checkout.lines.values("donation")
        ).get()


def stripe(outside: Outside, path: str, **form: Any) -> Any:
    """What somebody does in Stripe's dashboard, or a list read from there."""
    data = urllib.parse.urlencode(form).encode() if form else None
    headers = {"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"}
    request = urllib.request.Request(f"{outside.url}/v1/{path}", data, headers)
    with _opener.open(request, timeout=10) as reply:
        return json.load(reply)


def catch_up(outside: Outside, made: Traffic) -> None:
    """Everything Stripe told since, delivered; what is due, sent; what happened, mailed."""
    told = stripe(outside, "events?limit=100")["data"][::-1]
    for event in told:
        if event["id"] not in made.seen:
            made.seen.add(event["id"])
            deliver(event)
    tasks.sweep_events()
    outbox.drain()


@contextmanager
def without_limits() -> Iterator[None]:
    before, settings.RALLY_LIMITS = settings.RALLY_LIMITS, False
    yield
    settings.RALLY_LIMITS = before


def build_all(outside: Outside) -> Traffic:
    """The demo, an offline sale, and an order in every state there is."""
    build.ensure()
    organization = make_organization()
    campaign = make_campaign(organization, series=make_series(organization))
    member = make_member(campaign, make_team(campaign))
    board = make_board(60, campaign=campaign, goal=member.goal, member=member)
    made = Traffic(board)
    with without_limits():
        _unpaid(outside, made)
        _paid(outside, made)
        _refunded(outside, made)
        _disputed(outside, made)
        _late(outside, made)
    make_sale(board, [1, 2])
    offline.enter(board, Entry([58], "Placeholder", 5_800, clock.now()), SYSTEM)
    reserving.take(board_id=board.pk, numbers=[60], kind=Kind.BLOCK)
    deliver(_forged())
    catch_up(outside, made)
    reconciliation.run()
    return made


def _pay(outside: Outside, made: Traffic, name: str, numbers: list[int], **more: Any) -> Order:
    made.orders[name] = one = order(made.board, numbers, **more)
    outside.pay(one)
    catch_up(outside, made)
    return one


def _unpaid(outside: Outside, made: Traffic) -> None:
    made.orders["paying"] = order(made.board, [3, 4])
    checkouts.leave(hold=order(made.board, [5]).hold)
    make_hold(made.board, [6])
    token = tokens.new()
    make_hold(made.board, [7, 8], token)
    holds.release(board_id=made.board.pk, numbers=[7, 8], token=token)
    made.orders["processing"] = waiting = order(made.board, [9])
    outside.pay(waiting, "processing")
    refused = order(made.board, [10])
    outside.pay(refused, "processing")
    outside.bank(refused, "failed")


def _paid(outside: Outside, made: Traffic) -> None:
    _pay(outside, made, "paid", [11, 12, 13], cover=True)
    elsewhere = make_board(5, campaign=made.board.campaign)
    token = tokens.new()
    make_hold(made.board, [14], token)
    hold = make_hold(elsewhere, [2], token)
    made.orders["two boards"] = _order_of(hold, token)
    outside.pay(made.orders["two boards"])


def _order_of(hold: Hold, token: str) -> Order:
    url = start(hold)
    attempt = Attempt.objects.select_related("account", "checkout").get(
        checkout__hold=hold, status=Attempt.Status.OPEN
    )
    return Order(hold, url, token, attempt)


def _refunded(outside: Outside, made: Traffic) -> None:
    _pay(outside, made, "refunded", [15, 16], cover=True)
    refunds.request(gift=made.gift("refunded"), by=SYSTEM)
    _pay(outside, made, "by tile", [17, 18])
    refunds.request(gift=made.gift("by tile"), by=SYSTEM, numbers=[17])
    _pay(outside, made, "in part", [19], cover=True)
    refunds.request(gift=made.gift("in part"), by=SYSTEM, amount_minor=777)
    _pay(outside, made, "kept", [20])
    refunds.request(gift=made.gift("kept"), by=SYSTEM, reopen=False)
    repaying.pay_due()
    for name, number, outcome in (("pending", 21, ""), ("failed", 22, "failed")):
        _pay(outside, made, name, [number])
        outside.control("refunds/next", {"status": "pending"})
        refunds.request(gift=made.gift(name), by=SYSTEM, amount_minor=500)
        repaying.pay_due()
        if outcome:
            refund_id = made.refund(name).refund_id
            outside.control(f"refunds/{refund_id}/settle", {"outcome": outcome})
    _pay(outside, made, "dashboard", [23])
    intent = made.payment("dashboard").payment_intent
    stripe(outside, "refunds", payment_intent=intent, amount=900)
    catch_up(outside, made)


def _disputed(outside: Outside, made: Traffic) -> None:
    for number, status in ((24, ""), (25, "lost"), (26, "won")):
        name = f"disputed {status}".strip()
        _pay(outside, made, name, [number], cover=True)
        body = {"reason": "fraudulent", "status": "needs_response"}
        outside.control(f"charges/{made.payment(name).charge}/dispute", body)
        catch_up(outside, made)
        if status:
            dispute = Dispute.objects.get(payment=made.payment(name))
            outside.control(f"disputes/{dispute.dispute_id}/close", {"status": status})
            catch_up(outside, made)


def _late(outside: Outside, made: Traffic) -> None:
    for name, number, what in (("late", 27, ""), ("late gift", 29, "gift"), ("late tile", 31, "")):
        made.orders[name] = late = given_up(outside, made.board, [number, number + 1], cover=True)
        make_hold(made.board, [number])
        catch_up(outside, made)
        assert late.phase() == "sold"
        if what:
            _choose(made.refund(name), offers.Choice(what))
    _choose(made.refund("late tile"), offers.Choice(offers.TILE, 15))
    made.orders["all lost"] = given_up(outside, made.board, [33])
    make_hold(made.board, [33])
    catch_up(outside, made)


def _choose(refund: Refund, choice: offers.Choice) -> None:
    line = refund.lines.get().line
    offers.choose(offers.link(refund), {line.pk: choice})


def _forged() -> dict[str, Any]:
    return {
        "id": "evt_nobodys", "object": "event", "account": "acct_somebody", "livemode": False,
        "type": "checkout.session.completed", "api_version": "2026-01-01",
        "data": {"object": {"id": "cs_nobodys", "client_reference_id": "nothing"}},
    }  # fmt: skip
