"""Whose hold it is: the token in the body, the signed cookie, never a login, never a stranger."""

import pytest
from django.conf import settings as configured
from pytest_django import Settings

from accounts.models import User
from boards.models import Board, Hold
from tests.api import kit
from tests.api.kit import Api, error

pytestmark = pytest.mark.django_db
HERE = "http://testserver"


def bare(api: Api, board: Board, act: str, numbers: list[int], **headers: str):
    """A call without a token in its body."""
    return api.post(f"/api/boards/{board.public_id}/{act}", {"slotIds": numbers}, **headers)


def test_reserve_sets_a_cookie_that_scripts_and_other_sites_can_not_use(
    api: Api, board: Board
) -> None:
    answer = api.reserve(board, [1])
    cookie = answer.cookies["hold"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert (cookie["domain"], cookie["secure"]) == ("", "")
    assert list(answer.cookies) == ["hold"]


def test_on_https_the_cookie_is_bound_to_the_host(
    api: Api, board: Board, settings: Settings
) -> None:
    settings.HTTPS, settings.HOLD_COOKIE_NAME = True, "__Host-hold"
    cookie = api.reserve(board, [1]).cookies["__Host-hold"]
    assert cookie["secure"] is True
    assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_the_cookie_alone_says_whose_hold_it_is(api: Api, board: Board) -> None:
    api.reserve(board, [1, 2])
    assert bare(api, board, "reserve", [3]).status_code == 200
    assert Hold.objects.count() == 1
    assert bare(api, board, "release", [1, 2, 3]).json()["released"] == [1, 2, 3]


def test_the_token_in_the_body_wins_over_the_cookie(api: Api, board: Board) -> None:
    one, two = kit.token(), kit.token()
    api.reserve(board, [1], one)
    api.reserve(board, [2], two)
    assert api.release(board, [1, 2], one).json()["released"] == [1]


def test_without_token_and_cookie_nothing_can_be_held(api: Api, board: Board) -> None:
    before = kit.counts()
    found = error(bare(api, board, "reserve", [1]), 400, "invalid_request")
    assert found["details"] == {"field": "ownerToken"}
    assert kit.counts() == before


@pytest.mark.parametrize(
    "value", ["", "x", "a:b", "é", "A" * 30, "0" * 32 + ":sig", "\\", "x" * 9000]
)
def test_a_forged_cookie_is_no_cookie(value: str, api: Api, board: Board) -> None:
    api.reserve(board, [1])
    stranger = Api()
    stranger.client.cookies["hold"] = value
    assert bare(stranger, board, "release", [1]).json()["released"] == []
    error(bare(stranger, board, "reserve", [2]), 400, "invalid_request")


def test_a_cookie_signed_for_something_else_is_no_cookie(api: Api, board: Board) -> None:
    from_elsewhere = api.reserve(board, [1]).cookies["hold"].value
    stranger = Api()
    token, _, _ = from_elsewhere.partition(":")
    stranger.client.cookies["hold"] = f"{token}:{'A' * 43}"
    assert bare(stranger, board, "release", [1]).json()["released"] == []


FOREIGN = [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver:8000"}, {"Origin": "http://[::1"}, {"Origin": ""},
    {"Origin": "testserver"}, {"Sec-Fetch-Site": "cross-site"},
    {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
]  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("act", ["reserve", "release", "checkout"])
def test_a_page_of_another_site_can_not_use_the_hold(
    act: str, headers: dict[str, str], api: Api, board: Board
) -> None:
    api.reserve(board, [1])
    before = kit.counts()
    if act == "checkout":
        body = {"boardId": board.public_id, "slotIds": [1], "supporter": kit.JANE}
        answer = api.post("/api/checkout/session", body, **headers)
    else:
        answer = bare(api, board, act, [1], **headers)
    error(answer, 403, "forbidden")
    assert kit.counts() == before


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": HERE}, {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}], ids=str
)
def test_our_own_pages_need_no_csrf_token(headers: dict[str, str], api: Api, board: Board) -> None:
    api.reserve(board, [1])
    assert bare(api, board, "release", [1], **headers).json()["released"] == [1]


def test_another_site_may_bring_a_token_of_its_own(api: Api, board: Board) -> None:
    answer = api.reserve(board, [1], Origin="https://club.example")
    assert answer.status_code == 200


@pytest.mark.django_db(databases=["default", "cache"])
def test_a_login_is_ignored(api: Api, board: Board) -> None:
    user = User.objects.create_superuser("staff@example.com", "secret", name="Staff")
    api.client.force_login(user)
    assert configured.SESSION_COOKIE_NAME in api.client.cookies
    owner = kit.token()
    Api().reserve(board, [1], owner)
    assert bare(api, board, "release", [1]).json()["released"] == []
    error(bare(api, board, "reserve", [2]), 400, "invalid_request")
    assert Api().read(board).content == api.read(board).content
    answer = api.reserve(board, [3])
    assert configured.SESSION_COOKIE_NAME not in answer.cookies
    assert "Cookie" not in api.read(board).headers.get("Vary", "")


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer x", "Basic bm9jb2xvbg==", "Basic %%%", "Ünï"]
)
def test_credentials_are_ignored(value: str, api: Api, board: Board) -> None:
    assert api.read(board, Authorization=value).status_code == 200
    assert api.reserve(board, [1], Authorization=value).status_code == 200
