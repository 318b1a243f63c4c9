"""A campaign's book: one basket over several boards and campaigns is split to the cent."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from boards import tokens
from boards.models import Claim
from campaigns.models import Goal
from payments import books, refunds, repaying
from payments.books import Book
from payments.models import Attempt, Dispute, LedgerEntry, Line, Payment, Refund
from tests.factories import make_board, make_campaign, make_hold, make_member, make_team
from tests.payments.outside import Order, Outside, deliver, start
from tests.payments.world import assert_sound

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


class Basket:
    """Tiles 7 and 19 of one campaign and 3 of another, of the same organization, paid at once."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self.first = make_campaign()
        self.second = make_campaign(self.first.organization)
        self.member = make_member(self.second, make_team(self.second))
        here = make_board(50, campaign=self.first)
        there = make_board(5, campaign=self.second, member=self.member, goal=self.member.goal)
        token = tokens.new()
        make_hold(here, [7, 19], token)
        hold = make_hold(there, [3], token)
        url = start(hold, cover=True)
        attempt = Attempt.objects.select_related("account", "checkout").get(
            checkout__hold=hold, status=Attempt.Status.OPEN
        )
        self.order = Order(hold, url, token, attempt)
        outside.pay(self.order)
        self.order.settle()

    def hear(self) -> None:
        for event in self.outside.events("charge.dispute.*"):
            deliver(event)

    def books(self) -> tuple[Book, Book]:
        found = books.of(self.first.organization_id)
        assert set(found) == {self.first.pk, self.second.pk}
        one, two = found[self.first.pk], found[self.second.pk]
        held = LedgerEntry.objects.filter(account__in=books.HELD)
        # Whatever becomes of it, the parts add up to what the provider has.
        assert one.net + two.net == sum(held.values_list("amount_minor", flat=True))
        for book in (one, two):
            assert book.net == book.gross - book.fees - book.refunded - book.disputed - book.other
        return one, two

    def raised(self) -> dict[str, int]:
        goals = {"first": self.first, "second": self.second}
        found = {name: Goal.objects.get(campaign=one) for name, one in goals.items()}
        found["member"] = Goal.objects.get(member=self.member)
        found["team"] = Goal.objects.get(team=self.member.team)
        return {name: goal.raised_minor for name, goal in found.items()}


@pytest.fixture
def basket(outside: Outside) -> Basket:
    return Basket(outside)


def test_each_goal_gets_its_own_tiles(basket: Basket) -> None:
    assert basket.raised() == {"first": 2_600, "second": 300, "member": 300, "team": 300}
    one, two = basket.books()
    payment = Payment.objects.get()
    assert one.gross + two.gross == payment.amount_minor
    assert one.fees + two.fees == payment.fee_minor
    # Covered fees follow the tiles: 2,600 to 300.
    assert two.gross == pytest.approx(payment.amount_minor * 300 / 2_900, abs=1)
    assert (one.refunded, two.refunded, one.disputed, two.disputed) == (0, 0, 0, 0)
    assert_sound()


def test_a_dispute_is_split_like_the_payment(basket: Basket) -> None:
    before = basket.books()
    charge = Payment.objects.get().charge
    basket.outside.control(f"charges/{charge}/dispute", {"status": "needs_response"})
    basket.hear()
    dispute = Dispute.objects.get()
    one, two = basket.books()
    assert one.disputed + two.disputed == dispute.withdrawn_minor
    assert one.disputed == before[0].gross and two.disputed == before[1].gross
    assert basket.raised()["second"] == 300
    basket.outside.control(f"disputes/{dispute.dispute_id}/close", {"status": "lost"})
    basket.hear()
    assert basket.raised() == {"first": 0, "second": 0, "member": 0, "team": 0}
    assert sum(book.disputed for book in basket.books()) == dispute.withdrawn_minor
    assert Claim.objects.filter(ended_at=None).count() == 3
    basket.outside.control(f"disputes/{dispute.dispute_id}/update", {"status": "won"})
    basket.hear()
    assert basket.raised()["first"] == 2_600
    assert [book.disputed for book in basket.books()] == [0, 0]
    assert_sound()


def test_a_refund_of_one_gift_comes_off_that_goal_alone(basket: Basket) -> None:
    gift = basket.order.attempt.checkout.lines.get(claim__number=3).donation
    assert gift.goal == basket.member.goal
    refunds.request(gift=gift, by=SYSTEM)
    assert basket.raised() == {"first": 2_600, "second": 0, "member": 0, "team": 0}
    owed = basket.books()[1].owed
    assert owed > 300 and basket.books()[0].owed == 0
    repaying.pay_due()
    one, two = basket.books()
    assert (one.refunded, two.refunded) == (0, owed)
    assert owed == Payment.objects.get().refunded_minor
    assert (one.owed, two.owed, two.gross) == (0, 0, owed)


def test_only_what_came_in_since_is_added_up(outside: Outside) -> None:
    basket = Basket(outside)
    before = basket.books()
    with CaptureQueriesContext(connection) as asked:
        assert basket.books() == before
    assert not any("payments_line" in query["sql"] for query in asked)
    refunds.request(gift=Line.objects.order_by("pk").first().donation, by=SYSTEM)
    repaying.pay(Refund.objects.select_related("payment", "account").get())
    bit_by_bit = basket.books()
    assert bit_by_bit != before
    cache.clear()
    assert basket.books() == bit_by_bit


def test_another_ledger_than_was_added_up_is_read_anew(outside: Outside) -> None:
    basket = Basket(outside)
    good, key = basket.books(), f"books:1:{basket.first.organization_id}"
    until, count, reference, _found = cache.get(key)
    for wrong in ((until, count - 1, reference, {}), (until, count, "another", {})):
        cache.set(key, wrong)
        assert basket.books() == good
