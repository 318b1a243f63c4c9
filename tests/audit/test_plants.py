"""Each rule finds the row that breaks it: an audit that finds nothing must mean something."""

import json
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from payments.audit import running
from tests.audit.breaking import Breaker
from tests.audit.plants import PLANTS
from tests.audit.traffic import Traffic

pytestmark = pytest.mark.xdist_group("audit")


@pytest.fixture
def breaker(traffic: Traffic) -> Iterator[Breaker]:
    with transaction.atomic():
        yield Breaker(traffic)
        transaction.set_rollback(True)


def audited() -> tuple[int, dict]:
    """The command's exit status and what it printed."""
    out = StringIO()
    try:
        call_command("audit", "--json", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.mark.parametrize(
    ("check", "table", "breaks", "plant"),
    PLANTS,
    ids=[f"{check}-{table}-{breaks.replace(' ', '-')}" for check, table, breaks, _ in PLANTS],
)
def test_it_is_found(
    breaker: Breaker, check: str, table: str, breaks: str, plant: Callable[[Breaker], object]
) -> None:
    plant(breaker)
    status, said = audited()
    assert (status, said["ok"]) == (1, False)
    assert next(one for one in said["checks"] if one["id"] == check)["rows"] >= 1
    found = [
        one
        for one in said["findings"]
        if (one["check"], one["table"]) == (check, table) and breaks in one["facts"]["breaks"]
    ]
    assert found and all(isinstance(one["id"], int) for one in found)


def test_every_rule_has_a_plant() -> None:
    planted = {(check, table, breaks) for check, table, breaks, _ in PLANTS}
    bare = [
        (check.id, rule.table, rule.breaks)
        for check in running.CHECKS
        for rule in check.rules
        if not any((check.id, rule.table) == (c, t) and b in rule.breaks for c, t, b in planted)
    ]
    assert bare == []


def test_findings_are_bounded_and_their_count_is_exact(breaker: Breaker) -> None:
    breaker.lift("boards_tile")
    breaker.run("UPDATE boards_tile SET price_minor = -1")
    _status, said = audited()
    tiles = breaker.one("SELECT count(*) FROM boards_tile")
    assert tiles > running.MOST_NAMED
    assert next(one for one in said["checks"] if one["id"] == "I16")["rows"] == tiles
    named = [one for one in said["findings"] if one["check"] == "I16"]
    assert len(named) == running.MOST_NAMED


def test_words_name_the_row_and_what_is_wrong(breaker: Breaker) -> None:
    breaker.set("campaigns_goal", breaker.traffic.board.goal_id, raised_minor=-1)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("audit", stdout=out)
    assert f"I17: campaigns_goal {breaker.traffic.board.goal_id}: " in out.getvalue()


@pytest.mark.postgresql
def test_a_writing_check_would_be_refused(traffic: Traffic) -> None:
    refused = pytest.raises(DatabaseError, match="read-only")
    with refused, running._reading(), connection.cursor() as cursor:
        cursor.execute("UPDATE campaigns_goal SET raised_minor = 0")
