"""Which endpoints exist, and which SDK type describes the parameters of each.

An unlisted path is a 404 in Stripe's words; parameters are checked against the type named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from payments.simulator import accounts, disputes, events, line_items, payments, refunds, sessions
from payments.simulator.listing import Call
from payments.simulator.wire import Json

Endpoint = Callable[[Call], Json]


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    params: str
    endpoint: Endpoint


def _route(method: str, path: str, params: str, endpoint: Endpoint) -> Route:
    pattern = re.compile(re.sub(r"\{\w+\}", r"([^/]+)", path) + r"\Z")
    return Route(method, pattern, params, endpoint)


_SESSIONS, _SESSION = "/v1/checkout/sessions", "/v1/checkout/sessions/{id}"
ROUTES = (
    _route("POST", _SESSIONS, "checkout.SessionCreateParams", sessions.create),
    _route("GET", _SESSIONS, "checkout.SessionListParams", sessions.list_all),
    _route("GET", _SESSION, "checkout.SessionRetrieveParams", sessions.retrieve),
    _route("POST", f"{_SESSION}/expire", "checkout.SessionExpireParams", sessions.expire),
    _route(
        "GET",
        f"{_SESSION}/line_items",
        "checkout.SessionListLineItemsParams",
        line_items.listed_items,
    ),
    _route("GET", "/v1/payment_intents", "PaymentIntentListParams", payments.list_intents),
    _route(
        "GET", "/v1/payment_intents/{id}", "PaymentIntentRetrieveParams", payments.retrieve_intent
    ),
    _route("GET", "/v1/charges", "ChargeListParams", payments.list_charges),
    _route("GET", "/v1/charges/{id}", "ChargeRetrieveParams", payments.retrieve_charge),
    _route(
        "GET", "/v1/balance_transactions", "BalanceTransactionListParams", payments.list_movements
    ),
    _route(
        "GET",
        "/v1/balance_transactions/{id}",
        "BalanceTransactionRetrieveParams",
        payments.retrieve_movement,
    ),
    _route("POST", "/v1/refunds", "RefundCreateParams", refunds.create),
    _route("GET", "/v1/refunds", "RefundListParams", refunds.list_all),
    _route("GET", "/v1/refunds/{id}", "RefundRetrieveParams", refunds.retrieve),
    _route("POST", "/v1/refunds/{id}", "RefundUpdateParams", refunds.update),
    _route("POST", "/v1/refunds/{id}/cancel", "RefundCancelParams", refunds.cancel),
    _route("GET", "/v1/disputes", "DisputeListParams", disputes.list_all),
    _route("GET", "/v1/disputes/{id}", "DisputeRetrieveParams", disputes.retrieve),
    _route("POST", "/v1/disputes/{id}", "DisputeUpdateParams", disputes.update),
    _route("POST", "/v1/disputes/{id}/close", "DisputeCloseParams", disputes.close),
    _route("GET", "/v1/accounts/{id}", "AccountRetrieveParams", accounts.retrieve),
    _route("GET", "/v1/events", "EventListParams", events.list_all),
    _route("GET", "/v1/events/{id}", "EventRetrieveParams", events.retrieve),
)


def resolve(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    for route in ROUTES:
        match = route.pattern.match(path) if route.method == method else None
        if match:
            return route, match.groups()
    return None
