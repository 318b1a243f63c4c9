"""The core's refusals in this dialect's words (contract 2.7)."""

from typing import Any

from django.http import JsonResponse
from rest_framework.response import Response

from rally.kit.errors import DomainError

# code of the core: (HTTP status, code on the wire)
CODES = {
    "invalid_request": (400, "invalid_request"),
    "amount_too_small": (400, "amount_too_small"),
    "unauthorized": (401, "unauthorized"),
    "forbidden": (403, "forbidden"),
    "not_found": (404, "not_found"),
    "tiles_taken": (409, "slot_unavailable"),
    "board_closed": (409, "board_closed"),
    "hold_limit": (409, "hold_limit"),
    "checkout_open": (409, "checkout_open"),
    "conflict": (409, "conflict"),
    "organization_required": (400, "organization_required"),
    "csrf_failed": (403, "csrf_failed"),
    "refund_exceeds": (400, "refund_exceeds"),
    "refund_locked": (409, "refund_locked"),
    "idempotency_mismatch": (422, "idempotency_mismatch"),
    "idempotency_in_progress": (409, "idempotency_in_progress"),
    "hold_expired": (410, "hold_expired"),
    "too_large": (413, "too_large"),
    "rate_limited": (429, "rate_limited"),
    "payments_unavailable": (503, "payments_unavailable"),
}


def status_of(error: DomainError) -> tuple[int, str]:
    """HTTP status and wire code of a refusal; one we forgot is a plain 400."""
    return CODES.get(error.code, (400, error.code))


def details_of(facts: dict[str, Any]) -> dict[str, Any]:
    """Numbers are called slotIds here."""
    named = dict(facts)
    if "numbers" in named:
        named["slotIds"] = named.pop("numbers")
    return named


def body(code: str, message: str, details: dict[str, Any]) -> dict[str, Any]:
    """`{"ok": false, "error": {"code", "message", "details"}}`."""
    return {
        "ok": False,
        "error": {"code": code, "message": message, "details": details_of(details)},
    }


def plain(
    status: int,
    code: str,
    message: str,
    details: dict[str, Any] | None = None,
    retry_after: int = 0,
) -> JsonResponse:
    """The same for views outside of the API framework."""
    answer = JsonResponse(body(code, message, details or {}), status=status)
    if retry_after:
        answer["Retry-After"] = str(retry_after)
    return answer


def response(
    status: int, code: str, message: str, details: dict[str, Any], retry_after: int = 0
) -> Response:
    """The same for views inside of it."""
    answer = Response(body(code, message, details), status=status)
    if retry_after:
        answer["Retry-After"] = str(retry_after)
    return answer
