"""A database full of real traffic has no findings."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from payments.audit import figures, running
from payments.models import Checkout, Dispute, Reconciliation, Refund
from tests.audit.traffic import Traffic

IDS = ["I1", "I2", "I4", "I5", "I6", "I7", "I8", "I10", "I15", "I16", "I17", "I20", "I21", "I24"]
pytestmark = pytest.mark.xdist_group("audit")


def test_nothing_is_found(traffic: Traffic) -> None:
    assert [vars_of(one) for one in running.run(cycle=0).findings] == []


def vars_of(finding) -> tuple:
    return finding.check, finding.table, finding.id, finding.facts


def test_the_traffic_is_what_it_says(traffic: Traffic) -> None:
    assert set(Checkout.objects.values_list("status", flat=True)) == set(Checkout.Status.values)
    assert set(Refund.objects.values_list("status", flat=True)) == set(Refund.Status.values)
    assert set(Dispute.objects.values_list("status", flat=True)) == {
        "needs_response", "lost", "won",
    }  # fmt: skip


def test_the_command_says_so_in_json(traffic: Traffic) -> None:
    out = StringIO()
    call_command("audit", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert (said["ok"], said["findings"]) == (True, [])
    assert [check["id"] for check in said["checks"]] == IDS
    assert all(check["rows"] == 0 and check["seconds"] >= 0 for check in said["checks"])


def test_the_command_says_so_in_words(traffic: Traffic) -> None:
    out = StringIO()
    call_command("audit", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines[:-1]] == IDS
    assert lines[-1] == "All is well."


def test_ledger_and_totals_do_not_drift(traffic: Traffic) -> None:
    assert figures.drift() == 0
    assert Reconciliation.objects.latest().drift_minor == 0
    assert figures.parked_events() == 1
