"""What doesn't fit the order exactly changes nothing but the list of what staff must see."""

from dataclasses import replace

import pytest

from payments.models import Attempt, StaffTask, StripeAccount, StripeEvent
from payments.settlement import settle
from tests.factories import make_board
from tests.payments.outside import Outside, deliver, order
from tests.payments.world import rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("amount_minor", 1), ("amount_minor", 301), ("currency", "EUR"), ("livemode", True),
        ("reference", "somebody-else"), ("reference", ""), ("id", "cs_test_other"),
    ],
)  # fmt: skip
def test_a_session_that_differs_sells_nothing(outside: Outside, what: str, value: object) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    session = replace(made.session(), **{what: value})
    before = rows(StaffTask)
    for _ in range(2):
        assert settle(made.attempt_now(), session) != ""
    assert rows(StaffTask) == before
    task = StaffTask.objects.get()
    assert task.kind == StaffTask.Kind.MISMATCH
    assert made.phase() == "paying"


def test_an_event_of_another_account_or_mode_is_parked(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    told = outside.events()[-1]
    before = rows(StaffTask, StripeEvent)
    for number, change in enumerate(({"livemode": True}, {"account": "acct_other"})):
        kept = deliver(told | {"id": f"evt_{number}"} | change)
        assert kept.parked == "wrong account or mode"
    assert rows(StaffTask, StripeEvent) == before
    assert StaffTask.objects.filter(kind="mismatch").count() == 2


def test_an_event_of_a_session_we_never_made_is_parked(outside: Outside) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    told = outside.events()[-1]
    foreign = {**told["data"]["object"], "id": "cs_test_foreign", "client_reference_id": "x"}
    before = rows(StaffTask, StripeEvent)
    kept = deliver(told | {"id": "evt_foreign", "data": {"object": foreign}})
    assert (kept.parked, StaffTask.objects.get().kind) == ("unmatched", "unmatched")
    assert rows(StaffTask, StripeEvent) == before


def test_metadata_is_never_believed(outside: Outside) -> None:
    board = make_board()
    made, other = order(board, [1]), order(board, [2], email="b@example.org")
    outside.pay(made)
    told = outside.events()[-1]
    told["data"]["object"]["metadata"] = other.attempt.params["metadata"]
    deliver(told)
    assert (made.phase(), other.phase()) == ("sold", "paying")


def test_a_reference_is_believed_only_while_the_session_s_id_is_unknown(outside: Outside) -> None:
    made = order(make_board(), [1])
    outside.pay(made)
    told = outside.events()[-1]
    told["data"]["object"]["id"] = "cs_test_forged"
    assert deliver(told).parked == "unmatched"
    assert made.phase() == "paying"


def test_one_account_row_for_an_organization_s_own_keys(outside: Outside) -> None:
    board = make_board()
    order(board, [1])
    order(board, [2], email="b@example.org")
    assert StripeAccount.objects.count() == 1
    assert set(Attempt.objects.values_list("account__model", flat=True)) == {"own"}
