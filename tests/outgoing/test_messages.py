"""Every event reaches those who listen, verified, with an id that stays."""

import datetime as dt

import pytest

from accounts import joinrequests, webhook_sending, webhooks
from accounts.actors import Actor
from accounts.models import (
    ApiClient,
    ApiConsent,
    Organization,
    OutboxEvent,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.outbox import announce
from boards import holds, tokens
from campaigns import editing, goals
from campaigns.models import Donation
from payments import disputes, entering
from payments.entering import Told
from payments.models import Checkout, Dispute, Line, Payment, Refund, RefundLine, StripeAccount
from rally.dispatch import outbox
from rally.kit import clock
from tests import factories
from tests.outgoing.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


def told(receiver: Receiver, endpoint: WebhookEndpoint) -> dict[str, dict]:
    """Everything waiting is sent; the data of each message by its type."""
    outbox.drain()
    webhook_sending.deliver_due()
    return {one["type"]: one["data"] for one in receiver.messages(endpoint.secret)}


def test_tiles_and_holds(
    receiver: Receiver, endpoint: WebhookEndpoint, organization: Organization
) -> None:
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    token = tokens.new()
    hold = factories.make_hold(board, [1, 2], token)
    holds.release(board_id=board.pk, numbers=[1], token=token)
    found = told(receiver, endpoint)
    assert found["tile.released"] == {
        "boardId": board.public_id,
        "slotIds": [1],
        "holdId": hold.reference,
        "reason": "released",
    }
    assert holds.expire([hold.pk], now=clock.now() + dt.timedelta(hours=1)) == 1
    found = told(receiver, endpoint)
    assert found["hold.expired"]["boards"] == [{"boardId": board.public_id, "slotIds": [2]}]
    assert found["tile.released"]["reason"] == "expired"
    sale = factories.make_sale(board, [7, 3])
    found = told(receiver, endpoint)
    assert found["tile.sold"] == {
        "boardId": board.public_id,
        "slotIds": [3, 7],
        "checkoutId": sale.reference,
    }
    assert found["donation.created"]["amountCents"] == 1000
    assert len(receiver.ids) == len(set(receiver.ids)) == 5


def test_gifts_that_were_told_of_are_sent_unless_they_must_not_be(
    receiver: Receiver, endpoint: WebhookEndpoint, organization: Organization, owner: User
) -> None:
    campaign, by = factories.make_campaign(organization), Actor(owner, "api")
    ask = {"amount_minor": 2500, "goal": goals.ensure(campaign), "donor": {"first_name": "Alex"}}
    silent = entering.enter(campaign, Told(**ask, do_not_sync=True), by)
    assert silent.status == "confirmed" and told(receiver, endpoint) == {}
    waits = entering.enter(campaign, Told(**ask, is_verified=False), by)
    assert told(receiver, endpoint) == {}
    entering.edit(waits, {"is_verified": True}, by)
    found = told(receiver, endpoint)
    assert found == {
        "donation.created": {
            "id": waits.public_id, "campaignId": campaign.public_id, "checkoutId": None,
            "amountCents": 2500, "coverFeesCents": 0, "currency": "USD", "status": "confirmed",
        }
    }  # fmt: skip
    assert len(receiver.ids) == 1


def test_an_order_s_gift_that_must_not_be_sent_is_not_sent(
    receiver: Receiver, endpoint: WebhookEndpoint, organization: Organization
) -> None:
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    factories.make_sale(board, [7])
    Donation.objects.update(do_not_sync=True)
    found = told(receiver, endpoint)
    assert found.keys() == {"tile.sold"}


def refunded(organization: Organization, checkout: Checkout, *lines: Line) -> Refund:
    """A refund of these lines, paid back."""
    account = StripeAccount.objects.create(organization=organization, livemode=False)
    total = sum(line.amount_minor for line in lines) + 60 * len(lines)
    payment = Payment.objects.create(
        checkout=checkout, account=account, payment_intent="pi_1", status="paid",
        amount_minor=total, currency="USD",
    )  # fmt: skip
    refund = Refund.objects.create(
        payment=payment, account=account, status="succeeded", reason="requested",
        amount_minor=total, currency="USD",
    )  # fmt: skip
    for line in lines:
        RefundLine.objects.create(
            refund=refund, line=line, amount_minor=line.amount_minor, fee_share_minor=60
        )
    announce(
        "refund.paid", key=refund.reference, organization_id=organization.pk,
        facts={"refund": refund.pk},
    )  # fmt: skip
    return refund


def test_a_refund_tells_nothing_of_a_gift_that_must_not_be_sent(
    receiver: Receiver, endpoint: WebhookEndpoint, organization: Organization
) -> None:
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    sale, other = factories.make_sale(board, [3]), factories.make_sale(board, [7])
    told(receiver, endpoint)
    shown, silent = Line.objects.get(checkout=sale), Line.objects.get(checkout=other)
    Donation.objects.filter(pk=silent.donation_id).update(do_not_sync=True)
    refund = refunded(organization, sale, shown, silent)
    assert told(receiver, endpoint)["donation.refunded"] == {
        "refundId": refund.reference,
        "donationIds": [shown.donation.public_id],
        "amountCents": shown.amount_minor + 60,
        "currency": "USD",
        "slotIds": [3],
    }
    sent = len(receiver.got)
    Donation.objects.update(do_not_sync=True)
    announce("refund.paid", key="again", organization_id=organization.pk,
             facts={"refund": refund.pk})  # fmt: skip
    told(receiver, endpoint)
    assert len(receiver.got) == sent


def test_a_dispute_tells_nothing_of_a_gift_that_must_not_be_sent(
    receiver: Receiver, endpoint: WebhookEndpoint, organization: Organization
) -> None:
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    sale, other = factories.make_sale(board, [3]), factories.make_sale(board, [7])
    line, silent = Line.objects.get(checkout=sale), Line.objects.get(checkout=other)
    silent.checkout = sale
    silent.save()
    account = StripeAccount.objects.create(organization=organization, livemode=False)
    payment = Payment.objects.create(
        checkout=sale, account=account, payment_intent="pi_1", status="paid",
        amount_minor=1000, currency="USD",
    )  # fmt: skip
    dispute = Dispute.objects.create(
        account=account, payment=payment, dispute_id="dp_1", status="needs_response",
        reason="fraudulent", amount_minor=1000, currency="USD",
    )  # fmt: skip

    def message(kind: str) -> dict | None:
        receiver.got.clear()
        announce(kind, key=f"dp_1:{WebhookDelivery.objects.count()}",
                 organization_id=organization.pk, facts={"dispute": dispute.pk})  # fmt: skip
        return told(receiver, endpoint).get(kind)

    for kind in ("dispute.opened", "dispute.closed"):
        assert message(kind) == {
            "id": "dp_1", "checkoutId": sale.reference, "status": "needs_response",
            "reason": "fraudulent", "amountCents": 1000, "currency": "USD",
        }  # fmt: skip
        Donation.objects.filter(pk=silent.donation_id).update(do_not_sync=True)
        found = message(kind)
        assert found is not None and found["amountCents"] == 300 == line.amount_minor
        Donation.objects.update(do_not_sync=True)
        assert message(kind) is None
        Donation.objects.update(do_not_sync=False)


def test_campaigns_and_requests(
    receiver: Receiver, endpoint: WebhookEndpoint, organization: Organization, owner: User
) -> None:
    by = Actor(owner, "page")
    details = editing.Details("New Kit", 10_000, clock.now() + dt.timedelta(days=9))
    campaign = editing.create(organization=organization, details=details, by=by)
    asked = joinrequests.ask(organization, Actor(factories.make_user(), "page"), "Please.")
    found = told(receiver, endpoint)
    assert found["campaign.updated"]["id"] == campaign.public_id
    assert found["join_request.created"]["status"] == "pending"
    joinrequests.deny(asked, by, "Not known.")
    assert told(receiver, endpoint)["join_request.decided"]["status"] == "denied"
    assert [one["type"] for one in receiver.messages(endpoint.secret)].count(
        "join_request.created"
    ) == 1


def test_nothing_personal_is_in_a_message(
    receiver: Receiver, endpoint: WebhookEndpoint, organization: Organization
) -> None:
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    factories.make_sale(board, [7], "Ada Lovelace", message="For Jane")
    told(receiver, endpoint)
    whole = b"".join(body for _headers, body in receiver.got).decode()
    assert "Lovelace" not in whole and "Jane" not in whole and "@" not in whole


def test_only_what_was_asked_for_and_only_ones_own(organization: Organization, owner: User) -> None:
    other = factories.make_organization()
    with receiving() as mine, receiving() as theirs:
        by = Actor(owner, "page")
        webhooks.add(organization, by, url=mine.url, events=["tile.sold"])
        theirs_owner = Actor(factories.make_user(is_staff=True), "admin")
        webhooks.add(other, theirs_owner, url=theirs.url, events=webhooks.EVENTS)
        board = factories.make_board(20, campaign=factories.make_campaign(organization))
        factories.make_sale(board, [7])
        outbox.drain(), webhook_sending.deliver_due()
        assert len(mine.got) == 1 and not theirs.got


def test_an_app_hears_of_those_who_let_it_in(organization: Organization, owner: User) -> None:
    maker = factories.make_user()
    app = ApiClient.objects.create(
        name="App",
        user=maker,
        client_type="confidential",
        authorization_grant_type="authorization-code",
    )
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    with receiving() as receiver:
        endpoint = webhooks.add(app, Actor(maker, "page"), url=receiver.url, events=["tile.sold"])
        factories.make_sale(board, [1])
        outbox.drain(), webhook_sending.deliver_due()
        assert not receiver.got
        consent = ApiConsent.objects.create(client=app, organization=organization, user=owner)
        factories.make_sale(board, [2])
        assert "tile.sold" in told(receiver, endpoint)
        consent.revoked_at = clock.now()
        consent.save()
        factories.make_sale(board, [3])
        outbox.drain(), webhook_sending.deliver_due()
        assert len(receiver.got) == 1


def test_a_dispute_is_opened_and_closed_once(organization: Organization) -> None:
    class Row:
        dispute_id, is_open, pk = "dp_1", True, 1

        class account:
            organization_id = organization.pk

        status = "needs_response"

    disputes._tell(Row, True, True)
    Row.status, Row.is_open = "won", False
    disputes._tell(Row, False, True)
    disputes._tell(Row, False, False)
    kinds = list(OutboxEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["dispute.opened", "dispute.closed"]


def test_a_message_that_can_not_be_made_waits_and_lets_others_by(
    receiver: Receiver, endpoint: WebhookEndpoint, organization: Organization
) -> None:
    announce("gift.paid", key="x", organization_id=organization.pk, facts={"checkout": 0})
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    factories.make_sale(board, [7])
    assert "tile.sold" in told(receiver, endpoint)
    assert WebhookDelivery.objects.filter(state="waiting").count() == 0
