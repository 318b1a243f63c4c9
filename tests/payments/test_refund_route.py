"""POST /api/admin/gifts/{id}/refund: who may, what comes back, and one answer per key."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import IdempotencyRecord, Membership, User
from campaigns.models import Donation
from payments.models import Payment, Refund
from tests.factories import make_board, make_organization, make_user
from tests.payments.outside import Outside, deliver, order

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


def gift(outside: Outside) -> Donation:
    made = order(make_board(50), [7, 19])
    outside.pay(made)
    made.settle()
    return Donation.objects.get()


def admin_of(gift: Donation, role: str = "admin") -> User:
    user = make_user()
    Membership.objects.create(user=user, organization=gift.campaign.organization, role=role)
    return user


def post(user: User | None, gift: Donation, body: Any = None, **headers: str) -> tuple[int, Any]:
    client = Client(enforce_csrf_checks=True)
    if user:
        client.force_login(user)
        client.get("/accounts/email/")
        client.cookies["csrftoken"] = "a" * 32
        headers.setdefault("X-CSRFToken", "a" * 32)
    answer = client.post(
        f"/api/admin/gifts/{gift.public_id}/refund",
        json.dumps(body or {}),
        content_type="application/json",
        headers=headers,
    )
    return answer.status_code, answer.json()


def test_an_admin_refunds_one_tile(outside: Outside) -> None:
    paid = gift(outside)
    status, body = post(admin_of(paid), paid, {"slotIds": [19], "reason": "asked by phone"})
    refund = Refund.objects.get()
    assert (status, body) == (
        200,
        {
            "ok": True,
            "refund": {"id": refund.reference, "status": "succeeded", "amountCents": 1900},
        },
    )
    assert outside.ledger()["refunded_cents"] == 1_900


def test_nobody_stranger_and_viewer_are_told_apart(outside: Outside) -> None:
    paid = gift(outside)
    stranger = make_user()
    Membership.objects.create(user=stranger, organization=make_organization(), role="owner")
    assert post(None, paid)[0] == 401
    assert post(stranger, paid)[0] == 404
    assert post(admin_of(paid, "viewer"), paid)[0] == 404
    status, body = post(admin_of(paid, "team_admin"), paid)
    assert (status, body["error"]["code"]) == (403, "forbidden")
    status, body = post(admin_of(paid), paid, **{"X-CSRFToken": "wrong"})
    assert (status, body["error"]["code"]) == (403, "csrf_failed")
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"amountCents": 0}, "refund_exceeds"),
        ({"amountCents": 2_601}, "refund_exceeds"),
        ({"amountCents": "7"}, "invalid_request"),
        ({"amountCents": 1.5}, "invalid_request"),
        ({"amountCents": True}, "invalid_request"),
        ({"amountCents": 100, "slotIds": [7]}, "invalid_request"),
        ({"slotIds": [8]}, "refund_exceeds"),
        ({"slotIds": []}, "refund_exceeds"),
        ({"amountCents": 100, "currency": "EUR"}, "invalid_request"),
        ({"currency": 7}, "invalid_request"),
        ({"reopen": "yes"}, "invalid_request"),
        ({"reason": 7}, "invalid_request"),
        ([1], "invalid_request"),
    ],
)
def test_what_makes_no_sense_is_refused(outside: Outside, body: Any, code: str) -> None:
    paid = gift(outside)
    status, answer = post(admin_of(paid), paid, body)
    assert (status, answer["error"]["code"]) == (400, code)
    assert not Refund.objects.exists()


def test_a_disputed_gift_is_locked(outside: Outside) -> None:
    paid = gift(outside)
    outside.control(f"charges/{Payment.objects.get().charge}/dispute")
    for event in outside.events("charge.dispute.*"):
        deliver(event)
    status, answer = post(admin_of(paid), paid)
    assert (status, answer["error"]["code"]) == (409, "refund_locked")


def test_the_same_key_gives_the_same_answer_and_one_refund(outside: Outside) -> None:
    paid = gift(outside)
    admin = admin_of(paid)
    key = {"Idempotency-Key": "press-1"}
    first = post(admin, paid, {"amountCents": 500}, **key)
    again = post(admin, paid, {"amountCents": 500}, **key)
    assert again == first
    assert Refund.objects.count() == 1
    status, answer = post(admin, paid, {"amountCents": 600}, **key)
    assert (status, answer["error"]["code"]) == (422, "idempotency_mismatch")
    other = post(admin_of(paid), paid, {"amountCents": 500}, **key)
    assert other[1]["refund"]["id"] != first[1]["refund"]["id"]
    assert post(admin, paid, {}, **{"Idempotency-Key": "x" * 256})[0] == 400


def test_a_key_in_progress_says_come_back(outside: Outside) -> None:
    paid = gift(outside)
    admin = admin_of(paid)
    post(admin, paid, {"amountCents": 100}, **{"Idempotency-Key": "k"})
    IdempotencyRecord.objects.update(status=None)
    status, answer = post(admin, paid, {"amountCents": 100}, **{"Idempotency-Key": "k"})
    assert (status, answer["error"]["code"]) == (409, "idempotency_in_progress")


def test_a_crash_before_the_answer_was_kept_does_not_refund_twice(outside: Outside) -> None:
    paid = gift(outside)
    admin = admin_of(paid)
    first = post(admin, paid, {"amountCents": 500}, **{"Idempotency-Key": "press-2"})
    IdempotencyRecord.objects.all().delete()  # as if the process had died before keeping it
    again = post(admin, paid, {"amountCents": 500}, **{"Idempotency-Key": "press-2"})
    assert again[1]["refund"]["id"] == first[1]["refund"]["id"]
    assert outside.ledger()["refunded_cents"] == 500


def test_without_a_key_nothing_is_written(outside: Outside) -> None:
    paid = gift(outside)
    post(admin_of(paid), paid, {"amountCents": 100})
    assert not IdempotencyRecord.objects.exists()


def test_when_stripe_is_down_the_debt_stands(outside: Outside) -> None:
    paid = gift(outside)
    outside.fail("500_before", route="POST /v1/refunds")
    status, body = post(admin_of(paid), paid)
    assert (status, body["refund"]["status"]) == (200, "sent")
    assert Payment.objects.get().refunding_minor == 2_600
