"""The doctor's page for staff: what is stuck, asked before it's repaired, and who did it."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from boards.models import Hold
from payments.models import Checkout
from rally.kit import clock, heartbeat
from tests.admin.rows import grant
from tests.factories import make_board, make_hold, make_sale, make_user
from tests.secondstep import enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])
PAGE = "/admin/doctor/"


@pytest.fixture(autouse=True)
def lapsed() -> Hold:
    heartbeat.beat()
    hold = make_hold(make_board())
    Hold.objects.update(expires_at=clock.now() - dt.timedelta(hours=1))
    return hold


def staff(*rights: str) -> Client:
    user, client = make_user(is_staff=True), Client()
    grant(user, *rights)
    enter(client, user)
    return client


def test_a_problem_is_repaired_after_a_question(lapsed: Hold) -> None:
    client = staff("payments.view_stafftask", "payments.change_stafftask")
    page = client.get(PAGE)
    assert b"no sweep has tidied them up" in page.content
    problem = {"problem": f"hold_lapsed:boards.hold:{lapsed.pk}"}
    asked = client.post(PAGE, problem)
    assert b"End the hold." in asked.content and not AuditEntry.objects.exists()
    done = client.post(PAGE, problem | {"confirm": "yes"}, follow=True)
    assert b"Nothing is stuck." in done.content
    lapsed.refresh_from_db()
    assert lapsed.phase == "expired"
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.door, entry.user_id) == (
        "doctor.hold_lapsed", "admin", int(client.session["_auth_user_id"]),
    )  # fmt: skip
    again = client.post(PAGE, problem | {"confirm": "yes"}, follow=True)
    assert b"settled already" in again.content and AuditEntry.objects.count() == 1


def test_who_may_only_look_can_not_repair(lapsed: Hold) -> None:
    client = staff("payments.view_stafftask")
    page = client.get(PAGE)
    assert page.status_code == 200 and b'name="problem"' not in page.content
    problem = {"problem": f"hold_lapsed:boards.hold:{lapsed.pk}", "confirm": "yes"}
    assert client.post(PAGE, problem).status_code == 403
    assert staff("accounts.view_joinrequest").get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_the_first_page_leads_to_disputes_and_the_doctor() -> None:
    client = staff("payments.view_stafftask", "payments.view_dispute")
    page = client.get("/admin/").content.decode()
    assert 'href="/admin/doctor/"' in page
    assert "/admin/payments/dispute/?is_open__exact=1" in page


def test_a_page_full_of_problems_takes_twelve_statements() -> None:
    board = make_board(9)
    dead = [make_hold(board, [number]) for number in (1, 2, 3)]
    Hold.objects.filter(pk__in=[hold.pk for hold in dead]).update(phase="paying")
    for number in (7, 8):
        make_sale(board, [number])
    Checkout.objects.update(status="open")
    Hold.objects.filter(phase="sold").update(phase="released")
    client = staff("payments.view_stafftask", "payments.change_stafftask")
    with CaptureQueriesContext(connection) as asked:
        page = client.get(PAGE).content.decode()
    assert page.count("no payment page is open for them") == 3
    assert page.count("though its hold is released") == 2
    assert len(asked) <= 12, [query["sql"][:120] for query in asked.captured_queries]
