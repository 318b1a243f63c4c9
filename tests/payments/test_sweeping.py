"""The sweep of the inbox: all that waits, page by page, within its time and its patience."""

import datetime as dt
import json

import pytest

from payments import events, tasks
from payments.models import StripeEvent
from rally.kit import clock
from tests.payments.outside import signed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> int:
    """Five events that no worker has looked at, and pages of two."""
    monkeypatch.setattr(tasks, "EVENTS_AT_ONCE", 2)
    for number in range(5):
        body = json.dumps(
            {"id": f"evt_{number}", "object": "event", "type": "plan.created", "livemode": False,
             "data": {"object": {"id": f"plan_{number}"}}}
        ).encode()  # fmt: skip
        events.receive(body, signed(body))
    StripeEvent.objects.update(next_at=clock.database_now() - dt.timedelta(seconds=1))
    return 5


def open_events() -> int:
    return StripeEvent.objects.filter(processed_at=None).count()


def test_one_sweep_empties_an_inbox_of_several_pages(waiting: int) -> None:
    assert tasks.process_waiting() == waiting
    assert open_events() == 0


def test_a_sweep_ends_before_the_next_one_begins(
    waiting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SWEEP_SECONDS", -1)
    assert tasks.process_waiting() == 1
    assert open_events() == waiting - 1


def test_failures_in_a_row_end_a_sweep(waiting: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(events, "process", lambda pk: asked.append(pk))
    assert tasks.process_waiting() == 0
    assert len(asked) == tasks.PATIENCE
