"""Lists to take along: no formulas, no contacts without the right, no memory for their length."""

import csv
import io
import tracemalloc

import pytest
from django.test import Client

from accounts.models.organizations import Role
from campaigns.models import Campaign
from payments import exports, offline
from payments.offline import Entry
from rally.kit import clock
from rally.web.organizers.exports import lines, safe
from tests.factories import make_board, make_sale
from tests.organizing import actor

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
GROWTH = 30_000_000


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "=cmd|' /C calc'!A0"]
)
def test_no_cell_is_a_formula(evil: str) -> None:
    assert safe(evil) == f"'{evil}"
    assert next(csv.reader(io.StringIO("".join(lines([evil], [[evil]])).split("\r\n")[1])))[
        0
    ].startswith("'")


def get(campaign: Campaign, name: str, role: str = Role.OWNER) -> list[list[str]]:
    client = Client()
    client.force_login(actor(campaign.organization, role).user)
    answer = client.get(
        f"/organize/{campaign.organization.code}/c/{campaign.slug}/exports/{name}.csv"
    )
    assert answer.status_code == 200 and answer.streaming
    said = answer.getvalue().decode()
    assert said[0] == "\ufeff"
    return list(csv.reader(io.StringIO(said[1:])))


def test_what_is_in_the_lists() -> None:
    board = make_board(5)
    by = actor(board.campaign.organization)
    entry = Entry([2, 3], "=Evil Placeholder", 700, clock.now(), email="giver@example.com")
    offline.enter(board, entry, by, counted=True)
    campaign = board.campaign
    [head, row] = get(campaign, "gifts")
    found = dict(zip(head, row, strict=True))
    assert (found["From"], found["Amount"], found["Tiles"]) == ("'=Evil Placeholder", "7.00", "2 3")
    assert found["E-mail"] == "giver@example.com"
    assert "E-mail" not in get(campaign, "gifts", Role.TEAM_ADMIN)[0]
    [head, row] = get(campaign, "supporters")
    found = dict(zip(head, row, strict=True))
    assert (found["First name"], found["Given, after refunds"]) == ("'=Evil", "7.00")
    tiles = get(campaign, "tiles")
    assert [row[4] for row in tiles[1:]] == ["available", "sold", "sold", "available", "available"]
    assert tiles[2][5] == "'=Evil Placeholder"


def test_there_are_three_lists() -> None:
    campaign = make_board().campaign
    client = Client()
    client.force_login(actor(campaign.organization).user)
    here = f"/organize/{campaign.organization.code}/c/{campaign.slug}/exports/"
    assert client.get(f"{here}people.csv").status_code == 404


def test_a_long_list_costs_no_memory(monkeypatch) -> None:
    """A hundred thousand rows of a list, through the same pieces that write the file."""
    board = make_board(3)
    make_sale(board, [1])
    [row] = exports.LISTINGS["gifts"].rows(board.campaign, True)
    tracemalloc.start()
    written = sum(len(piece) for piece in lines(["x"] * len(row), (row for _ in range(100_000))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert written > 10_000_000
    assert peak < GROWTH / 10
