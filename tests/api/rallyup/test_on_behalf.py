"""Whose account is paid: connected, told to the owner, used a day later, fixed by a sale."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail

from accounts.models import AuditEntry
from boards import tokens
from payments import checkouts, on_behalf, sessions
from payments.models import Attempt, Payment, StripeAccount
from rally.dispatch import outbox
from rally.kit import clock
from tests import factories
from tests.api.conftest import Stripe
from tests.api.rallyup import world as worlds

pytestmark = pytest.mark.django_db(transaction=True)
CALL = "v1/partnerapi/setonbehalfaccount"


@pytest.fixture
def wire(stripe: Stripe, transactional_db: None) -> worlds.Wire:
    return worlds.Wire(worlds.build())


def named(wire: worlds.Wire, account: str = "acct_demo1") -> dict[str, Any]:
    return {"OrganizationId": wire.world.school.pk, "StripeOnBehalfAccountId": account}


def pay(wire: worlds.Wire) -> Attempt:
    hold = factories.make_hold(wire.world.board, (3,), token=tokens.new())
    supporter = factories.make_supporter()
    checkouts.start(hold=hold, supporter=supporter, cover_fees=False, site="https://example.com")
    return Attempt.objects.select_related("account").order_by("-pk")[0]


def test_it_is_told_to_the_owner_and_used_a_day_later(wire: worlds.Wire) -> None:
    told = wire.good("POST", CALL, named(wire), by="partner")
    assert told["Id"] == wire.world.school.pk
    row = StripeAccount.objects.get(model="on_behalf_of")
    assert (row.account_id, row.status) == ("acct_demo1", "unconfirmed")
    # The same again neither starts the day anew nor mails twice.
    wire.good("POST", CALL, named(wire), by="partner")
    assert StripeAccount.objects.get(pk=row.pk).usable_at == row.usable_at
    outbox.drain()
    sent = [one for one in mail.outbox if "Stripe" in one.subject + str(one.body)]
    assert [one.to for one in sent] == [["owner@example.org"]] and "acct_demo1" in sent[0].body
    assert AuditEntry.objects.filter(verb="account.proposed").count() == 1

    first = pay(wire)
    assert (first.account.model, "on_behalf_of" in first.params["payment_intent_data"]) == (
        "own", False,
    )  # fmt: skip
    StripeAccount.objects.filter(pk=row.pk).update(usable_at=clock.now() - dt.timedelta(seconds=1))
    second = pay_other(wire)
    assert second.account == row
    assert second.params["payment_intent_data"]["on_behalf_of"] == "acct_demo1"
    assert second.params["payment_intent_data"]["transfer_data"] == {"destination": "acct_demo1"}


def pay_other(wire: worlds.Wire) -> Attempt:
    hold = factories.make_hold(wire.world.board, (4,), token=tokens.new())
    supporter = factories.make_supporter(email="else@example.org")
    checkouts.start(hold=hold, supporter=supporter, cover_fees=False, site="https://example.com")
    return Attempt.objects.select_related("account").order_by("-pk")[0]


def test_after_the_first_sale_it_stays(wire: worlds.Wire, stripe: Stripe) -> None:
    attempt = pay(wire)
    stripe.complete(attempt.url)
    sessions.resolve(attempt)
    assert Payment.objects.get().status == "paid"
    answer = wire.refused("POST", CALL, 400, named(wire), by="partner")
    assert "sold" in answer.json()["Error"]
    assert not StripeAccount.objects.filter(model="on_behalf_of").exists()


NO_ACCOUNTS = (
    "", "demo1", "acct_", "acct_unknown1", "acct_demo1 ", "ACCT_demo1", "acct_demo1\n", "acct_dém",
    "acct_" + "x" * 200, "acct_demo1/persons", "acct_../x", "acct_demo1?x=1",
)  # fmt: skip


def test_what_is_no_account_of_ours_is_refused(wire: worlds.Wire) -> None:
    for account in NO_ACCOUNTS:
        wire.refused("POST", CALL, 400, named(wire, account), by="partner")
    assert not StripeAccount.objects.exists()


def test_when_stripe_is_away_nothing_changes(wire: worlds.Wire, stripe: Stripe) -> None:
    stripe.act("faults", route="/v1/accounts*", kind="500_before", times=10)
    answer = wire.call("POST", CALL, named(wire), by="partner")
    assert answer.status_code == 503 and answer["Retry-After"]
    assert not StripeAccount.objects.exists()


def test_another_s_organization_is_not_there(wire: worlds.Wire) -> None:
    body = named(wire) | {"OrganizationId": wire.world.foreign.pk}
    wire.refused("POST", CALL, 404, body, by="partner")


def test_the_newest_wins_and_one_that_left_is_not_used(wire: worlds.Wire) -> None:
    school = wire.world.school
    wire.good("POST", CALL, named(wire), by="partner")
    assert on_behalf.current(school) is None
    past = clock.now() - dt.timedelta(seconds=1)
    StripeAccount.objects.update(usable_at=past)
    assert on_behalf.current(school) is not None
    StripeAccount.objects.update(status="deauthorized")
    assert on_behalf.current(school) is None
