"""POST /api/checkout/session against the running simulator: paying, and why not now."""

import json
from typing import Any

import pytest
from pytest_django import Settings

from boards import reserving
from boards.models import Board, Claim, Hold
from boards.states import Kind, Phase
from payments.models import Attempt, Checkout
from tests.api import kit
from tests.api.conftest import Stripe
from tests.api.kit import Api, error

pytestmark = pytest.mark.django_db(transaction=True)


def params() -> dict[str, Any]:
    found: dict[str, Any] = Attempt.objects.get().params
    return found


def test_the_shape_is_the_documented_one(api: Api, board: Board, stripe: Stripe) -> None:
    owner = kit.token()
    api.reserve(board, [50, 1, 25], owner)
    answer = api.checkout(board, [1, 25, "slot50"], owner)
    assert answer.status_code == 200
    assert list(answer.json()) == ["url"]
    assert "/cs_test_" in answer.json()["url"]
    checkout = Checkout.objects.get()
    assert (checkout.total_minor, checkout.cover_minor) == (7600, 0)
    assert Hold.objects.get().phase == Phase.PAYING
    assert set(api.statuses(board).values()) == {"held", "available"}


def test_metadata_names_the_order_and_no_secret(api: Api, board: Board, stripe: Stripe) -> None:
    owner = kit.token()
    api.checkout(board, [1, 25, 50], owner)
    metadata = params()["metadata"]
    assert metadata["boardId"] == board.public_id
    assert metadata["slotNumbersCSV"] == "1,25,50"
    assert metadata["ownerToken"] == Hold.objects.get().reference
    assert owner not in json.dumps(params())


def test_the_cookie_is_enough(api: Api, board: Board, stripe: Stripe) -> None:
    api.reserve(board, [1, 25, 50])
    assert api.checkout(board, [1, 25, 50]).status_code == 200
    assert Hold.objects.get().phase == Phase.PAYING


def test_without_token_and_cookie_held_tiles_are_not_yours(
    api: Api, board: Board, stripe: Stripe
) -> None:
    api.reserve(board, [1, 25])
    before = kit.counts()
    found = error(Api().checkout(board, [1, 25, 50]), 409, "slot_unavailable")
    assert found["details"] == {"slotIds": [1, 25]}
    assert "ownerToken" in found["message"]
    assert kit.counts() == before


def test_with_a_token_nobody_is_told_about_tokens(api: Api, board: Board, stripe: Stripe) -> None:
    api.reserve(board, [1])
    found = error(Api().checkout(board, [1], kit.token()), 409, "slot_unavailable")
    assert "ownerToken" not in found["message"]


def test_the_token_in_the_body_wins_over_the_cookie(api: Api, board: Board, stripe: Stripe) -> None:
    one, two = kit.token(), kit.token()
    api.reserve(board, [1], one)
    api.reserve(board, [2], two)
    assert api.checkout(board, [1], one).status_code == 200
    assert api.checkout(board, [2], two).status_code == 200


def test_free_tiles_need_no_reserve_and_set_the_cookie(
    api: Api, board: Board, stripe: Stripe
) -> None:
    answer = api.checkout(board, [1, 2])
    assert answer.cookies["hold"]["httponly"] is True
    again = api.checkout(board, [1, 2])
    assert again.json() == answer.json()


def test_the_same_wish_gives_the_same_session(api: Api, board: Board, stripe: Stripe) -> None:
    owner = kit.token()
    urls = {api.checkout(board, n, owner).json()["url"] for n in ([1, 2], [2, 1], ["slot1", 2])}
    assert len(urls) == 1
    assert Attempt.objects.count() == Checkout.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [{"coverFees": True}, {"supporter": kit.JANE | {"name": "Jo"}}, {"slotIds": [1]},
     {"slotIds": [1, 2, 3]}, {"supporter": kit.JANE | {"hideAmount": True}}],
    ids=str,
)  # fmt: skip
def test_another_wish_while_one_is_open(
    other: dict[str, Any], api: Api, board: Board, stripe: Stripe
) -> None:
    owner = kit.token()
    api.checkout(board, [1, 2], owner)
    before = kit.counts()
    body = {"boardId": board.public_id, "slotIds": [1, 2], "supporter": kit.JANE,
            "ownerToken": owner} | other  # fmt: skip
    error(api.post("/api/checkout/session", body), 409, "checkout_open")
    assert kit.counts() == before


def test_while_paying_nothing_joins_and_nothing_is_let_go(
    api: Api, board: Board, stripe: Stripe
) -> None:
    owner = kit.token()
    api.checkout(board, [1], owner)
    error(api.reserve(board, [2], owner), 409, "checkout_open")
    assert api.release(board, [1], owner).json()["released"] == []
    again = api.reserve(board, [1], owner).json()["holds"][0]["expiresAt"]
    assert again == Hold.objects.get().expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert api.statuses(board)[1] == "held"


