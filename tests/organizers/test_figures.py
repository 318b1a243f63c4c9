"""What a dashboard adds up: gifts belong to the day they came in, where the campaign is."""

import datetime as dt

import pytest

from campaigns.models import Donation
from rally.web.organizers import figures
from tests.factories import make_board, make_campaign, make_sale

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", [(9, 100), (10, 500)]),
        ("America/Los_Angeles", [(9, 600)]),
        ("Asia/Kathmandu", [(10, 600)]),  # 18:15 UTC is its midnight
        ("Asia/Kolkata", [(9, 100), (10, 500)]),  # 18:30 UTC
        ("Australia/Eucla", [(10, 600)]),
    ],
)
def test_a_gift_counts_for_the_day_it_came_in_there(zone: str, days: list) -> None:
    campaign = make_campaign(time_zone=zone)
    board = make_board(5, campaign=campaign)
    moments = ("2026-03-09 18:29:59.999", "2026-03-10 01:00", "2026-03-10 01:14:59.5")
    for number, moment in zip((1, 2, 3), moments, strict=True):
        gift = make_sale(board, [number]).lines.get().donation
        at = dt.datetime.fromisoformat(moment + "+00:00")
        Donation.objects.filter(pk=gift.pk).update(paid_at=at)
    found = figures.pace(campaign)
    assert [(one.day.day, one.amount) for one in found] == days
    assert [one.total for one in found] == [days[0][1], 600][-len(days) :]
