"""The only module that talks to Stripe. Everything comes back as plain facts of ours.

A call inside a database transaction would hold locks while somebody else's network decides,
so it is refused. Source: Stripe API reference, Checkout Sessions; "Error handling".
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe
from django.conf import settings
from django.db import connection

from payments.errors import BadSignature, PaymentsUnavailable, SessionRefused
from payments.facts import DisputeFacts, RefundFacts, Session
from payments.models import Refund, StripeAccount
from rally.kit import clock
from rally.kit.failpoints import failpoint

logger = logging.getLogger(__name__)
TOLERANCE_SECONDS = 300
# An attempt is sent again for four minutes at most.
SENT_WITHIN_SECONDS = 600
EXPAND = ["payment_intent.latest_charge.balance_transaction"]
_local = threading.local()
_room = threading.BoundedSemaphore(settings.STRIPE_CALLS_AT_ONCE)


def create_session(account: StripeAccount, params: dict[str, Any], key: str) -> Session:
    """Ask for a session. The same `params` and `key` always give the same session.

    Raises SessionRefused when Stripe says no to them, PaymentsUnavailable when nobody knows.
    """
    failpoint("before_create_session")
    try:
        with _translated():
            made = _client().v1.checkout.sessions.create(
                params,  # type: ignore[arg-type]  # ours, kept as JSON
                _options(account, idempotency_key=key),
            )
    except PaymentsUnavailable as why:
        found = _made_anyway(account, params, why.__cause__)
        if found is None:
            raise
        return found
    failpoint("after_create_session")
    return Session.read(made)


def _made_anyway(
    account: StripeAccount, params: dict[str, Any], why: BaseException | None
) -> Session | None:
    """Stripe repeats a server error for its key all day, though the session may exist.

    Source: Stripe's "Idempotent requests" (the first answer is kept, 500s included).
    """
    if not _is_replayed(why):
        return None
    since = clock.now() - dt.timedelta(seconds=SENT_WITHIN_SECONDS)
    return find_session(account, params, since)


def _is_replayed(why: BaseException | None) -> bool:
    headers = why.headers if isinstance(why, stripe.APIError) else None
    return {k.lower(): v for k, v in (headers or {}).items()}.get("idempotent-replayed") == "true"


def retrieve_session(account: StripeAccount, session_id: str) -> Session:
    """The session as it is now, with its payment. Raises as `create_session`."""
    with _translated():
        found = _client().v1.checkout.sessions.retrieve(
            session_id, {"expand": EXPAND}, _options(account)
        )
    return Session.read(found)


def expire_session(account: StripeAccount, session_id: str) -> Session:
    """Make an open session unpayable. Raises SessionRefused when it isn't open any more."""
    with _translated():
        return Session.read(
            _client().v1.checkout.sessions.expire(session_id, {}, _options(account))
        )


def find_session(
    account: StripeAccount, params: dict[str, Any], since: dt.datetime
) -> Session | None:
    """The session that these parameters made, among those made since (a crash lost its id).

    Anybody with the account's keys can write our reference on a session of their own, so the
    amount and the currency must be ours, too.
    """
    items = [item["price_data"] for item in params["line_items"]]
    wanted = (
        params["client_reference_id"],
        sum(item["unit_amount"] for item in items),
        items[0]["currency"],
    )
    with _translated():
        listed = _client().v1.checkout.sessions.list(
            {"created": {"gte": int(since.timestamp()) - 60}, "limit": 100}, _options(account)
        )
        for found in listed.auto_paging_iter():
            if (found.client_reference_id, found.amount_total, found.currency) == wanted:
                return Session.read(found)
    return None


def session_of(account: StripeAccount, payment_intent: str) -> Session | None:
    """The session that a payment came by, as it is now; None when Stripe knows none."""
    try:
        with _translated():
            listed = _client().v1.checkout.sessions.list(
                {"payment_intent": payment_intent, "limit": 1}, _options(account)
            )
    except SessionRefused:
        return None
    return retrieve_session(account, listed.data[0].id) if listed.data else None


def create_refund(refund: Refund, key: str) -> RefundFacts:
    """Pay back. Raises SessionRefused when Stripe won't, PaymentsUnavailable if unsure."""
    try:
        with _translated():
            made = _client().v1.refunds.create(
                {
                    "payment_intent": refund.payment.payment_intent,
                    "amount": refund.amount_minor,
                    "metadata": {"refundId": refund.reference, "refundTry": str(refund.tries)},
                    **_taken_back(refund.account),
                },  # type: ignore[arg-type]  # the SDK's TypedDict
                _options(refund.account, idempotency_key=key),
            )
    except PaymentsUnavailable as why:
        found = find_refund(refund) if _is_replayed(why.__cause__) else None
        if found is None:
            raise
        return found
    return RefundFacts.read(made)


