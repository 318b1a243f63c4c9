"""Endpoints that hear of events: add, change, turn off, give another key.

An organization's endpoint is its admins'; an app's endpoint is its maker's, and hears of every
organization in which somebody let the app in.
"""

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, webhook_wire
from accounts.actors import Actor
from accounts.models import (
    ApiClient,
    ApiConsent,
    Organization,
    OutboxEvent,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.rights import Forbidden, Right, holding, require
from rally.kit import clock
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.wakeups import wake

EVENTS = (
    "hold.expired", "tile.sold", "tile.released", "donation.created", "donation.refunded",
    "dispute.opened", "dispute.closed", "campaign.updated", "join_request.created",
    "join_request.decided",
)  # fmt: skip
# The second API's names of what happens. Those that can't happen here may be listened for, too.
RALLYUP = "rallyup"
TRANSACTION_MADE, CAMPAIGN_ENDS = "TransactionMade", "CampaignEnds"
RALLYUP_EVENTS = (
    TRANSACTION_MADE, "EventTicketPurchased", "AuctionBidSubmitted", "AThonPledgeSubmitted",
    "CrowdfundingPerkPurchased", "ActivityResultsAdded", "AuctionWinnersDetermined",
    "RaffleWinnersDetermined", CAMPAIGN_ENDS,
)  # fmt: skip
DIALECTS = {"tiles": EVENTS, RALLYUP: RALLYUP_EVENTS}
MOST = 20
OLD_KEY_LIVES = dt.timedelta(hours=24)
SENDER = "rally.tasks.deliver_webhooks"
State = WebhookDelivery.State


class TooManyEndpoints(DomainError):
    """More than anybody needs, and each event is sent to all."""

    code = "conflict"
    sentence = gettext_lazy("There are 20 webhooks already. Remove one first.")


class EndpointOff(DomainError):
    """Nothing is sent to an endpoint that is turned off."""

    code = "conflict"
    sentence = gettext_lazy("This webhook is turned off. Turn it on first.")


@dataclass(frozen=True, slots=True)
class Message:
    """What endpoints are told. `key` names the thing, so that it is told once to each."""

    kind: str
    key: str
    body: str

    @property
    def id(self) -> str:
        """The same for every endpoint and every try."""
        return "msg_" + hashlib.sha256(f"{self.kind} {self.key}".encode()).hexdigest()[:32]


def new_secret() -> str:
    """A key of 256 bits, written as the specification has it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


# Endpoints ------------------------------------------------------------------------------------
def add(
    owner: Organization | ApiClient, by: Actor, *, url: str, events: Iterable[str],
    dialect: str = "tiles",
) -> WebhookEndpoint:  # fmt: skip
    """A new endpoint; `dialect` says whose names the events have.

    Raises Forbidden, InvalidInput (url, events), TooManyEndpoints.
    """
    _may(owner, by)
    endpoint = WebhookEndpoint(
        organization=owner if isinstance(owner, Organization) else None,
        client=owner if isinstance(owner, ApiClient) else None,
        url=webhook_wire.checked_url(url), events=_known(events, dialect), secret=new_secret(),
        dialect=dialect,
    )  # fmt: skip
    with transaction.atomic():
        mine = {"organization": endpoint.organization, "client": endpoint.client}
        if WebhookEndpoint.objects.filter(**mine).count() >= MOST:
            raise TooManyEndpoints
        endpoint.save()
        _note("webhook.added", endpoint, by)
    return endpoint


def change(
    endpoint: WebhookEndpoint, by: Actor, *, url: str | None = None,
    events: Iterable[str] | None = None, enabled: bool | None = None,
) -> WebhookEndpoint:  # fmt: skip
    """Another address, other events, on or off. What waits is sent once it is on again.

    Raises Forbidden and InvalidInput.
    """
    may_manage(endpoint, by)
    values: dict[str, object] = {}
    if url is not None:
        values["url"] = webhook_wire.checked_url(url)
    if events is not None:
        values["events"] = _known(events, endpoint.dialect)
    if enabled is not None and enabled != (endpoint.disabled_at is None):
        values["disabled_at"] = None if enabled else clock.database_now()
        values["disabled_why"] = "" if enabled else "by hand"
    with transaction.atomic():
        if values:
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**values)
            _note("webhook.changed", endpoint, by, fields=sorted(values))
    endpoint.refresh_from_db()
    if enabled:
        wake(SENDER)
    return endpoint


def remove(endpoint: WebhookEndpoint, by: Actor) -> None:
    """Gone, with its log. Raises Forbidden."""
    may_manage(endpoint, by)
    with transaction.atomic():
        _note("webhook.removed", endpoint, by)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).delete()


def rotate(endpoint: WebhookEndpoint, by: Actor) -> WebhookEndpoint:
    """Another key; the old one signs along for 24 hours. Raises Forbidden."""
    may_manage(endpoint, by)
    with transaction.atomic():
        row = WebhookEndpoint.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=endpoint.pk
        )
        row.old_secret, row.secret = row.secret, new_secret()
        row.old_secret_until = clock.database_now() + OLD_KEY_LIVES
        row.save(update_fields=["secret", "old_secret", "old_secret_until"])
        _note("webhook.rotated", row, by)
    return row


def manageable(by: Actor) -> QuerySet[WebhookEndpoint]:
    """The endpoints the actor may see and change."""
    mine = Q(organization__in=holding(by, Right.RUN_ORGANIZATION))
    if by.organization_id is None and by.user is not None:
        mine |= Q(client__user=by.user)
    return WebhookEndpoint.objects.filter(mine).select_related("organization", "client")


def may_manage(endpoint: WebhookEndpoint, by: Actor) -> None:
    """Raises Forbidden for whoever may not."""
    owner = endpoint.organization or endpoint.client
    assert owner is not None
    _may(owner, by)


# Messages -------------------------------------------------------------------------------------
def listeners(organization_id: int) -> list[WebhookEndpoint]:
    """The endpoints that are on and hear of an organization."""
    let_in = ApiConsent.objects.filter(organization=organization_id, revoked_at=None)
    apps = Q(client__in=let_in.values("client"), client__disabled_at=None)
    endpoints = WebhookEndpoint.objects.filter(disabled_at=None)
    return list(endpoints.filter(apps | Q(organization=organization_id)))


def queue(event: OutboxEvent, endpoints: Iterable[WebhookEndpoint], message: Message) -> None:
    """Leave a message for each endpoint that asked for its kind; the same again changes nothing.

    The caller is in the transaction that marks the event as done.
    """
    rows = [
        WebhookDelivery(
            endpoint=endpoint, event=event, message_id=message.id, kind=message.kind,
            key=f"{message.kind} {message.key}"[:150], body=message.body,
        )
        for endpoint in endpoints
        if message.kind in endpoint.events
    ]  # fmt: skip
    if rows:
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
        wake(SENDER)


def replay(delivery: WebhookDelivery, by: Actor) -> WebhookDelivery:
    """Send a message once more, with its own id. Raises Forbidden and EndpointOff."""
    may_manage(delivery.endpoint, by)
    if delivery.endpoint.disabled_at is not None:
        raise EndpointOff
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            state=State.WAITING, attempts=0, next_at=clock.database_now(), done_at=None, error=""
        )
        _note("webhook.replayed", delivery.endpoint, by, delivery=delivery.pk)
        wake(SENDER)
    delivery.refresh_from_db()
    return delivery


def _may(owner: Organization | ApiClient, by: Actor) -> None:
    if isinstance(owner, Organization):
        require(by, Right.RUN_ORGANIZATION, owner.pk)
    elif by.user is None or owner.user_id != by.user.pk or by.organization_id is not None:
        raise Forbidden


def _known(events: Iterable[str], dialect: str) -> list[str]:
    wanted, names = set(events), DIALECTS[dialect]
    if not wanted or wanted - set(names):
        raise InvalidInput(_("Choose the events to hear of."), field="events")
    return [name for name in names if name in wanted]


def _note(verb: str, about: WebhookEndpoint, by: Actor, **facts: object) -> None:
    audit.record(verb, about=about, by=by.user, door=by.door, facts=facts)