def test_tiles_held_besides_are_let_go(api: Api, board: Board, stripe: Stripe) -> None:
    owner = kit.token()
    api.reserve(board, [1, 2, 3], owner)
    assert api.checkout(board, [1, 4], owner).status_code == 200
    statuses = api.statuses(board)
    assert [statuses[n] for n in (1, 2, 3, 4)] == ["held", "available", "available", "held"]


def test_covering_the_fees_leaves_the_tiles_sum_net(api: Api, board: Board, stripe: Stripe) -> None:
    api.checkout(board, [100], coverFees=True)
    checkout = Checkout.objects.get()
    assert (checkout.net_minor, checkout.total_minor) == (10_000, 10_330)
    assert checkout.total_minor - round(checkout.total_minor * 0.029 + 30) >= 10_000


def test_the_buyers_prices_are_ignored(api: Api, board: Board, stripe: Stripe) -> None:
    api.checkout(board, [100], amountCents=1, currency="JPY", price=[{"slotId": 100, "cents": 1}])
    assert (Checkout.objects.get().total_minor, Checkout.objects.get().currency) == (10_000, "USD")


def test_a_lapsed_hold_is_taken_again_while_its_tiles_are_free(
    api: Api, board: Board, stripe: Stripe
) -> None:
    owner = kit.token()
    api.reserve(board, [1, 2], owner)
    kit.let_time_pass(board, 901)
    assert api.checkout(board, [1, 2], owner).status_code == 200


def test_a_lapsed_hold_whose_tiles_are_gone(api: Api, board: Board, stripe: Stripe) -> None:
    owner = kit.token()
    api.reserve(board, [1, 2], owner)
    kit.let_time_pass(board, 901)
    Api().reserve(board, [2])
    found = error(api.checkout(board, [1, 2], owner), 410, "hold_expired")
    assert found["details"] == {}
    assert api.statuses(board)[1] == "available"
    assert not Checkout.objects.exists()


def test_sold_tiles_can_not_be_paid_again(api: Api, board: Board, stripe: Stripe) -> None:
    reserving.take(board_id=board.pk, numbers=[1], kind=Kind.COMP)
    assert error(api.checkout(board, [1, 2]), 409, "slot_unavailable")["details"] == {
        "slotIds": [1]
    }


@pytest.mark.parametrize("kind", ["500_before", "429"])
def test_when_stripe_fails_the_hold_is_kept(
    kind: str, api: Api, board: Board, stripe: Stripe
) -> None:
    owner = kit.token()
    api.reserve(board, [1, 2], owner)
    stripe.fail(kind)
    answer = api.checkout(board, [1, 2], owner)
    error(answer, 503, "payments_unavailable")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert api.statuses(board)[1] == "held"
    assert Claim.objects.filter(ended_at=None).count() == 2
    stripe.heal()
    assert "/cs_test_" in api.checkout(board, [1, 2], owner).json()["url"]
    assert Attempt.objects.count() == 1


def test_when_stripe_is_down_the_hold_is_kept(
    api: Api, board: Board, stripe: Stripe, settings: Settings
) -> None:
    owner = kit.token()
    api.reserve(board, [1], owner)
    up, settings.STRIPE_API_BASE = stripe.url, "http://127.0.0.1:9"
    answer = api.checkout(board, [1], owner)
    error(answer, 503, "payments_unavailable")
    assert answer.headers["Retry-After"].isdigit()
    settings.STRIPE_API_BASE = up
    assert api.checkout(board, [1], owner).status_code == 200


def test_a_slow_stripe_gives_up_in_time(
    api: Api, board: Board, stripe: Stripe, settings: Settings
) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = 0.2
    settings.STRIPE_SECRET_KEY = "sk_test_slow"  # a client with that time-out
    stripe.fail("slow", seconds=20)
    error(api.checkout(board, [1], kit.token()), 503, "payments_unavailable")
    assert api.seconds < 5
    assert api.statuses(board)[1] == "held"


def test_an_answer_lost_on_its_way_makes_no_second_session(
    api: Api, board: Board, stripe: Stripe
) -> None:
    before = len(stripe.act("ledger", method="GET")["sessions"])
    stripe.fail("cut", times=2)
    assert api.checkout(board, [1], kit.token()).status_code == 200
    assert len(stripe.act("ledger", method="GET")["sessions"]) == before + 1


def test_a_session_that_was_made_though_stripe_said_500(
    api: Api, board: Board, stripe: Stripe
) -> None:
    """Stripe repeats a 500 under its key, so it is found by our reference instead."""
    owner = kit.token()
    before = len(stripe.act("ledger", method="GET")["sessions"])
    stripe.fail("500_after", times=1)
    assert "/cs_test_" in api.checkout(board, [1], owner).json()["url"]
    assert len(stripe.act("ledger", method="GET")["sessions"]) == before + 1
    assert Attempt.objects.count() == 1
