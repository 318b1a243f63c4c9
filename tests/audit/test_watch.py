"""Reconcile at the shell, the daily audit, and what the health check shows of the money."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from campaigns.models import Goal
from payments import reconciliation, sessions, tasks
from payments.audit import figures, keeping, running
from payments.models import Attempt, AuditRun, Reconciliation, StaffTask
from tests.audit.traffic import _forged
from tests.factories import make_board, make_sale
from tests.payments.outside import SESSIONS, Outside, deliver, order

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


def reconcile(*options: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("reconcile", *options, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def checks() -> dict:
    return json.loads(Client().get("/api/healthz").content)["checks"]


def test_what_was_lost_is_healed(outside: Outside) -> None:
    made = order(make_board())
    outside.pay(made)
    Attempt.objects.update(created_at=timezone.now() - dt.timedelta(minutes=5))
    status, said = reconcile("--json")
    facts = json.loads(said)
    assert (status, facts["ok"], facts["healed"], facts["trouble"]) == (0, True, 1, 0)
    assert facts["ledger_drift"] == 0
    assert made.phase() == "sold"


def test_trouble_with_stripe_is_a_failure(outside: Outside) -> None:
    made = order(make_board())
    Attempt.objects.update(created_at=timezone.now() - dt.timedelta(minutes=5))
    outside.fail("500_before", times=9, route="*")
    status, said = reconcile()
    outside.recover()
    assert status == 1
    assert "trouble with" in said
    assert made.phase() == "paying"
    assert SESSIONS


def test_one_that_can_not_be_settled_does_not_keep_the_others(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, made = order(make_board()), order(make_board())
    outside.pay(made)
    Attempt.objects.update(created_at=timezone.now() - dt.timedelta(minutes=5))
    resolve = sessions.resolve

    def breaks(attempt: Attempt, **more: Any) -> None:
        if attempt.pk == broken.attempt.pk:
            raise IntegrityError("it can't be")
        resolve(attempt, **more)

    monkeypatch.setattr(sessions, "resolve", breaks)
    run = reconciliation.run()
    assert (run.healed, run.trouble) == (1, 1)
    assert made.phase() == "sold"


def test_health_shows_nothing_before_the_first_comparison(outside: Outside) -> None:
    found = checks()
    assert found["ledger_drift"] is None
    assert found["reconciled_at"] is None
    assert found["parked_events"] == 0


def test_health_shows_the_drift_of_the_newest_comparison(outside: Outside) -> None:
    board = make_board()
    make_sale(board, [1, 2])
    reconciliation.run()
    assert checks()["ledger_drift"] == 0
    Goal.objects.filter(pk=board.goal_id).update(raised_minor=7)
    assert checks()["ledger_drift"] == 0, "a health call doesn't add up the ledger"
    reconciliation.run()
    found = checks()
    assert found["ledger_drift"] == figures.drift() == 293
    assert found["reconciled_at"] == Reconciliation.objects.latest().at.isoformat()


def test_differences_of_two_organizations_don_t_cancel_out(outside: Outside) -> None:
    for change in (5, -5):
        board = make_board()
        make_sale(board, [1])
        Goal.objects.filter(pk=board.goal_id).update(raised_minor=100 + change)
    assert figures.drift() == 10


def test_parked_events_are_counted_until_somebody_decided(outside: Outside) -> None:
    deliver(_forged())
    assert checks()["parked_events"] == 1
    StaffTask.objects.update(resolved_at=timezone.now())
    assert checks()["parked_events"] == 0


def test_the_daily_audit_is_kept_and_runs_once_a_day() -> None:
    make_sale(make_board(), [1])
    assert tasks.audit() == 0
    kept = AuditRun.objects.get()
    assert (kept.rows, kept.report["ok"]) == (0, True)
    assert len(kept.report["checks"]) == len(running.CHECKS)
    tasks.audit()
    assert AuditRun.objects.count() == 1
    AuditRun.objects.update(at=timezone.now() - dt.timedelta(days=1))
    tasks.audit()
    assert AuditRun.objects.count() == 2


def test_staff_is_asked_once_until_they_have_looked() -> None:
    board = make_board()
    Goal.objects.filter(pk=board.goal_id).update(raised_minor=7)
    assert tasks.audit() == 1
    keeping.run()
    task = StaffTask.objects.get()
    assert (task.kind, task.facts) == (StaffTask.Kind.AUDIT, {"I5": 1})
    StaffTask.objects.update(resolved_at=timezone.now())
    keeping.run()
    assert StaffTask.objects.count() == 2
