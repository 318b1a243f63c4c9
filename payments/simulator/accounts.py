"""Accounts connected to this platform: one, known beforehand.

Stripe documentation: "Connect", "Retrieve account". An account that isn't connected to the
platform is refused like one that doesn't exist.
"""

from __future__ import annotations

from payments.simulator.listing import Call
from payments.simulator.wire import Json, StripeError

CONNECTED = frozenset({"acct_demo1"})


def retrieve(call: Call) -> Json:
    """An account that was connected; the same refusal for all others."""
    account_id = call.ids[0]
    if account_id not in CONNECTED:
        raise StripeError(
            f"The provided key does not have access to account '{account_id[:80]}' (or that "
            "account does not exist). Application access may have been revoked.",
            status=403,
            code="account_invalid",
        )
    return {
        "id": account_id,
        "object": "account",
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "payouts_enabled": True,
        "type": "standard",
    }
