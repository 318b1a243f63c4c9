"""Reserve and release: exact shapes, all or nothing, whose hold it is."""

import re

import pytest
from django.db import models
from pytest_django import Settings

from boards import reserving
from boards.models import Board, Claim, Hold
from boards.states import Kind, Phase
from tests.api import kit
from tests.api.kit import Api, error

pytestmark = pytest.mark.django_db
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def expiry(answer) -> str:
    found: str = answer.json()["holds"][0]["expiresAt"]
    return found


def test_the_shape_is_the_documented_one(api: Api, board: Board) -> None:
    answer = api.reserve(board, [50, 1, 25])
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["ok", "holds"]
    assert body["ok"] is True
    assert [hold["slotId"] for hold in body["holds"]] == [1, 25, 50]
    assert all(list(hold) == ["slotId", "expiresAt"] for hold in body["holds"])
    assert len({hold["expiresAt"] for hold in body["holds"]}) == 1
    assert INSTANT.fullmatch(expiry(answer))
    hold = Hold.objects.get()
    assert hold.expires_at is not None
    assert expiry(answer) == hold.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_slot_may_be_named_by_its_id(api: Api, board: Board) -> None:
    assert [one["slotId"] for one in api.reserve(board, ["slot12", 7]).json()["holds"]] == [7, 12]
    assert api.statuses(board)[12] == "held"


def test_only_a_digest_of_the_token_is_kept(api: Api, board: Board) -> None:
    owner = kit.token()
    api.reserve(board, [1], owner)
    fields = [field.name for field in Hold._meta.get_fields() if isinstance(field, models.Field)]
    assert owner not in str(Hold.objects.values(*fields).get())
    assert owner not in api.read(board).content.decode()


def test_a_conflict_names_every_taken_number_and_holds_nothing(api: Api, board: Board) -> None:
    api.reserve(board, [7])
    reserving.take(board_id=board.pk, numbers=[8], kind=Kind.COMP)
    before = kit.counts()
    found = error(api.reserve(board, [6, 7, 8, 9]), 409, "slot_unavailable")
    assert found["details"] == {"slotIds": [7, 8]}
    assert kit.counts() == before
    assert api.statuses(board)[6] == "available"


def test_the_owner_may_come_again_and_gets_more_time_once(api: Api, board: Board) -> None:
    owner = kit.token()
    first = api.reserve(board, [1, 2], owner)
    again = api.reserve(board, [2, 1], owner)
    assert expiry(again) > expiry(first)
    assert Hold.objects.count() == 1
    assert Claim.objects.filter(ended_at=None).count() == 2


def test_more_tiles_join_the_hold_without_moving_its_end(api: Api, board: Board) -> None:
    owner = kit.token()
    first = api.reserve(board, [1], owner)
    more = api.reserve(board, [1, 2], owner)
    assert expiry(more) == expiry(first)
    assert Hold.objects.count() == 1


def test_after_ten_extensions_it_ends(api: Api, board: Board) -> None:
    owner = kit.token()
    ends = [expiry(api.reserve(board, [1], owner)) for _ in range(11)]
    assert sorted(set(ends)) == ends
    error(api.reserve(board, [1], owner), 409, "hold_limit")
    assert api.statuses(board)[1] == "held"


def test_a_token_whose_hold_was_released_starts_anew(api: Api, board: Board) -> None:
    owner = kit.token()
    api.reserve(board, [1], owner)
    api.release(board, [1], owner)
    assert api.reserve(board, [1], owner).status_code == 200
    assert Hold.objects.filter(phase=Phase.BROWSING).count() == 1


def test_a_lapsed_hold_is_in_nobodys_way(api: Api, board: Board) -> None:
    api.reserve(board, [1])
    kit.let_time_pass(board, 901)
    assert api.statuses(board)[1] == "available"
    assert api.reserve(board, [1]).status_code == 200


def test_tiles_above_the_limit_of_a_hold(api: Api, settings: Settings) -> None:
    board = kit.make_board(size=150)
    owner = kit.token()
    assert api.reserve(board, range(1, 101), owner).status_code == 200
    error(api.reserve(board, [101], owner), 409, "hold_limit")
    error(api.reserve(board, range(1, 102)), 400, "invalid_request")


def test_release_answers_what_was_let_go(api: Api, board: Board) -> None:
    owner = kit.token()
    api.reserve(board, [1, 25, 50], owner)
    answer = api.release(board, ["slot25", 1, 99], owner)
    assert (answer.status_code, answer.content) == (200, b'{"ok":true,"released":[1,25]}')
    statuses = api.statuses(board)
    assert [statuses[n] for n in (1, 25, 50)] == ["available", "available", "held"]


@pytest.mark.parametrize("numbers", [[7], [8], [9], [1000], [], [7, 8, 9]])
def test_release_of_what_is_not_yours_tells_nothing(
    numbers: list[int], api: Api, board: Board
) -> None:
    api.reserve(board, [7])
    reserving.take(board_id=board.pk, numbers=[8], kind=Kind.COMP)
    before = kit.counts()
    answer = api.release(board, numbers, kit.token())
    assert (answer.status_code, answer.content) == (200, b'{"ok":true,"released":[]}')
    assert kit.counts() == before
    assert api.statuses(board)[7] == "held"


def test_release_without_token_or_cookie_frees_nothing(api: Api, board: Board) -> None:
    api.reserve(board, [7])
    stranger = Api()
    answer = stranger.post(f"/api/boards/{board.public_id}/release", {"slotIds": [7]})
    assert (answer.status_code, answer.content) == (200, b'{"ok":true,"released":[]}')


def test_release_twice_is_released_once(api: Api, board: Board) -> None:
    owner = kit.token()
    api.reserve(board, [1], owner)
    assert api.release(board, [1], owner).json()["released"] == [1]
    assert api.release(board, [1], owner).json()["released"] == []


def test_boards_do_not_share_numbers(api: Api, board: Board) -> None:
    other, owner = kit.make_board(), kit.token()
    api.reserve(board, [1], owner)
    assert api.release(other, [1], owner).json()["released"] == []
    assert api.reserve(other, [1]).status_code == 200


@pytest.mark.parametrize("act", ["reserve", "release"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_verbs_are_posted(act: str, method: str, api: Api, board: Board) -> None:
    answer = api.call(method, f"/api/boards/{board.public_id}/{act}", {})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    if method != "HEAD":
        error(answer, 405, "method_not_allowed")


def test_what_is_accepted_and_asked_for_makes_no_difference(api: Api, board: Board) -> None:
    path = f"/api/boards/{board.public_id}/reserve?format=xml&nothing=1"
    for accept in ("text/html", "application/xml", "*/*;q=0", ";;,", ""):
        body = {"slotIds": [1], "ownerToken": kit.token()}
        answer = api.post(path, body, Accept=accept)
        assert answer.headers["Content-Type"] == "application/json"
        api.release(board, [1], body["ownerToken"])
        assert answer.status_code == 200, accept
