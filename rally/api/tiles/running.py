"""The operations around running things: webhooks, join requests, refunds, the sandbox."""

from django.utils.translation import gettext_lazy as _

from accounts.webhooks import EVENTS
from rally.api.tiles import contract as c
from rally.api.tiles import tables
from rally.api.tiles.contract import Failure, Operation
from rally.api.tiles.samples import DELIVERY, HOOK, KEYED, LATER, NEXT, REQUEST

RUNNING: tuple[Operation, ...] = (
    # Webhooks ---------------------------------------------------------------------------------
    Operation(
        "stripe",
        "webhooks",
        "POST",
        "/api/stripe/webhook",
        _("Stripe webhook handler"),
        {"received": True},
        who=c.STRIPE,
        rate="",
        body={
            "id": "evt_123",
            "object": "event",
            "livemode": False,
            "type": "checkout.session.completed",
            "data": {"object": {"id": "cs_123"}},
        },
        failures=(Failure(400, "invalid_request", _("The signature doesn't fit.")),),
        note=_(
            "For Stripe's own events, signed with the endpoint's secret. Events we know "
            "nothing of are answered the same."
        ),
    ),
    Operation(
        "webhooks-list",
        "webhooks",
        "GET",
        "/api/webhooks",
        _("List your webhooks"),
        {"webhooks": [HOOK]},
    ),
    Operation(
        "webhooks-create",
        "webhooks",
        "POST",
        "/api/webhooks",
        _("Hear of events"),
        {"webhook": KEYED},
        status=201,
        body={"url": "https://example.com/hooks", "events": ["tile.sold", "donation.created"]},
        failures=(c.WHICH, c.CONFLICT),
        note=_("The key is shown this once. `organizationId` where you run several."),
    ),
    Operation(
        "webhooks-read",
        "webhooks",
        "GET",
        "/api/webhooks/{webhookId}",
        _("Read one webhook"),
        {"webhook": HOOK},
        failures=(c.NOT_FOUND,),
    ),
    Operation(
        "webhooks-change",
        "webhooks",
        "PATCH",
        "/api/webhooks/{webhookId}",
        _("Change it, turn it off or on"),
        {"webhook": HOOK},
        body={"events": list(EVENTS), "enabled": True},
        optional=("events", "enabled"),
        failures=(c.NOT_FOUND,),
    ),
    Operation(
        "webhooks-rotate",
        "webhooks",
        "POST",
        "/api/webhooks/{webhookId}/rotate",
        _("Another key; both sign for a day"),
        {"webhook": KEYED},
        body={},
        failures=(c.NOT_FOUND,),
    ),
    Operation(
        "deliveries-list",
        "webhooks",
        "GET",
        "/api/webhooks/{webhookId}/deliveries",
        _("What was sent"),
        {"deliveries": [DELIVERY], "next": NEXT},
        table=tables.DELIVERIES,
        failures=(c.NOT_FOUND,),
    ),
    Operation(
        "deliveries-replay",
        "webhooks",
        "POST",
        "/api/webhooks/{webhookId}/deliveries/{deliveryId}/replay",
        _("Send it once more"),
        {"delivery": DELIVERY},
        body={},
        failures=(c.NOT_FOUND, c.CONFLICT),
    ),
    Operation(
        "webhooks-remove",
        "webhooks",
        "DELETE",
        "/api/webhooks/{webhookId}",
        _("Remove it, with its log"),
        {"ok": True},
        failures=(c.NOT_FOUND,),
    ),
    # Admin ------------------------------------------------------------------------------------
    Operation(
        "requests-list",
        "admin",
        "GET",
        "/api/admin/join-requests",
        _("List pending organization join requests"),
        {"requests": [REQUEST]},
        table=tables.JOIN_REQUESTS,
    ),
    Operation(
        "requests-approve",
        "admin",
        "POST",
        "/api/admin/join-requests/{requestId}/approve",
        _("Approve organization join request"),
        {"ok": True, "userRole": {"userId": "user456", "role": "team_admin", "orgId": "org789"}},
        body={"role": "team_admin"},
        optional=("role",),
        failures=(c.NOT_FOUND, c.CONFLICT),
    ),
    Operation(
        "requests-deny",
        "admin",
        "POST",
        "/api/admin/join-requests/{requestId}/deny",
        _("Turn it down, with a reason they read"),
        {"ok": True, "request": {**REQUEST, "status": "denied"}},
        body={"reason": "We don't know you yet."},
        failures=(c.NOT_FOUND, c.CONFLICT),
    ),
    Operation(
        "refund",
        "admin",
        "POST",
        "/api/admin/gifts/{giftId}/refund",
        _("Pay a gift back"),
        {"ok": True, "refund": {"id": "ref123", "status": "succeeded", "amountCents": 1900}},
        body={"slotIds": [25], "reopen": True, "reason": "asked by phone"},
        optional=("slotIds", "reopen", "reason"),
        failures=(
            Failure(400, "refund_exceeds", _("More than is left of it.")),
            c.NOT_FOUND,
            Failure(409, "refund_locked", _("A dispute or another refund is in the way.")),
        ),
        note=_(
            "Without `slotIds` or `amountCents` all that is left of it is paid back. Send an "
            "`Idempotency-Key`."
        ),
    ),
    # Sandbox ----------------------------------------------------------------------------------
    Operation(
        "sandbox-clock",
        "sandbox",
        "POST",
        "/api/sandbox/clock",
        _("Let time pass"),
        {"ok": True, "aheadSeconds": 901, "now": LATER},
        body={"seconds": 901},
        failures=(c.WHICH, c.UNAVAILABLE),
        note=_("Test organizations only: watch a hold run out without waiting. 403 on live ones."),
    ),
    Operation(
        "sandbox-purge",
        "sandbox",
        "POST",
        "/api/sandbox/purge",
        _("Start over"),
        {"ok": True, "campaigns": 3},
        body={},
        failures=(c.WHICH,),
        note=_(
            "Deletes a test organization's campaigns and all that happened to them. Members, "
            "tokens and webhooks stay. 403 on live ones."
        ),
    ),
)
