"""Example objects of this dialect, for its documents and its schema."""

from typing import Any

from rally.api.tiles.contract import Maybe

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
