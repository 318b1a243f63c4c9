"""What the clock starts by itself, run once by a real worker: campaigns open, end and close."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from accounts.actors import SYSTEM
from boards import tasks as boards
from boards.models import Board
from campaigns.models import Campaign
from payments import closing
from payments import tasks as payments
from payments.models import Closing
from rally.celery import app
from rally.kit import clock
from tests.factories import make_board, make_campaign
from tests.payments.conftest import outside, simulated_stripe
from tests.payments.outside import Outside, order
from tests.site import until

__all__ = ["outside", "simulated_stripe"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


def status(campaign: Campaign) -> str:
    return Campaign.objects.values_list("status", flat=True).get(pk=campaign.pk)


def test_everything_on_the_clock_is_a_task_there_is() -> None:
    app.loader.import_default_modules()
    named = {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {boards.run_campaigns.name, payments.close_campaigns.name} <= named
    assert named <= set(app.tasks)


def test_a_worker_opens_and_completes_campaigns(worker: Callable[..., Any]) -> None:
    now, hour = clock.now(), dt.timedelta(hours=1)
    later = {"deadline": now + dt.timedelta(days=9), "summary": "Placeholder."}
    due = make_campaign(status="draft", opens_at=now - hour, **later)
    waits = make_campaign(status="draft", opens_at=now + hour, **later)
    over = make_campaign(deadline=now - hour)
    for campaign in (due, waits, over):
        make_board(campaign=campaign)
    worker()
    boards.run_campaigns.delay()
    until(lambda: (status(due), status(over)) == ("active", "completed"), 20, "both arrows")
    assert status(waits) == "draft"
    assert Board.objects.get(campaign=due).is_open
    assert not Board.objects.get(campaign=over).is_open
    boards.run_campaigns.delay()


def test_a_worker_pays_back_what_a_cancelled_campaign_owes(
    worker: Callable[..., Any], outside: Outside
) -> None:
    made = order(make_board(), [1, 2])
    outside.pay(made)
    made.settle()
    campaign = Campaign.objects.get()
    closing.cancel(campaign, SYSTEM, refund=True)
    worker(RALLY_SIMULATOR_URL=outside.url)
    payments.close_campaigns.delay()
    until(lambda: Closing.objects.get().finished_at, 30, "the refunds of the closing")
    assert status(campaign) == "cancelled"