def retrieve_refund(account: StripeAccount, refund_id: str) -> RefundFacts:
    """A refund as it is now."""
    with _translated():
        return RefundFacts.read(_client().v1.refunds.retrieve(refund_id, {}, _options(account)))


def refunds_of(account: StripeAccount, payment_intent: str) -> list[RefundFacts]:
    """All refunds of a payment, those made in Stripe's dashboard included."""
    with _translated():
        listed = _client().v1.refunds.list(
            {"payment_intent": payment_intent, "limit": 100}, _options(account)
        )
        return [RefundFacts.read(found) for found in listed.auto_paging_iter()]


def find_refund(refund: Refund) -> RefundFacts | None:
    """The refund that carries our reference, if Stripe ever made it."""
    for found in refunds_of(refund.account, refund.payment.payment_intent):
        if found.reference == refund.reference and found.tries == refund.tries:
            return found
    return None


def retrieve_dispute(account: StripeAccount, dispute_id: str) -> DisputeFacts:
    """A dispute as it is now."""
    with _translated():
        return DisputeFacts.read(_client().v1.disputes.retrieve(dispute_id, {}, _options(account)))


def is_connected(account_id: str) -> bool:
    """Whether an account is connected to our platform. Raises PaymentsUnavailable."""
    try:
        with _translated():
            found = _client().v1.accounts.retrieve(account_id)
    except SessionRefused:
        return False
    except PaymentsUnavailable as why:
        # Stripe words it so for accounts of other platforms, and for those that don't exist.
        if isinstance(why.__cause__, stripe.PermissionError):
            return False
        raise
    return found.id == account_id


def undelivered_events(since: dt.datetime) -> list[dict[str, Any]]:
    """Events of our own account since then that no webhook answered, oldest first."""
    with _translated():
        listed = _client().v1.events.list(
            {"delivery_success": False, "created": {"gte": int(since.timestamp())}, "limit": 100}
        )
        found = [event.to_dict() for event in listed.auto_paging_iter()]
    return list(reversed(found))


def verify(body: bytes, header: str) -> None:
    """Raises BadSignature unless one of our secrets signed exactly these bytes just now."""
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(
                body.decode("utf-8"), header, secret, TOLERANCE_SECONDS
            )
        except (stripe.SignatureVerificationError, ValueError, TypeError):
            continue
        if _signed_at(header) <= time.time() + TOLERANCE_SECONDS:
            return
    raise BadSignature


def _signed_at(header: str) -> float:
    """The only `t=` of the header: the SDK takes the first, and times from the future."""
    stamps = [part[2:] for part in header.split(",") if part.startswith("t=")]
    if len(stamps) != 1:
        raise BadSignature
    return float(stamps[0])


def _client() -> stripe.StripeClient:
    """One client a thread: its connections are reused."""
    made = getattr(_local, "client", None)
    if made is None or _local.key != (settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE):
        bases = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
        made = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses=bases,  # type: ignore[arg-type]  # the SDK's TypedDict
            http_client=stripe.RequestsClient(timeout=settings.STRIPE_TIMEOUT_SECONDS),
            max_network_retries=2,
        )
        _local.client = made
        _local.key = (settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
    return made


def _taken_back(account: StripeAccount) -> dict[str, Any]:
    """What went on to a connected account comes back from there (Stripe: "Destination charges")."""
    return {"reverse_transfer": True} if account.model == account.Model.ON_BEHALF_OF else {}


def _options(account: StripeAccount, **more: str) -> Any:
    if account.model == StripeAccount.Model.DIRECT:
        more["stripe_account"] = account.account_id
    return more


@contextmanager
def _translated() -> Iterator[None]:
    """Stripe's errors in our words; refuses to run inside a transaction.

    Half of a process's threads may wait for Stripe at a time: when it hangs, boards are still
    served. Whoever finds no room is told to come back.
    """
    if connection.in_atomic_block:
        raise AssertionError("Stripe must not be called inside a database transaction.")
    if not _room.acquire(timeout=settings.STRIPE_ROOM_SECONDS):
        raise PaymentsUnavailable
    try:
        yield
    except stripe.RateLimitError as why:
        raise PaymentsUnavailable(retry_after=10) from why
    except stripe.IdempotencyError as why:
        raise SessionRefused(str(why)) from why
    except stripe.InvalidRequestError as why:
        if why.http_status == 409:
            raise PaymentsUnavailable from why
        raise SessionRefused(str(why)) from why
    except stripe.AuthenticationError as why:
        logger.error("Stripe refuses our key: %s", why)
        raise PaymentsUnavailable(retry_after=60) from why
    except stripe.StripeError as why:
        logger.warning("Stripe can't be reached or failed: %s", why)
        raise PaymentsUnavailable from why
    finally:
        _room.release()
