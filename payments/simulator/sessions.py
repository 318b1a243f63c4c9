"""Checkout Sessions: created open, then complete or expired, and never anything else again.

Stripe documentation: "The Checkout Session object", "Create", "Expire", and "Manage limited
inventory" (a session is payable from 30 minutes to 24 hours, until the instant it expires).
"""

from __future__ import annotations

from typing import Any

from payments.simulator import events, line_items, money, params
from payments.simulator.cause import NOBODY, Cause
from payments.simulator.listing import Call, body_filters, found, listed
from payments.simulator.options import is_web_address
from payments.simulator.simulator import Simulator
from payments.simulator.store import Record
from payments.simulator.wire import Json, StripeError

KIND = "checkout.session"
_SHORTEST, _LONGEST = 30 * 60, 24 * 3600
_ECHOED = frozenset({
    "billing_address_collection", "client_reference_id", "customer_creation", "customer_email",
    "integration_identifier", "locale", "origin_context", "submit_type",
})  # fmt: skip
_ACTED_ON = frozenset({
    "mode", "line_items", "success_url", "cancel_url", "metadata", "payment_intent_data",
    "expires_at", "ui_mode", "expand", "currency", "allowed_payment_method_types",
})  # fmt: skip
_INTENT_DATA = frozenset({
    "application_fee_amount", "capture_method", "description", "metadata", "on_behalf_of",
    "receipt_email", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix",
    "transfer_data", "transfer_group",
})  # fmt: skip
_TEXTS = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
_BANK = {"eur": "sepa_debit", "gbp": "bacs_debit"}


def bank_method(currency: str) -> str:
    """The method that confirms days later, by currency."""
    return _BANK.get(currency, "us_bank_account")


def create(call: Call) -> Json:
    given, sim = call.params, call.sim
    _check(given)
    items, currency = line_items.built(call, given["line_items"])
    if given.get("currency", currency).lower() != currency:
        raise StripeError("The currency must be that of the line items.", param="currency")
    total = sum(item["amount_total"] for item in items)
    money.check_total(total, currency)
    now = sim.clock.now()
    expires_at = _expiry(given.get("expires_at"), now)
    intent = _intent_data(given.get("payment_intent_data", {}), total)
    methods = given.get("allowed_payment_method_types") or ["card", bank_method(currency)]
    body = _shape(given, total, currency)
    body |= {
        "id": sim.ids.new(KIND),
        "created": now,
        "expires_at": expires_at,
        "metadata": params.check_metadata(given.get("metadata", {}), "metadata"),
        "payment_method_types": methods,
    }
    body["url"] = f"{sim.base_url}/c/pay/{body['id']}"
    private = {"line_items": items, "payment_intent_data": intent}
    sim.store.insert(
        Record(body["id"], KIND, call.account, now, body, private, due_at=float(expires_at))
    )
    return body


def _check(given: Json) -> None:
    line_items.refuse_unknown(given, _ECHOED | _ACTED_ON, "")
    for needed in ("mode", "success_url", "line_items"):
        if needed not in given:
            raise params.missing(needed)
    if given["mode"] != "payment" or given.get("ui_mode", "hosted_page") != "hosted_page":
        raise StripeError(
            "The simulator implements hosted pages in mode=payment only.",
            code="simulator_unsupported",
            param="mode",
        )
    for name in ("success_url", "cancel_url"):
        if name in given and not is_web_address(given[name]):
            raise StripeError("Not a valid URL", code="url_invalid", param=name)
    email = given.get("customer_email", "a@b")
    if email.count("@") != 1 or email.strip("@") != email or " " in email:
        raise StripeError(
            f"Invalid email address: {email}", code="email_invalid", param="customer_email"
        )
    if len(given.get("client_reference_id", "")) > 200:
        raise StripeError(
            "Invalid string: must be at most 200 characters",
            code="parameter_invalid_string_length",
            param="client_reference_id",
        )


def _expiry(given: int | None, now: int) -> int:
    if given is None:
        return now + _LONGEST
    if given < now + _SHORTEST:
        problem = "at least 30 minutes from"
    elif given > now + _LONGEST:
        problem = "less than 24 hours from"
    else:
        return given
    raise StripeError(
        f"The `expires_at` timestamp must be {problem} Checkout Session creation.",
        param="expires_at",
    )


