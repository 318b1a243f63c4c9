"""The part of the control API where banks act: disputes and the fate of refunds."""

from __future__ import annotations

from payments.simulator import disputes, refunds
from payments.simulator.asked import choice, only
from payments.simulator.simulator import Simulator
from payments.simulator.wire import Json


def dispute(sim: Simulator, id: str, given: Json) -> Json:
    only(given, "reason", "status")
    reason = choice(given, "reason", disputes.REASONS, "fraudulent")
    status = choice(given, "status", disputes.OPENING, "needs_response")
    return {"ok": True, "dispute": disputes.open_one(sim, id, reason, status).body}


def update_dispute(sim: Simulator, id: str, given: Json) -> Json:
    only(given, "status")
    status = choice(given, "status", disputes.STATUSES)
    return {"ok": True, "dispute": disputes.decide(sim, id, status).body}


def close_dispute(sim: Simulator, id: str, given: Json) -> Json:
    only(given, "status")
    status = choice(given, "status", disputes.CLOSED, "lost")
    return {"ok": True, "dispute": disputes.decide(sim, id, status).body}


def settle_refund(sim: Simulator, id: str, given: Json) -> Json:
    only(given, "outcome")
    outcome = choice(given, "outcome", ("succeeded", "failed"), "succeeded")
    return {"ok": True, "refund": refunds.settle(sim, id, outcome).body}


def next_refund(sim: Simulator, _: str, given: Json) -> Json:
    """Order what the next refund becomes, instead of what its method would make of it."""
    only(given, "status")
    refunds.order_next(sim, choice(given, "status", refunds.FIRST_STATUSES))
    return {"ok": True}
