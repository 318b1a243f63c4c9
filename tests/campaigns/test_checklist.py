"""The checklist, point by point."""

import datetime as dt
from dataclasses import replace

import pytest

from campaigns import checklist
from campaigns.checklist import Facts

NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
READY = Facts(
    title="New boats", summary="", story="They leak.", goal_minor=505_000,
    deadline=NOW + dt.timedelta(days=1), currency="USD", boards=1, cheapest_minor=100,
    full_minor=505_000, organization_status="pending", livemode=False,
)  # fmt: skip


def open_points(facts: Facts) -> tuple[list[str], list[str]]:
    """What blocks, and what is only advice."""
    points = checklist.points(facts, NOW)
    undone = [point for point in points if not point.done]
    return [p.name for p in undone if p.blocks], [p.name for p in undone if not p.blocks]


def test_a_ready_campaign_has_nothing_open() -> None:
    assert open_points(READY) == ([], [])


@pytest.mark.parametrize(
    ("change", "blocking", "advice"),
    [
        ({"title": ""}, ["title"], []),
        ({"story": ""}, ["why"], ["story"]),
        ({"story": "", "summary": "Boats."}, [], ["story"]),
        ({"goal_minor": 0}, ["goal"], []),
        ({"deadline": None}, ["deadline"], []),
        ({"deadline": NOW}, ["deadline"], []),
        ({"boards": 0, "cheapest_minor": None, "full_minor": 0}, ["board"], []),
        ({"cheapest_minor": 49}, [], ["cheapest"]),
        ({"currency": "JPY", "cheapest_minor": 49}, [], ["cheapest"]),
        ({"full_minor": 504_900}, [], ["reach"]),
        ({"livemode": True}, ["organization"], []),
        ({"livemode": True, "organization_status": "live"}, [], []),
        ({"organization_status": "frozen"}, ["organization"], []),
    ],
)
def test_each_point(change: dict, blocking: list[str], advice: list[str]) -> None:
    assert open_points(replace(READY, **change)) == (blocking, advice)


def test_every_point_says_where_it_is_mended() -> None:
    assert all(point.step for point in checklist.points(READY, NOW))
