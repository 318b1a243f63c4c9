"""Events as Stripe sends them, signed with our secret."""

import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from tests.api.kit import Api

PATH = "/api/stripe/webhook"


def event(type: str = "product.created", found: dict[str, Any] | None = None, **more: Any) -> Any:
    """A snapshot event; `found` is its `data.object`."""
    return {
        "id": f"evt_{uuid.uuid4().hex}", "object": "event", "type": type, "livemode": False,
        "api_version": "2025-01-27.acacia", "created": int(time.time()), "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "data": {"object": {"id": "obj_1"} if found is None else found}, **more,
    }  # fmt: skip


def sign(body: bytes, secret: str = "", at: float | None = None) -> str:
    """`t=..,v1=..` of these bytes. Stripe documentation: "Verify webhook signatures manually"."""
    stamp = int(time.time() if at is None else at)
    key = secret or settings.STRIPE_WEBHOOK_SECRETS[0]
    mac = hmac.new(key.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    return f"t={stamp},v1={mac.hexdigest()}"


def as_bytes(event: Any) -> bytes:
    return event if isinstance(event, bytes) else json.dumps(event).encode()


def send(api: Api, event: Any, signature: str | None = None, **options: Any) -> HttpResponse:
    """Deliver an event; without `signature` a right one is made."""
    body = as_bytes(event)
    headers = {"Stripe-Signature": sign(body) if signature is None else signature}
    headers |= options.pop("headers", {})
    return api.call("POST", PATH, body, headers=headers, **options)
