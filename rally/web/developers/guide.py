"""What the first page of the portal tells: examples as they run, limits as they are set."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import tokens, webhook_sending
from accounts.webhooks import EVENTS
from rally.web.developers.snippets import Snippet

# Which rates concern programs, and what each is counted by.
RATES: dict[str, str | Promise] = {
    "api": gettext_lazy("calls with one token, by one app, or by one signed-in person"),
    "api_refused": gettext_lazy("calls from one address with a token that doesn't work"),
    "reserve_ip": gettext_lazy("reserve, release, holds and orders from one address"),
    "reserve_token": gettext_lazy("reserve with one owner token"),
    "checkout_ip": gettext_lazy("payments started from one address"),
}
EVENT_WORDS: dict[str, str | Promise] = {
    "hold.expired": gettext_lazy("A hold ran out; its tiles are free again."),
    "tile.sold": gettext_lazy("Tiles were paid for."),
    "tile.released": gettext_lazy("Tiles are free again: let go, run out or paid back."),
    "donation.created": gettext_lazy("A gift came in, online or by hand."),
    "donation.refunded": gettext_lazy("Money went back to a supporter."),
    "dispute.opened": gettext_lazy("A bank takes a payment back, for now."),
    "dispute.closed": gettext_lazy("The dispute was decided."),
    "campaign.updated": gettext_lazy("A campaign was made, changed, published or closed."),
    "join_request.created": gettext_lazy("Somebody asks to join an organization."),
    "join_request.decided": gettext_lazy("The request was approved or denied."),
}
CHANGES = (
    ("2026-11-22", gettext_lazy(
        "Campaigns, gifts, holds, join requests, webhooks and the sandbox by program; personal "
        "tokens; RateLimit headers; calls from pages of other sites."
    )),
    ("2026-11-21", gettext_lazy("Boards, reserve, release, checkout and health.")),
)  # fmt: skip
QUICK_START = """\
# 1. What is free?
curl --fail-with-body -sS "$RALLY_URL/api/boards/$BOARD_ID/slots?status=available&limit=5"

# 2. Hold three tiles for fifteen minutes.
curl --fail-with-body -sS -X POST "$RALLY_URL/api/boards/$BOARD_ID/reserve" \\
  -H "Content-Type: application/json" \\
  --data "{\\"slotIds\\": [1, 25, 50], \\"ownerToken\\": \\"$OWNER_TOKEN\\"}"

# 3. Pay for them: open the address it answers.
curl --fail-with-body -sS -X POST "$RALLY_URL/api/checkout/session" \\
  -H "Content-Type: application/json" \\
  --data @- <<JSON
{
  "boardId": "$BOARD_ID",
  "slotIds": [1, 25, 50],
  "supporter": {"name": "Jane Smith", "email": "jane@example.com"},
  "ownerToken": "$OWNER_TOKEN"
}
JSON"""
INTEGRATION = """\
// Get board data
const site = process.env.RALLY_URL;
const boardId = process.env.BOARD_ID;
const response = await fetch(`${site}/api/boards/${boardId}`);
const { board } = await response.json();
console.log(board.slots.filter((slot) => slot.status === "available").length, "tiles are free");

// Reserve slots
const ownerToken = crypto.randomUUID();
const reservation = await fetch(`${site}/api/boards/${boardId}/reserve`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ slotIds: [1, 25, 50], ownerToken }),
});
if (!reservation.ok) throw new Error(await reservation.text());

// Create checkout session
const checkout = await fetch(`${site}/api/checkout/session`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({
    boardId,
    slotIds: [1, 25, 50],
    ownerToken,
    supporter: { name: "John Doe", email: "john@example.com" },
  }),
});
if (!checkout.ok) throw new Error(await checkout.text());
const { url } = await checkout.json();
console.log("Send the supporter to", url);"""
VERIFY = """\
import base64
import hashlib
import hmac
import os
import time


def verified(headers: dict[str, str], body: bytes) -> bool:
    \"\"\"Whether a webhook is ours and not older than five minutes.\"\"\"
    sent = int(headers["webhook-timestamp"])
    if abs(time.time() - sent) > 300:
        return False
    key = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{sent}.".encode() + body
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [part.removeprefix("v1,") for part in headers["webhook-signature"].split()]
    return any(hmac.compare_digest(made, one) for one in given)


example = {"webhook-id": "msg_1", "webhook-timestamp": "0", "webhook-signature": "v1,"}
print(verified(example, b""))"""
GUIDE = {
    "quick-start": Snippet("bash", "curl", QUICK_START),
    "integration": Snippet("javascript", "JavaScript", INTEGRATION),
    "verify": Snippet("python", "Python", VERIFY),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit as it is set on this site."""

    words: str
    most: int
    seconds: int


def rates() -> list[Rate]:
    """The limits, read from the settings that enforce them."""
    return [Rate(str(words), *settings.RALLY_RATES[name]) for name, words in RATES.items()]


def limits() -> list[tuple[str, str]]:
    """Other numbers of this site that programs meet."""
    minutes = settings.RALLY_HOLD_EXTENSION_SECONDS // 60
    days = sum(webhook_sending.PAUSES) // 86_400
    tries = len(webhook_sending.PAUSES) + 1
    return [
        (_("Tiles in one hold"), str(settings.RALLY_TILES_PER_HOLD)),
        (_("Extensions of a hold"), _("%(n)d, of %(minutes)d minutes each")
         % {"n": settings.RALLY_HOLD_EXTENSIONS, "minutes": minutes}),
        (_("Body of a call"), _("1 MB, JSON in UTF-8, 64 levels deep")),
        (_("Idempotency-Key"), _("255 characters, remembered for 24 hours")),
        (_("A webhook"), _("%(tries)d tries over %(days)d days, 5 seconds each")
         % {"tries": tries, "days": days}),
        (_("Personal tokens"), str(tokens.MOST)),
    ]  # fmt: skip


def events() -> list[tuple[str, str]]:
    """Each event with its sentence."""
    return [(name, str(EVENT_WORDS[name])) for name in EVENTS]
