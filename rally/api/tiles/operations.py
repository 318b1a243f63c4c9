"""Every operation of the Tiles API, in the order of the developer page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.webhooks import EVENTS
from rally import __version__
from rally.api.tiles import contract as c
from rally.api.tiles import tables
from rally.api.tiles.contract import Failure, Maybe, Operation

SECTIONS = {
    "health": _("Health"), "campaigns": _("Campaigns"), "boards": _("Boards"),
    "checkout": _("Checkout"), "webhooks": _("Webhooks"), "admin": _("Admin"),
    "sandbox": _("Sandbox"),
}  # fmt: skip
WHEN, LATER = "2025-01-20T10:00:00Z", "2025-01-20T10:15:00Z"
BOARD_ROW = {
    "id": "board123", "title": "Tiles 1 to 100", "minNum": 1, "maxNum": 100, "soldCount": 12,
    "url": "https://rally.example.com/b/board123/",
}  # fmt: skip
LISTED = {
    "id": "cuid123", "title": "Spring Tournament Fund", "slug": "spring-tournament-2025",
    "status": "active", "goalCents": 505000, "raisedCents": 234500, "boards": [BOARD_ROW],
}  # fmt: skip
FULL = {
    **LISTED, "type": "team", "currency": "USD", "deadline": Maybe("2025-06-01T00:00:00Z"),
    "summary": "Send all players to the tournament.", "story": "Every spring…",
    "organizationId": "org789", "url": "https://rally.example.com/c/spring-tournament-2025/",
}  # fmt: skip
SLOT = {
    "id": "slot1", "number": 1, "status": "sold", "supporterName": Maybe("John Doe"),
    "amountCents": 100,
}  # fmt: skip
FREE = {**SLOT, "status": "available", "supporterName": Maybe("John Doe")}
HOLD = {
    "id": "hold123", "boardId": Maybe("board123"), "slotIds": [1, 25], "phase": "browsing",
    "expiresAt": Maybe(LATER), "extensionsLeft": 9,
}  # fmt: skip
GIFT = {
    "id": "gift123", "createdAt": WHEN, "amountCents": 2600, "coverFeesCents": 108,
    "currency": "USD", "supporterName": Maybe("Jane Smith"), "message": "Go team!",
    "boardId": Maybe("board123"), "slotIds": [1, 25], "status": "confirmed",
}  # fmt: skip
REQUEST = {
    "id": "req123", "userId": "user456", "organizationId": "org789", "status": "pending",
    "createdAt": WHEN,
}  # fmt: skip
HOOK: dict[str, Any] = {
    "id": "hook123", "url": "https://example.com/hooks", "events": ["tile.sold"],
    "enabled": True, "disabledAt": Maybe(WHEN), "disabledWhy": "",
    "organizationId": Maybe("org789"), "appId": Maybe("s6BhdRkqt3"), "createdAt": WHEN,
}  # fmt: skip
DELIVERY = {
    "id": "dlv123", "messageId": "msg_5f2c", "type": "tile.sold", "status": "delivered",
    "attempts": 1, "answeredStatus": Maybe(200), "error": "", "nextAt": Maybe(WHEN),
    "createdAt": WHEN,
}  # fmt: skip
KEYED = {**HOOK, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
NEXT = Maybe("WyIiLDQyXQ")
HOLDING = {"slotIds": [1, 25, 50], "ownerToken": "$OWNER_TOKEN"}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "health",
        "health",
        "GET",
        "/api/healthz",
        _("System health check"),
        {
            "ok": True,
            "version": __version__,
            "db": True,
            "redis": True,
            "checks": {"worker_age_s": Maybe(3)},
        },
        who=c.ANYBODY,
        rate="",
        failures=(Failure(503, "", _("The same body with `ok` false: something is down.")),),
    ),
    # Campaigns --------------------------------------------------------------------------------
    Operation(
        "campaigns-list",
        "campaigns",
        "GET",
        "/api/campaigns",
        _("List your campaigns"),
        {"campaigns": [LISTED]},
        table=tables.CAMPAIGNS,
        note=_(
            "Without a query string, all of them up to 1,000; `next` is there when there are more."
        ),
    ),
    Operation(
        "campaigns-create",
        "campaigns",
        "POST",
        "/api/campaigns",
        _("Create a campaign"),
        {
            "campaign": {
                "id": "cuid456",
                "title": "Championship Fund",
                "slug": "championship-fund-2025",
                "status": "draft",
            }
        },
        body={
            "title": "Championship Fund",
            "type": "team",
            "goalCents": 500000,
            "deadline": "2025-06-01T00:00:00Z",
        },
        optional=("deadline",),
        status=201,
        failures=(c.WHICH,),
        note=_(
            "A deadline that has passed is taken for a draft; publishing asks for another. "
            "Also takes `summary`, `story` (Markdown) and `organizationId`."
        ),
    ),
    Operation(
        "campaigns-read",
        "campaigns",
        "GET",
        "/api/campaigns/{campaignId}",
        _("Read one campaign"),
        {"campaign": FULL},
        failures=(c.NOT_FOUND,),
    ),
    Operation(
        "campaigns-change",
        "campaigns",
        "PATCH",
        "/api/campaigns/{campaignId}",
        _("Change a campaign, publish, pause or complete it"),
        {"campaign": FULL},
        body={"summary": "Send all players to the tournament.", "goalCents": 505000},
        optional=("summary", "goalCents"),
        failures=(c.NOT_FOUND, c.CONFLICT),
        note=_(
            "`status` takes `active`, `paused` and `completed`. Cancelling pays gifts back, "
            "so people do it, in the browser."
        ),
    ),
    Operation(
        "boards-create",
        "campaigns",
        "POST",
        "/api/campaigns/{campaignId}/boards",
        _("Add a board"),
        {
            "board": {
                "id": "board123",
                "title": "Tiles 1 to 100",
                "minNum": 1,
                "maxNum": 100,
                "slots": [FREE],
            }
        },
        body={
            "title": "Tiles 1 to 100",
            "minNum": 1,
            "maxNum": 100,
            "priceModel": "ladder",
            "unitCents": 100,
        },
        optional=("minNum", "maxNum", "priceModel", "unitCents"),
        status=201,
        failures=(c.NOT_FOUND, c.CONFLICT),
        note=_(
            "`priceModel` is `ladder` (tile n costs n units), `multiplied`, `flat` or `bands` "
            "with `bands: [{from, to, priceCents}]`."
        ),
    ),
    Operation(
        "gifts-list",
        "campaigns",
        "GET",
        "/api/campaigns/{campaignId}/gifts",
        _("List gifts"),
        {"gifts": [GIFT], "next": NEXT},
        table=tables.GIFTS,
        failures=(c.NOT_FOUND,),
    ),
    Operation(
        "teams-list",
        "campaigns",
        "GET",
        "/api/campaigns/{campaignId}/teams",
        _("List teams"),
        {
            "teams": [
                {
                    "id": "team7",
                    "name": "Rowers",
                    "slug": "rowers",
                    "goalCents": 100000,
                    "raisedCents": 2500,
                }
            ],
            "next": NEXT,
        },
        table=tables.TEAMS,
        failures=(c.NOT_FOUND,),
    ),
    Operation(
        "fundraisers-list",
        "campaigns",
        "GET",
        "/api/campaigns/{campaignId}/fundraisers",
        _("List fundraisers"),
        {
            "fundraisers": [
                {
                    "id": "fundraiser9",
                    "name": "Jane Smith",
                    "slug": "jane",
                    "teamId": Maybe("team7"),
                    "goalCents": 10000,
                    "raisedCents": 2500,
                }
            ],
            "next": NEXT,
        },
        table=tables.FUNDRAISERS,
        failures=(c.NOT_FOUND,),
    ),
    # Boards -----------------------------------------------------------------------------------
    Operation(
        "boards-read",
        "boards",
        "GET",
        "/api/boards/{boardId}",
        _("Get board details with slots"),
        {"board": {"id": "board123", "minNum": 1, "maxNum": 100, "slots": [SLOT]}},
        who=c.ANYBODY,
        rate="",
        failures=(c.NOT_FOUND,),
    ),
    Operation(
        "slots-list",
        "boards",
        "GET",
        "/api/boards/{boardId}/slots",
        _("List slots by pages"),
        {"slots": [SLOT], "next": Maybe(100)},
        who=c.ANYBODY,
        rate="",
        query={
            "status": (_("available, held, sold or blocked"), "available"),
            "limit": (_("1 to 1,000; 100 unless said"), 10),
            "after": (_("the `next` of the page before"), 20),
        },
        failures=(c.INVALID, c.NOT_FOUND),
    ),
    Operation(
        "reserve",
        "boards",
        "POST",
        "/api/boards/{boardId}/reserve",
        _("Reserve slots for checkout"),
        {"ok": True, "holds": [{"slotId": 1, "expiresAt": LATER}]},
        who=c.HOLDER,
        body=HOLDING,
        optional=("ownerToken",),
        rate="reserve_ip",
        failures=(c.NOT_FOUND, c.TAKEN, c.CLOSED, c.LIMIT, c.PAYING),
        note=_(
            "All of them or none. The same token again adds to its hold; its own tiles again "
            "extend it. `Location` names the hold. Slots are numbers, or their ids such as "
            "`slot12`. Keep the token secret: whoever has it owns the hold."
        ),
    ),
    Operation(
        "release",
        "boards",
        "POST",
        "/api/boards/{boardId}/release",
        _("Release held slots"),
        {"ok": True, "released": [1, 25]},
        who=c.HOLDER,
        body={"slotIds": [1, 25], "ownerToken": "$OWNER_TOKEN"},
        optional=("ownerToken",),
        rate="reserve_ip",
        failures=(c.NOT_FOUND,),
    ),
    Operation(
        "holds-read",
        "boards",
        "GET",
        "/api/holds/{holdId}",
        _("Look up your hold"),
        {"hold": HOLD},
        who=c.HOLDER,
        rate="reserve_ip",
        failures=(c.NOT_FOUND,),
    ),
    Operation(
        "holds-extend",
        "boards",
        "POST",
        "/api/holds/{holdId}/extend",
        _("Ten more minutes, ten times at most"),
        {"hold": HOLD},
        who=c.HOLDER,
        body={},
        rate="reserve_ip",
        failures=(c.NOT_FOUND, c.LIMIT, c.EXPIRED),
    ),
    # Checkout ---------------------------------------------------------------------------------
    Operation(
        "checkout",
        "checkout",
        "POST",
        "/api/checkout/session",
        _("Create Stripe checkout session"),
        {"url": "https://checkout.stripe.com/pay/cs_123"},
        who=c.HOLDER,
        body={
            "boardId": "$BOARD_ID",
            "slotIds": [1, 25, 50],
            "supporter": {"name": "Jane Smith", "email": "jane@example.com", "message": "Go team!"},
            "coverFees": True,
            "ownerToken": "$OWNER_TOKEN",
        },
        optional=("coverFees", "ownerToken"),
        rate="checkout_ip",
        failures=(c.SMALL, c.NOT_FOUND, c.TAKEN, c.CLOSED, c.PAYING, c.EXPIRED, c.UNAVAILABLE),
        note=_(
            "Free tiles among them are held first. The same call again answers the same "
            "address. `Location` names the order. A supporter may also have `imageUrl`, "
            "`displayAs` (name, initial, anonymous) and `hideAmount`."
        ),
    ),
    Operation(
        "orders-read",
        "checkout",
        "GET",
        "/api/checkouts/{checkoutId}",
        _("What became of it"),
        {
            "checkout": {
                "id": "order123",
                "status": "paid",
                "slotIds": [1, 25],
                "totalCents": 2708,
                "currency": "USD",
            }
        },
        who=c.ANYBODY,
        rate="reserve_ip",
        failures=(c.NOT_FOUND,),
        note=_(
            "`status` is open, paid, partly_lost, lost or closed. Paid is only what this "
            "says: a browser that comes back proves nothing."
        ),
    ),
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
