"""What integrators are told of an event: thin messages of ids, numbers and amounts.

No name, e-mail or text of anybody's goes into a message: whoever needs those asks the API,
with the rights that takes. Each message is `{"type", "timestamp", "data"}`.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from accounts import webhooks
from accounts.models import JoinRequest, OutboxEvent
from accounts.webhooks import CAMPAIGN_ENDS, RALLYUP, TRANSACTION_MADE, Message
from boards.models import Board
from campaigns.models import Campaign, Donation
from payments import fees
from payments.models import Checkout, Dispute, Line, Refund

Facts = tuple[str, str, dict[str, Any]]


def fan_out(event: OutboxEvent) -> None:
    """Leave the event's messages for all who listen. Called in the transaction that marks it
    done: either both are kept, or the event is taken again."""
    make = TABLE.get(event.kind)
    if make is None or event.organization_id is None:
        return
    endpoints = webhooks.listeners(event.organization_id)
    if not endpoints:
        return
    moment = event.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    facts = list(make(event))
    for kind, key, data in facts:
        body = json.dumps({"type": kind, "timestamp": moment, "data": data}, ensure_ascii=False)
        webhooks.queue(event, endpoints, Message(kind, key, body))
    if any(one.dialect == RALLYUP for one in endpoints):
        for kind, key, result in _rallyup(event, facts):
            stamp = event.created_at.strftime("%Y/%m/%d %H:%M:%S")
            told = {"Event": kind, "CreatedDateUtc": stamp, "Result": result}
            webhooks.queue(event, endpoints, Message(kind, key, json.dumps(told)))


def _rallyup(event: OutboxEvent, facts: list[Facts]) -> Iterator[Facts]:
    """The same under that API's names, with its own ids: its caller asks for the rest."""
    organization = {"OrganizationId": event.organization_id}
    made = [data["id"] for kind, _key, data in facts if kind == "donation.created"]
    gifts = Donation.objects.filter(public_id__in=made).order_by("pk") if made else []
    for gift in gifts:
        told = {"Id": gift.pk, "CampaignId": gift.campaign_id} | organization
        yield TRANSACTION_MADE, str(gift.pk), told
    if event.facts.get("what") in {"campaign.completed", "campaign.cancelled"}:
        campaign = event.facts["campaign"]
        yield CAMPAIGN_ENDS, str(campaign), {"CampaignId": campaign} | organization


def _paid(event: OutboxEvent) -> Iterator[Facts]:
    """An order was paid: one donation per goal, and the tiles of each board."""
    checkout = Checkout.objects.get(pk=event.facts["checkout"])
    lines = list(_lines(Line.objects.filter(checkout=checkout)))
    gifts: dict[str, dict[str, Any]] = {}
    for line in lines:
        gift = line.donation
        if gift.do_not_sync:
            continue
        found = gifts.setdefault(gift.public_id, _gift(gift, checkout.reference))
        found["coverFeesCents"] += line.fee_share_minor
    for key, data in gifts.items():
        yield "donation.created", key, data
    for board, numbers in _numbers(lines).items():
        data = {"boardId": board, "slotIds": numbers, "checkoutId": checkout.reference}
        yield "tile.sold", f"{checkout.reference}:{board}", data


def _gift(gift: Donation, checkout: str | None) -> dict[str, Any]:
    return {
        "id": gift.public_id, "campaignId": gift.campaign.public_id,
        "checkoutId": checkout, "amountCents": gift.amount_minor,
        "coverFeesCents": 0, "currency": gift.currency, "status": gift.status,
    }  # fmt: skip


def _entered(event: OutboxEvent) -> Iterator[Facts]:
    """A gift that an admin or another system told us of, once it counts.

    Who entered it may have asked that it isn't sent back: their system has it.
    """
    gift = Donation.objects.select_related("campaign").get(pk=event.facts["donation"])
    if not gift.do_not_sync:
        yield "donation.created", gift.public_id, _gift(gift, None)


