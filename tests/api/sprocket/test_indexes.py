"""Lists are served by indexes, whatever they are sorted by."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict

from rally.api.sprocket import rows
from rally.api.sprocket.asking import Asked
from rally.api.sprocket.fields import Level, Sight, Table
from rally.api.sprocket.filters import filtered
from rally.api.sprocket.objects.donations import DONATION
from rally.api.sprocket.objects.people import USER
from rally.api.sprocket.objects.teams import TEAM
from rally.api.sprocket.sorting import parts
from tests.api.sprocket.world import World

ADMIN = Sight(frozenset({Level.OWN, Level.ADMIN, Level.CONTACTS}))


def plan(found: QuerySet[Any], table: Table, query: str) -> str:
    """What the planner does for the rows that have what is sorted by."""
    asked = Asked.of(QueryDict(query))
    found = filtered(found, table, asked, ADMIN)
    with connection.cursor() as cursor:
        # So few rows are quicker read whole; what counts is what the planner can do.
        for name in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{name} = off")
    told: Any = parts(found, table, asked, ADMIN)[0].values_list("pk")[:10].explain()
    return str(told)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "donation_page"), ("donation.id=>5", "donation_page"),
        ("sort=donation.amount", "donation_amount"), ("sort=-donation.amount", "donation_amount"),
        ("donation.amount=>20&sort=-donation.amount", "donation_amount"),
        ("sort=donation.payment.paid_at", "donation_paid"),
        ("sort=-donation.payment.paid_at", "donation_paid"),
        ("sort=donation.date", "donation_given"), ("sort=-donation.date", "donation_given"),
        ("donation.last_modified_on=>5&sort=donation.last_modified_on", "donation_modified"),
    ],
)  # fmt: skip
def test_a_page_of_gifts_comes_by_index(world: World, query: str, index: str) -> None:
    told = plan(rows.donations(world.campaign, ADMIN), DONATION, query)
    assert index in told, told
    assert "Seq Scan" not in told


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("sort=user.first_name", "person_first_name"), ("sort=-user.last_name", "person_last_name"),
        ("sort=user.amount_raised", "goal_member_raised"),
        ("sort=-user.amount_raised", "goal_member_raised"),
        ("sort=user.goal_amount", "goal_member_amount"),
        ("sort=-user.goal_amount", "goal_member_amount_down"),
        ("sort=user.amount_to_goal", "goal_member_missing"),
        ("sort=-user.amount_to_goal", "goal_member_missing_down"),
        ("sort=-user.last_modified_on", "member_modified"),
    ],
)  # fmt: skip
def test_a_page_of_users_comes_by_index(world: World, query: str, index: str) -> None:
    told = plan(rows.members(world.campaign, public=False), USER, query)
    assert index in told, told
    assert "Seq Scan" not in told


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("sort=team.name", "team_name_key"), ("sort=-team.amount_raised", "goal_team_raised"),
        ("sort=team.goal_amount", "goal_team_amount"),
        ("sort=team.amount_to_goal", "goal_team_missing"),
        ("sort=-team.amount_to_goal", "goal_team_missing"),
    ],
)  # fmt: skip
def test_a_page_of_teams_comes_by_index(world: World, query: str, index: str) -> None:
    told = plan(rows.teams(world.campaign, public=False), TEAM, query)
    assert index in told, told
    assert "Seq Scan" not in told
