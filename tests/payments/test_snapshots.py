"""What everybody sees of a board: true by the clock, cheap to read, names as chosen."""

import datetime as dt
import gzip
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boards import phases, reserving
from boards.errors import BoardNotFound
from boards.models import Board
from boards.states import Kind
from campaigns.models import Campaign
from payments import snapshots
from payments.snapshots import snapshot
from tests.factories import make_board, make_campaign, make_hold, make_organization, make_sale

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """Rolled-back tests reuse versions; the memory of one must not serve the next."""
    snapshots._memory.clear()


def status(board: Board, number: int, now: dt.datetime | None = None) -> str:
    return snapshot(board.public_id, now).by_number[number].status


def test_each_tile_reads_as_what_it_is() -> None:
    board = make_board(6)
    make_sale(board, [1])
    make_hold(board, [2])
    paying = make_hold(board, [3])
    phases.start_paying(paying, paying.expires_at)
    reserving.take(board_id=board.pk, numbers=[4], kind=Kind.BLOCK)
    reserving.take(board_id=board.pk, numbers=[5], kind=Kind.COMP)
    read = [cell.status for cell in snapshot(board.public_id).cells]
    assert read == ["sold", "held", "held", "blocked", "sold", "available"]


def test_a_lapsed_tile_reads_available_though_nobody_swept() -> None:
    board = make_board()
    hold = make_hold(board, [2])
    before = snapshot(board.public_id)
    assert (before.etag, status(board, 2)) == (f'"{before.version}-0"', "held")
    later = snapshot(board.public_id, hold.expires_at)
    assert later.etag == f'"{before.version}-1"'
    assert later.by_number[2].status == "available"
    assert later.counts["available"] == 5
    hold.refresh_from_db()
    assert hold.phase == "browsing"


def test_deadlines_pass_one_by_one() -> None:
    board = make_board()
    first = make_hold(board, [1, 2])
    second = make_hold(board, [3], now=first.expires_at - dt.timedelta(minutes=5))
    seen = [
        snapshot(board.public_id, moment).counts["held"]
        for moment in (None, first.expires_at, second.expires_at)
    ]
    assert seen == [3, 1, 0]


def test_what_is_being_paid_does_not_lapse() -> None:
    board = make_board()
    hold = make_hold(board, [1])
    phases.start_paying(hold, hold.expires_at)
    assert status(board, 1, hold.expires_at + dt.timedelta(days=1)) == "held"


def test_a_sandbox_s_board_follows_its_own_clock() -> None:
    organization = make_organization()
    board = make_board(campaign=make_campaign(organization))
    make_hold(board, [1])
    assert status(board, 1) == "held"
    organization.clock_offset_s = 960
    organization.save()
    assert status(board, 1) == "available"


@pytest.mark.parametrize(
    ("chosen", "shown"), [("name", "Ada Lovelace"), ("initial", "Ada L."), ("anonymous", None)]
)
def test_names_are_shown_as_chosen(chosen: str, shown: str | None) -> None:
    board = make_board()
    make_sale(board, [1], shown_as=chosen)
    assert snapshot(board.public_id).by_number[1].name == shown


def test_a_holder_s_name_is_nobody_s_business() -> None:
    board = make_board()
    make_hold(board, [1])
    assert snapshot(board.public_id).by_number[1].name is None


def test_the_json_is_the_contract_s_and_its_gzip_is_the_same() -> None:
    board = make_board(2, min_num=1)
    make_sale(board, [2])
    shown = snapshot(board.public_id)
    assert json.loads(shown.json) == {
        "board": {
            "id": board.public_id, "minNum": 1, "maxNum": 2,
            "slots": [
                {"id": "slot1", "number": 1, "status": "available", "supporterName": None,
                 "amountCents": 100},
                {"id": "slot2", "number": 2, "status": "sold", "supporterName": "Ada Lovelace",
                 "amountCents": 200},
            ],
        }
    }  # fmt: skip
    assert gzip.decompress(shown.json_gz) == shown.json
    assert b"@" not in shown.json


@pytest.mark.parametrize("tiles", [10, 1_000])
def test_a_read_costs_three_queries_cold_and_one_warm(tiles: int) -> None:
    board = make_board(tiles)
    make_sale(board, [1, 2])
    make_hold(board, [3])
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as sent:
            snapshot(board.public_id)
        counts.append(len(sent))
    assert counts[0] <= 3
    assert counts[1] <= 1


def test_every_change_is_seen_at_the_next_read() -> None:
    board, seen = make_board(), []
    for number in (1, 2, 3):
        make_hold(board, [number])
        seen.append(snapshot(board.public_id))
    assert [shown.counts["held"] for shown in seen] == [1, 2, 3]
    assert len({shown.etag for shown in seen}) == 3


@pytest.mark.parametrize("status_", ["draft", "paused", "cancelled"])
def test_the_public_does_not_see_what_is_not_public(status_: str) -> None:
    board = make_board(campaign=make_campaign(status=status_))
    with pytest.raises(BoardNotFound):
        snapshot(board.public_id)


def test_a_completed_campaign_s_board_stays_readable() -> None:
    board = make_board(campaign=make_campaign(status=Campaign.Status.COMPLETED))
    assert snapshot(board.public_id).is_open is False


def test_supporters_are_counted_once_each() -> None:
    board = make_board()
    make_sale(board, [1, 2])
    make_sale(board, [3], name="Charles Babbage")
    assert snapshot(board.public_id).campaign.supporters == 2


def test_the_page_of_a_board_asks_no_more_than_its_json(client: Client) -> None:
    for path in ("/b/{}/", "/api/boards/{}"):
        address = path.format(make_board().public_id)
        with CaptureQueriesContext(connection) as cold:
            assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as warm:
            client.get(address)
        assert len(cold) <= 3, address
        assert len(warm) <= 1, address
