"""The control API under ``/_sim/``: what Stripe, banks and time do, at a test's command.

JSON in, JSON out, no key. Wrong input is answered 400 with one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict

from payments.simulator import bankside, clock, ledger, payments, sessions
from payments.simulator.asked import body_of, choice, number, only
from payments.simulator.deliveries import Policy
from payments.simulator.events import emit
from payments.simulator.faults import KINDS
from payments.simulator.simulator import Simulator
from payments.simulator.store import Record
from payments.simulator.wire import Answer, BadControl, Incoming, Json, json_answer

_CLOCK_TIMEOUT = 5.0
_MOST_FAULTS = 10_000

Action = Callable[[Simulator, str, Json], Json]


def answer(sim: Simulator, incoming: Incoming) -> Answer:
    try:
        for method, pattern, action in _ACTIONS:
            match = pattern.match(incoming.path)
            if match and incoming.method == method:
                given = body_of(incoming) if method == "POST" else {}
                return json_answer(action(sim, match[1] if pattern.groups else "", given))
        known = any(pattern.match(incoming.path) for _, pattern, _ in _ACTIONS)
        raise BadControl(
            "Use the other method for this address." if known else "There is no such address.",
            405 if known else 404,
        )
    except BadControl as problem:
        return json_answer({"ok": False, "message": problem.message}, problem.status)


def _session(session: Record) -> Json:
    return {"ok": True, "session": session.body}


def _complete(sim: Simulator, id: str, given: Json) -> Json:
    only(given, "outcome", "late")
    late = given.get("late", False)
    if not isinstance(late, bool):
        raise BadControl("late must be true or false.")
    outcome = choice(given, "outcome", payments.OUTCOMES, "paid")
    return _session(payments.pay(sim, id, outcome, late=late))


def _settle(sim: Simulator, id: str, given: Json) -> Json:
    only(given, "outcome")
    outcome = choice(given, "outcome", ("succeeded", "failed"), "succeeded")
    return _session(payments.settle(sim, id, outcome == "succeeded"))


def _clock(sim: Simulator, _: str, given: Json) -> Json:
    return {"ok": True, "now": sim.clock.now(), "offset_seconds": sim.clock.offset}


def _advance(sim: Simulator, _: str, given: Json) -> Json:
    """Move the clock, tell the application, and only then let sessions expire."""
    only(given, "seconds")
    seconds = number(given, "seconds", 1, clock.MAX_STEP, whole=True)
    with sim.advancing:
        sim.expiry_paused = True
        try:
            sim.clock.advance(seconds)
            now = sim.clock.now()
            delivery = emit(
                sim, "test_helpers.test_clock.ready", _test_clock(sim, now), "", hold_back=True
            )
            delivered = bool(delivery) and sim.deliveries.attempt(delivery, _CLOCK_TIMEOUT)
        finally:
            sim.expiry_paused = False
    sessions.expire_due(sim)
    return {"ok": True, "now": now, "offset_seconds": sim.clock.offset, "delivered": delivered}


def announce_clock(sim: Simulator) -> None:
    """After a start: an application with a new database has never heard that it was moved."""
    if sim.clock.offset:
        now = sim.clock.now()
        emit(sim, "test_helpers.test_clock.ready", _test_clock(sim, now), "")


def _test_clock(sim: Simulator, now: int) -> Json:
    return {
        "id": sim.ids.new("clock"),
        "object": "test_helpers.test_clock",
        "created": now,
        "deletes_after": now + 30 * 86_400,
        "frozen_time": now,
        "livemode": False,
        "name": "Rally sandbox",
        "status": "ready",
    }


def _ledger(sim: Simulator, _: str, given: Json) -> Json:
    return ledger.totals(sim)


def _reset(sim: Simulator, _: str, given: Json) -> Json:
    only(given)
    sim.reset()
    return {"ok": True}


def _policy(sim: Simulator, _: str, given: Json) -> Json:
    """Set how unkind the network is from now on; what isn't named returns to kind."""
    only(given, "drop", "duplicate", "shuffle", "delay_s")
    shuffle = given.get("shuffle", False)
    if not isinstance(shuffle, bool):
        raise BadControl("shuffle must be true or false.")
    flags = {name: int(value) for name, value in given.items() if isinstance(value, bool)}
    policy = Policy(
        drop=number({**given, **flags}, "drop", 0, 1, 0),
        duplicate=number({**given, **flags}, "duplicate", 0, 10, 0, whole=True),
        shuffle=shuffle,
        delay_s=number(given, "delay_s", 0, 3 * 86_400, 0),
    )
    sim.deliveries.set_policy(policy)
    return {"ok": True, "policy": asdict(policy)}


def _show_policy(sim: Simulator, _: str, given: Json) -> Json:
    return {"ok": True, "policy": asdict(sim.deliveries.policy), **sim.deliveries.counts()}


def _fault(sim: Simulator, _: str, given: Json) -> Json:
    only(given, "route", "kind", "times", "seconds")
    route = given.get("route")
    if not isinstance(route, str) or not 1 <= len(route) <= 200:
        raise BadControl("route must be a path such as /v1/checkout/sessions.")
    sim.faults.add(
        route,
        choice(given, "kind", KINDS),
        number(given, "times", 1, _MOST_FAULTS, 1, whole=True),
        number(given, "seconds", 0, 60, 2),
    )
    return {"ok": True, "faults": sim.faults.listed()}


def _show_faults(sim: Simulator, _: str, given: Json) -> Json:
    return {"ok": True, "faults": sim.faults.listed()}


def _clear_faults(sim: Simulator, _: str, given: Json) -> Json:
    sim.faults.clear()
    return {"ok": True, "faults": []}


def _on(method: str, path: str, action: Action) -> tuple[str, re.Pattern[str], Action]:
    return method, re.compile("/_sim/" + path.replace("{id}", "([^/]+)") + r"\Z"), action


_ACTIONS = (
    _on("POST", "sessions/{id}/complete", _complete),
    _on("POST", "sessions/{id}/settle", _settle),
    _on("POST", "charges/{id}/dispute", bankside.dispute),
    _on("POST", "disputes/{id}/update", bankside.update_dispute),
    _on("POST", "disputes/{id}/close", bankside.close_dispute),
    _on("POST", "refunds/next", bankside.next_refund),
    _on("POST", "refunds/{id}/settle", bankside.settle_refund),
    _on("GET", "clock", _clock),
    _on("POST", "clock/advance", _advance),
    _on("GET", "ledger", _ledger),
    _on("POST", "reset", _reset),
    _on("POST", "delivery", _policy),
    _on("GET", "delivery", _show_policy),
    _on("POST", "faults", _fault),
    _on("GET", "faults", _show_faults),
    _on("DELETE", "faults", _clear_faults),
)
