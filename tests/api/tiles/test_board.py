"""GET /api/boards/{id}: exact bytes, validators, and who may see what."""

import gzip
import json

import pytest

from boards import building, reserving
from boards.models import Board
from boards.states import Kind
from campaigns.models import Campaign
from tests.api import kit
from tests.api.kit import Api, error

pytestmark = pytest.mark.django_db


def test_the_shape_is_the_documented_one_to_the_byte(api: Api) -> None:
    board = kit.make_board(size=3)
    answer = api.read(board)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    slots = ",".join(
        f'{{"id":"slot{n}","number":{n},"status":"available","supporterName":null,'
        f'"amountCents":{n}00}}'
        for n in (1, 2, 3)
    )
    assert answer.content.decode() == (
        f'{{"board":{{"id":"{board.public_id}","minNum":1,"maxNum":3,"slots":[{slots}]}}}}'
    )


def test_a_full_board_is_worth_its_goal(api: Api, board: Board) -> None:
    slots = api.read(board).json()["board"]["slots"]
    assert sum(slot["amountCents"] for slot in slots) == 505_000


def test_each_status_has_its_word(api: Api, board: Board) -> None:
    api.reserve(board, [7])
    reserving.take(board_id=board.pk, numbers=[8], kind=Kind.COMP)
    reserving.take(board_id=board.pk, numbers=[9], kind=Kind.BLOCK)
    statuses = api.statuses(board)
    assert [statuses[n] for n in (6, 7, 8, 9)] == ["available", "held", "sold", "blocked"]


def test_the_validator_is_version_and_lapses(api: Api, board: Board) -> None:
    assert api.read(board).headers["ETag"] == f'"{board.version}-0"'
    api.reserve(board, [7])
    held = api.read(board).headers["ETag"]
    assert held == f'"{board.version + 1}-0"'
    kit.let_time_pass(board, 901)
    answer = api.read(board, If_None_Match=held)
    assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{board.version + 1}-1"')
    assert {slot["status"] for slot in answer.json()["board"]["slots"]} == {"available"}


@pytest.mark.parametrize("form", ["{}", "W/{}", '"0-0", {}', "{} , W/{}", "*"])
def test_nothing_new_is_304_without_a_body(form: str, api: Api, board: Board) -> None:
    etag = api.read(board).headers["ETag"]
    answer = api.read(board, If_None_Match=form.replace("{}", etag))
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == etag
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("form", ["", '"', '"0-0"', "nonsense", "," * 500, "\xe9"])
def test_another_validator_gets_the_board(form: str, api: Api, board: Board) -> None:
    assert api.read(board, If_None_Match=form).status_code == 200


def test_gzip_for_those_who_take_it(api: Api, board: Board) -> None:
    plain = api.read(board)
    zipped = api.read(board, Accept_Encoding="br, gzip;q=0.8")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert len(zipped.content) < len(plain.content) / 4
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in api.read(board, Accept_Encoding="gzip;q=0, br").headers
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_head_is_get_without_its_body(api: Api, board: Board) -> None:
    path = f"/api/boards/{board.public_id}"
    got, head = api.call("GET", path), api.call("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Cache-Control", "Content-Length"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_board_can_only_be_read(method: str, api: Api, board: Board) -> None:
    answer = api.call(method, f"/api/boards/{board.public_id}", {})
    error(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("status", ["draft", "paused", "cancelled"])
def test_boards_that_are_not_public_do_not_exist(status: str, api: Api) -> None:
    board = kit.make_board(status=status)
    before = kit.counts()
    error(api.read(board), 404, "not_found")
    error(api.reserve(board, [1]), 404, "not_found")
    error(api.release(board, [1], kit.token()), 404, "not_found")
    error(api.checkout(board, [1]), 404, "not_found")
    assert api.get(f"/b/{board.public_id}/").status_code == 404
    assert kit.counts() == before


def test_an_unknown_board_does_not_exist(api: Api, db: None) -> None:
    unknown = Board(public_id="nothing")
    error(api.read(unknown), 404, "not_found")
    error(api.reserve(unknown, [1]), 404, "not_found")
    error(api.checkout(unknown, [1]), 404, "not_found")
    assert api.get("/b/nothing/").status_code == 404


def test_pausing_hides_at_once(api: Api, board: Board) -> None:
    assert api.read(board).status_code == 200
    Campaign.objects.filter(pk=board.campaign_id).update(status=Campaign.Status.PAUSED)
    error(api.read(board), 404, "not_found")


def test_a_completed_campaign_is_shown_and_sells_nothing(api: Api, board: Board) -> None:
    board.campaign.status = Campaign.Status.COMPLETED
    board.campaign.save()
    building.follow_campaign(board.campaign)
    assert api.read(board).status_code == 200
    before = kit.counts()
    error(api.reserve(board, [1]), 409, "board_closed")
    error(api.checkout(board, [1]), 409, "board_closed")
    assert kit.counts() == before


@pytest.mark.parametrize(
    "path", ["/api/", "/api/nothing", "/api/boards", "/api/boards/", "/api/boards/a/b/c",
             "/api/healthz/", "/api/checkout", "/api/admin/../healthz"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_addresses_answer_in_json(path: str, method: str, api: Api) -> None:
    error(api.call(method, path, {}), 404, "not_found")


def test_a_request_keeps_its_name(api: Api, board: Board) -> None:
    for path in (f"/api/boards/{board.public_id}", "/api/boards/nothing", "/api/nothing"):
        assert api.get(path, X_Request_Id="abc-1.2_3").headers["X-Request-Id"] == "abc-1.2_3"
    for odd in ("", "a b", "x" * 65, "é", "<script>"):
        made = api.read(board, X_Request_Id=odd).headers["X-Request-Id"]
        assert made not in {"", odd}


def test_the_board_takes_three_queries_cold_and_one_warm(
    api: Api, board: Board, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(3):
        cold = api.read(board)
    with django_assert_max_num_queries(1):
        assert json.loads(api.read(board).content) == json.loads(cold.content)