def _refunded(event: OutboxEvent) -> Iterator[Facts]:
    """What went back, less the part of gifts that must not be sent: theirs are no numbers of
    anybody else's refund."""
    refund = Refund.objects.get(pk=event.facts["refund"])
    parts = refund.lines.select_related("line__donation", "line__claim__board").order_by("pk")
    silent = [part for part in parts if part.line.donation.do_not_sync]
    lines = [part.line for part in parts if not part.line.donation.do_not_sync]
    if not lines:
        return
    kept = sum(part.amount_minor + part.fee_share_minor for part in silent)
    yield "donation.refunded", refund.reference, {
        "refundId": refund.reference,
        "donationIds": sorted({line.donation.public_id for line in lines}),
        "amountCents": refund.amount_minor - kept, "currency": refund.currency,
        "slotIds": sorted(n for board in _numbers(lines).values() for n in board),
    }  # fmt: skip


def _freed(event: OutboxEvent) -> Iterator[Facts]:
    facts = event.facts
    boards = dict(Board.objects.filter(pk__in=facts["boards"]).values_list("pk", "public_id"))
    freed = {boards[int(pk)]: sorted(numbers) for pk, numbers in facts["boards"].items()}
    if facts["reason"] == "expired":
        tiles = [{"boardId": board, "slotIds": numbers} for board, numbers in freed.items()]
        yield "hold.expired", event.key, {"holdId": facts["hold"], "boards": tiles}
    for board, numbers in freed.items():
        yield "tile.released", f"{event.key}:{board}", {
            "boardId": board, "slotIds": numbers, "holdId": facts["hold"],
            "reason": facts["reason"],
        }  # fmt: skip


def _dispute(event: OutboxEvent) -> Iterator[Facts]:
    """What a bank asks back, less the share of gifts that must not be sent."""
    dispute = Dispute.objects.select_related("payment__checkout").get(pk=event.facts["dispute"])
    checkout = dispute.payment.checkout
    parts = {False: 0, True: 0}
    for line in checkout.lines.select_related("donation"):
        parts[line.donation.do_not_sync] += line.amount_minor + line.fee_share_minor
    if not parts[False]:
        return
    told, _kept = fees.split(dispute.amount_minor, [parts[False], parts[True]])
    yield event.kind, event.key, {
        "id": dispute.dispute_id, "checkoutId": checkout.reference,
        "status": dispute.status, "reason": dispute.reason, "amountCents": told,
        "currency": dispute.currency,
    }  # fmt: skip


def _campaign(event: OutboxEvent) -> Iterator[Facts]:
    campaign = Campaign.objects.get(pk=event.facts["campaign"])
    yield event.kind, event.key, {
        "id": campaign.public_id, "slug": campaign.slug, "status": campaign.status,
        "change": event.facts["what"].removeprefix("campaign."),
    }  # fmt: skip


def _joining(event: OutboxEvent) -> Iterator[Facts]:
    """Each admin's own event says the same; the request's key makes them one."""
    asked = JoinRequest.objects.select_related("user", "organization").get(
        pk=event.facts["request"]
    )
    created = event.kind == "join_request.created"
    yield event.kind, asked.public_id, {
        "id": asked.public_id, "userId": asked.user.public_id,
        "organizationId": asked.organization.public_id,
        "status": JoinRequest.Status.PENDING.value if created else asked.status,
    }  # fmt: skip


def _lines(lines: Any) -> Any:
    return lines.select_related("donation__campaign", "claim__board").order_by("pk")


def _numbers(lines: list[Line]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for line in lines:
        if line.claim is not None:
            found.setdefault(line.claim.board.public_id, []).append(line.claim.number)
    return {board: sorted(set(numbers)) for board, numbers in found.items()}


TABLE: dict[str, Callable[[OutboxEvent], Iterator[Facts]]] = {
    "gift.paid": _paid,
    "gift.counted": _paid,
    "gift.entered": _entered,
    "refund.paid": _refunded,
    "tiles.freed": _freed,
    "dispute.opened": _dispute,
    "dispute.closed": _dispute,
    "campaign.updated": _campaign,
    "join_request.created": _joining,
    "join_request.decided": _joining,
}
