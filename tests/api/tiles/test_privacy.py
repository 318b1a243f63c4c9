"""What the public sees of a supporter: what they chose, and never an e-mail address."""

import json
from typing import Any

import pytest
from django.db import connection

from accounts.models import Person
from boards.models import Board, Hold
from campaigns.models import Donation
from payments import gateway, settlement
from payments.models import Attempt
from tests.api import kit
from tests.api.conftest import Stripe
from tests.api.kit import Api

pytestmark = pytest.mark.django_db(transaction=True)


def buy(api: Api, board: Board, stripe: Stripe, number: int, **supporter: Any) -> None:
    """A tile paid and settled."""
    owner = kit.token()
    url = api.checkout(board, [number], owner, supporter=kit.JANE | supporter).json()["url"]
    stripe.complete(url)
    attempt = Attempt.objects.order_by("-pk").first()
    assert attempt is not None
    found = gateway.retrieve_session(attempt.account, attempt.session_id)
    assert settlement.settle(attempt, found) == ""


def shown(api: Api, board: Board, number: int) -> dict[str, Any]:
    slots = api.read(board).json()["board"]["slots"]
    found: dict[str, Any] = next(slot for slot in slots if slot["number"] == number)
    return found


@pytest.mark.parametrize(
    ("choice", "name"),
    [
        ({}, "Sample Supporter"),
        ({"displayAs": "name"}, "Sample Supporter"),
        ({"displayAs": "initial"}, "Sample S."),
        ({"displayAs": "anonymous"}, None),
        ({"name": "Zoë\u202e <b>🎈</b>  Ann"}, "Zoë <b>🎈</b> Ann"),
        (
            {"displayAs": None, "message": None, "imageUrl": None, "hideAmount": None},
            "Sample Supporter",
        ),
    ],
    ids=str,
)
def test_the_name_is_shown_as_chosen(
    choice: dict[str, Any], name: str | None, api: Api, board: Board, stripe: Stripe
) -> None:
    buy(api, board, stripe, 7, **choice)
    assert shown(api, board, 7)["supporterName"] == name


def test_a_hidden_amount_is_kept_as_a_wish(api: Api, board: Board, stripe: Stripe) -> None:
    """A tile's price is public whoever buys it; what the gift was is not told elsewhere."""
    buy(api, board, stripe, 7, hideAmount=True)
    assert Donation.objects.get().hide_amount is True
    assert shown(api, board, 7)["amountCents"] == 700


def test_message_and_picture_are_kept_and_not_shown(api: Api, board: Board, stripe: Stripe) -> None:
    picture = "https://pictures.example/never-fetched.png"
    buy(api, board, stripe, 7, message="Go team!\nAll of you.", imageUrl=picture)
    gift = Donation.objects.get()
    assert (gift.message, gift.image_url) == ("Go team!\nAll of you.", picture)
    body = api.read(board).content.decode()
    page = api.get(f"/b/{board.public_id}/").content.decode()
    assert picture not in body + page
    assert "Go team" not in body


def test_no_address_leaves_a_public_route(api: Api, board: Board, stripe: Stripe) -> None:
    owner = kit.token()
    buy(api, board, stripe, 7)
    answers = [
        api.read(board),
        api.reserve(board, [1, 2], owner),
        api.reserve(Board(public_id=board.public_id), [1], kit.token()),
        api.release(board, [2], owner),
        api.checkout(board, [1], owner),
        api.checkout(board, [1], owner, coverFees=True),
        api.checkout(board, [7], kit.token()),
        api.checkout(board, [1], owner, supporter={"name": "x", "email": "supporter@example"}),
        api.checkout(board, [1], owner, supporter={"name": "a@b.example", "email": "a@b.example"}),
        api.get("/api/healthz"),
        api.get("/api/nothing"),
        api.post("/api/stripe/webhook", {"email": "supporter@example.com"}),
    ]
    assert {answer.status_code for answer in answers} >= {200, 400, 404, 409}
    assert Person.objects.filter(email="supporter@example.com").exists()
    for answer in answers:
        assert "@" not in answer.content.decode()
        assert "@" not in json.dumps(dict(answer.headers))


def test_the_token_is_nowhere_in_the_database(api: Api, board: Board, stripe: Stripe) -> None:
    owner = kit.token()
    api.reserve(board, [1], owner)
    api.checkout(board, [1], owner)
    assert Hold.objects.exists()
    for model in kit.ROWS:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            assert owner not in str(cursor.fetchall())
