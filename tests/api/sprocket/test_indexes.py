"""The longest list is served by indexes: a campaign's gifts, by id, amount and date."""

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict

from rally.api.sprocket import rows
from rally.api.sprocket.asking import Asked
from rally.api.sprocket.fields import Level, Sight
from rally.api.sprocket.filters import filtered, ordered
from rally.api.sprocket.objects.donations import DONATION
from tests.api.sprocket.world import World

ADMIN = Sight(frozenset({Level.OWN, Level.ADMIN, Level.CONTACTS}))


def plan(world: World, query: str) -> str:
    asked = Asked.of(QueryDict(query))
    found = filtered(rows.donations(world.campaign, ADMIN), DONATION, asked, ADMIN)
    with connection.cursor() as cursor:
        # So few rows are quicker read whole; what counts is what the planner can do.
        for name in ("enable_seqscan", "enable_sort", "enable_bitmapscan"):
            cursor.execute(f"SET LOCAL {name} = off")
    told: Any = ordered(found, DONATION, asked, ADMIN)[:10].explain()
    return str(told)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "donation_page"), ("donation.id=>5", "donation_page"),
        ("sort=donation.amount", "donation_amount"), ("sort=-donation.amount", "donation_amount"),
        ("donation.amount=>20&sort=-donation.amount", "donation_amount"),
        ("sort=donation.payment.paid_at", "donation_paid"),
        ("sort=donation.date", "donation_given"), ("sort=-donation.date", "donation_given"),
        ("donation.last_modified_on=>5&sort=donation.last_modified_on", "donation_modified"),
    ],
)  # fmt: skip
def test_a_page_of_gifts_comes_by_index(world: World, query: str, index: str) -> None:
    told = plan(world, query)
    assert index in told, told
    assert "Seq Scan" not in told
