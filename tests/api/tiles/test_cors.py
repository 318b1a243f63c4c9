"""Pages of other sites: which routes they may call, and that no credentials go with it."""

import pytest

from boards.models import Board
from tests.api import kit
from tests.api.kit import Api

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
ELSEWHERE = {"Origin": "https://shop.example.com"}
OPEN = (
    ("GET", "/api/boards/{board}"),
    ("GET", "/api/boards/{board}/slots"),
    ("POST", "/api/boards/{board}/reserve"),
    ("POST", "/api/boards/{board}/release"),
    ("POST", "/api/checkout/session"),
)
CLOSED = (
    ("GET", "/api/campaigns"),
    ("POST", "/api/campaigns"),
    ("GET", "/api/campaigns/x/gifts"),
    ("GET", "/api/admin/join-requests"),
    ("POST", "/api/admin/gifts/x/refund"),
    ("POST", "/api/stripe/webhook"),
)


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_a_browser_may_ask_and_keeps_the_answer_ten_minutes(
    method: str, path: str, api: Api, board: Board
) -> None:
    headers = {**ELSEWHERE, "Access-Control-Request-Method": method}
    path = path.replace("{board}", board.public_id)
    answer = api.call("OPTIONS", path, headers=headers)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert method in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_the_answer_may_be_read_errors_too(method: str, path: str, api: Api, board: Board) -> None:
    path = path.replace("{board}", board.public_id)
    answer = api.call(method, path, {} if method == "POST" else None, headers=ELSEWHERE)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "RateLimit-Remaining" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_other_routes_are_closed_to_other_sites(method: str, path: str, api: Api) -> None:
    headers = {**ELSEWHERE, "Access-Control-Request-Method": method}
    for answer in (api.call("OPTIONS", path, headers=headers), api.call(method, path)):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_another_site_holds_and_pays_with_a_token_of_its_own(api: Api, board: Board) -> None:
    owner = kit.token()
    answer = api.reserve(
        board, [1], owner, Origin="https://shop.example.com", Sec_Fetch_Site="cross-site"
    )
    assert answer.status_code == 200
    assert api.statuses(board)[1] == "held"
