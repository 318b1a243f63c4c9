"""Signs an event as Stripe does."""

import hashlib
import hmac
import time


def signature(body: bytes, secret: str) -> str:
    """The Stripe-Signature header (Stripe: "Verify webhook signatures manually")."""
    at = int(time.time())
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