def _intent_data(given: Json, total: int) -> Json:
    at = "payment_intent_data"
    line_items.refuse_unknown(given, _INTENT_DATA, at)
    if given.get("capture_method") == "manual":
        raise StripeError(
            "The simulator captures at once; capture_method=manual isn't implemented.",
            code="simulator_unsupported",
            param=f"{at}[capture_method]",
        )
    if not 0 <= given.get("application_fee_amount", 0) <= total:
        raise StripeError(
            "The application fee must be between 0 and the amount of the payment.",
            param=f"{at}[application_fee_amount]",
        )
    metadata = params.check_metadata(given.get("metadata", {}), f"{at}[metadata]")
    return {**given, "metadata": metadata}


def _shape(given: Json, total: int, currency: str) -> Json:
    """Every field of a hosted, open session that isn't computed by ``create``."""
    nothing = (
        "after_expiration", "allow_promotion_codes", "billing_address_collection", "cancel_url",
        "client_reference_id", "client_secret", "consent", "consent_collection",
        "currency_conversion", "customer", "customer_account", "customer_details",
        "customer_email", "invoice", "locale", "origin_context", "payment_intent",
        "payment_link", "payment_method_configuration_details", "permissions",
        "recovered_from", "saved_payment_method_options", "setup_intent",
        "shipping_address_collection", "shipping_cost", "submit_type", "subscription",
        "wallet_options", "integration_identifier",
    )  # fmt: skip
    body: dict[str, Any] = {"id": "", "object": KIND, **dict.fromkeys(nothing)}
    body |= {
        "adaptive_pricing": {"enabled": False},
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": given.get("cancel_url"),
        "collected_information": dict.fromkeys(
            ("business_name", "individual_name", "shipping_details")
        ),
        "currency": currency,
        "custom_fields": [],
        "custom_text": dict.fromkeys(_TEXTS),
        "customer_creation": "if_required",
        "discounts": [],
        "livemode": False,
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "success_url": given["success_url"],
        "total_details": dict.fromkeys(("amount_discount", "amount_shipping", "amount_tax"), 0),
        "ui_mode": "hosted_page",
    }
    return body | {name: given[name] for name in _ECHOED if name in given}


def retrieve(call: Call) -> Json:
    return found(call, KIND, param="session").body


def list_all(call: Call) -> Json:
    filters = body_filters(call, "payment_intent", "status", "customer")
    for name in ("subscription", "payment_link", "customer_account"):
        filters += body_filters(call, name)
    if "customer_details" in call.params:
        email = call.params["customer_details"]["email"]
        filters.append(("json_extract(body, '$.customer_details.email') = ?", email))
    return listed(call, KIND, filters)


def expire(call: Call) -> Json:
    session = found(call, KIND, param="session")
    if session.body["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f'Session has a status of "{session.body["status"]}".',
            executed=True,
        )
    close(call.sim, session, call.cause)
    return session.body


def close(sim: Simulator, session: Record, cause: Cause = NOBODY) -> None:
    """Open -> expired, with its event; an unfinished payment is cancelled with it."""
    session.body |= {"status": "expired", "url": None}
    session.due_at = None
    sim.store.save(session)
    intent = sim.store.get("payment_intent", session.body["payment_intent"])
    if intent is not None:
        intent.body |= {
            "status": "canceled",
            "canceled_at": sim.clock.now(),
            "cancellation_reason": "expired",
        }
        sim.store.save(intent)
        events.emit(sim, "payment_intent.canceled", intent.body, intent.account, cause)
    events.emit(sim, "checkout.session.expired", session.body, session.account, cause)


def expire_due(sim: Simulator) -> None:
    """Close what the clock has passed; waits while the clock's own event is being told."""
    if sim.expiry_paused:
        return
    where, now = "kind = ? AND due_at IS NOT NULL AND due_at <= ?", sim.clock.exact()
    if not sim.store.rows(f"SELECT 1 FROM objects WHERE {where} LIMIT 1", (KIND, now)):
        return
    with sim.store.transaction():
        for session in sim.store.select(where, (KIND, now), "seq", 500):
            close(sim, session)
