"""Stripe's door: verify, keep, wake the worker, answer. Nothing is decided here."""

import logging

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from payments import events
from payments.errors import BadSignature
from rally.kit import bodies

logger = logging.getLogger(__name__)
CLOCK = "test_helpers.test_clock.ready"


def _refuse(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse(
        {"ok": False, "error": {"code": code, "message": message, "details": {}}}, status=status
    )


def _later(seconds: int) -> JsonResponse:
    answer = _refuse(503, "unavailable", "Please send it again.")
    answer["Retry-After"] = str(seconds)
    return answer


@csrf_exempt
def stripe_webhook(request: HttpRequest) -> JsonResponse:
    """POST /api/stripe/webhook (contract 2.2): `{"received": true}` once the event is kept.

    400 for what Stripe didn't sign, 413 over 256 kB, 503 when it can't be kept: Stripe then
    delivers it again.
    """
    if request.method != "POST":
        answer = _refuse(405, "method_not_allowed", "Stripe posts here.")
        answer["Allow"] = "POST"
        return answer
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and (len(length) > 9 or int(length) > events.LONGEST_BODY):
        return _refuse(413, "too_large", "The event is too large.")
    try:
        event = events.receive(request.body, request.headers.get("Stripe-Signature", ""))
        if event.type == CLOCK:
            # A sandbox's clock must have moved when the call that moved it comes back.
            events.process(event.pk)
    except (BadSignature, UnreadablePostError) as why:
        if bodies.busy(why):
            return _later(bodies.RETRY_SECONDS)
        return _refuse(400, "invalid_request", "The signature or the event can't be used.")
    except (DatabaseError, InterfaceError):
        logger.exception("An event could not be kept; Stripe will send it again.")
        return _later(30)
    return JsonResponse({"received": True})
