"""The operations around selling: health, campaigns, boards, checkout."""

from django.utils.translation import gettext_lazy as _

from rally import __version__
from rally.api.tiles import contract as c
from rally.api.tiles import tables
from rally.api.tiles.contract import Failure, Maybe, Operation
from rally.api.tiles.samples import FREE, FULL, GIFT, HOLD, HOLDING, LATER, LISTED, NEXT, SLOT

SELLING: tuple[Operation, ...] = (
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
)
