"""Staff pay orders back: asked first, in whole, by tile or by amount, and once however often."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from boards.models import Claim
from payments import repaying
from payments.models import Checkout, Payment, Refund
from tests import secondstep
from tests.factories import make_board, make_user
from tests.payments.outside import Outside, order
from tests.payments.world import assert_sound

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])
LIST = reverse("admin:payments_checkout_changelist")


@pytest.fixture
def desk() -> Client:
    staff = make_user()
    staff.is_staff = staff.is_superuser = True
    staff.save()
    client = Client()
    secondstep.enter(client, staff)
    return client


@pytest.fixture
def paid(outside: Outside) -> Checkout:
    made = order(make_board(50), [7, 19, 50])
    outside.pay(made)
    made.settle()
    return Checkout.objects.get()


def ask(desk: Client, *orders: Checkout, **answers: str) -> str:
    data = {"action": "refund", "_selected_action": [one.pk for one in orders]} | answers
    return desk.post(LIST, data, follow=True).content.decode()


def sure(**answers: str) -> dict[str, str]:
    return {"confirm": "yes", "reason": "Asked by phone", "key": "k1"} | answers


def live() -> set[int]:
    return set(Claim.objects.filter(ended_at=None).values_list("number", flat=True))


def test_the_question_names_count_and_sum_and_does_nothing(desk: Client, paid: Checkout) -> None:
    page = ask(desk, paid)
    assert "Refund these orders?" in page
    assert "1 row" in page and "$76.00" in page
    assert not Refund.objects.exists()


def test_all_of_it(desk: Client, paid: Checkout) -> None:
    ask(desk, paid, **sure(reopen="on"))
    repaying.pay_due()
    assert Refund.objects.get().status == Refund.Status.SUCCEEDED
    assert Payment.objects.get().refunded_minor == 7_600
    assert live() == set()
    entry = AuditEntry.objects.get(verb="refund.requested")
    assert (entry.door, entry.facts["amount_minor"]) == ("admin", 7_600)
    assert_sound()


def test_one_tile_that_stays_off_sale(desk: Client, paid: Checkout) -> None:
    ask(desk, paid, **sure(tiles="19"))
    assert Refund.objects.get().amount_minor == 1_900
    assert live() == {7, 19, 50}


def test_an_amount(desk: Client, paid: Checkout) -> None:
    ask(desk, paid, **sure(amount="10.50", reopen="on"))
    assert Refund.objects.get().amount_minor == 1_050
    assert live() == {7, 19, 50}


def test_the_same_answer_twice_is_one_refund(desk: Client, paid: Checkout) -> None:
    for _ in range(2):
        ask(desk, paid, **sure(amount="10"))
    assert Refund.objects.count() == 1
    assert AuditEntry.objects.filter(verb="refund.requested").count() == 1


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"tiles": "8"}, "what is left to refund"),
        ({"tiles": "seven"}, "tile numbers with commas"),
        ({"amount": "0"}, "what is left to refund"),
        ({"amount": "-1"}, "what is left to refund"),
        ({"amount": "76.01"}, "what is left to refund"),
        ({"amount": "1.005"}, "no such fraction"),
        ({"amount": "NaN"}, "Enter a number"),
        ({"amount": "ten"}, "Enter a number"),
        ({"amount": "1", "tiles": "7"}, "not both"),
        ({"reason": " "}, "This field is required"),
    ],
)
def test_what_can_t_be_paid_back_is_said_and_nothing_happens(
    desk: Client, paid: Checkout, answers: dict[str, str], words: str
) -> None:
    assert words in ask(desk, paid, **sure(**answers))
    assert not Refund.objects.exists()
    assert live() == {7, 19, 50}


def test_an_order_of_which_nothing_was_paid(desk: Client, outside: Outside) -> None:
    order(make_board(), [1])
    assert "no card payment" in ask(desk, Checkout.objects.get(), **sure())
