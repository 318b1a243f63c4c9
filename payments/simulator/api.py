"""One API request from its headers to its answer.

Order matters and is Stripe's: key, path, parameters, idempotency, then the work. Effect, events
and the kept answer commit together. Stripe documentation: "Authentication", "Connected
accounts", "Idempotent requests".
"""

from __future__ import annotations

import base64
import binascii
import re
import sys
import time
import traceback

from payments.simulator import faults, params, routes, sessions
from payments.simulator.cause import Cause
from payments.simulator.expansion import expanded
from payments.simulator.faults import Fault
from payments.simulator.idempotency import Claim, fingerprint
from payments.simulator.listing import Call
from payments.simulator.simulator import Simulator
from payments.simulator.wire import (
    Answer,
    Incoming,
    Json,
    StripeError,
    form_pairs,
    json_answer,
    json_bytes,
    nest,
)  # fmt: skip

_KEY = re.compile(r"(sk|rk)_test_[A-Za-z0-9_]{1,200}\Z")
_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{1,64}\Z")


def answer(sim: Simulator, incoming: Incoming) -> Answer:
    request_id = sim.ids.new("request")
    try:
        result = _answered(sim, incoming, request_id)
    except StripeError as error:
        result = json_answer(error.body(), error.status)
    except Exception:
        if sim.stopped:
            raise
        traceback.print_exc(file=sys.stderr)
        result = json_answer(_crash().body(), 500)
    result.headers = {"Request-Id": request_id, **_echoes(incoming), **result.headers}
    return result


def _crash() -> StripeError:
    return StripeError("An unknown error occurred", status=500, kind="api_error", executed=True)


def _echoes(incoming: Incoming) -> dict[str, str]:
    version = incoming.headers.get("stripe-version", params.sdk_version())
    echoed = {"Stripe-Version": version}
    for name in ("Idempotency-Key", "Stripe-Account"):
        if name.lower() in incoming.headers:
            echoed[name] = incoming.headers[name.lower()]
    return echoed


def _answered(sim: Simulator, incoming: Incoming, request_id: str) -> Answer:
    _authenticate(incoming.headers.get("authorization", ""))
    account = _account(incoming.headers.get("stripe-account", ""))
    route_found = routes.resolve(incoming.method, incoming.path)
    if route_found is None:
        raise StripeError(
            f"Unrecognized request URL ({incoming.method}: {incoming.path[:200]}). Please see "
            "https://stripe.com/docs or we can help at https://support.stripe.com/.",
            status=404,
        )
    route, ids = route_found
    fault = sim.faults.take(incoming.method, incoming.path)
    faults.raised_before(fault)
    pairs = form_pairs(_form(incoming))
    checked = params.check(nest(pairs), route.params)
    key = incoming.headers.get("idempotency-key") if incoming.method == "POST" else None
    call = Call(sim, account, incoming.path, ids, checked, Cause(request_id, key))
    sessions.expire_due(sim)
    if key is None:
        return _executed(call, route, fault, None)
    claim = Claim(account, key, fingerprint(incoming.method, incoming.path, pairs), request_id)
    kept = sim.idempotency.begin(claim)
    if kept is not None:
        headers = {"Idempotent-Replayed": "true", "Original-Request": kept.request_id}
        return Answer(kept.status, kept.body, headers)
    try:
        return _executed(call, route, fault, claim)
    finally:
        sim.idempotency.release(claim)


def _authenticate(header: str) -> None:
    kind, _, key = header.partition(" ")
    if kind.lower() == "basic":
        try:
            key = base64.b64decode(key, validate=True).decode().partition(":")[0]
        except (binascii.Error, ValueError):
            key = ""
    if not key:
        raise StripeError(
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
            "YOUR_SECRET_KEY').",
            status=401,
        )
    if kind.lower() not in ("basic", "bearer") or not _KEY.match(key):
        raise StripeError(
            f"Invalid API Key provided: {key[:8]}{'*' * max(0, min(len(key), 24) - 8)}", status=401
        )


def _account(header: str) -> str:
    if header and not _ACCOUNT.match(header):
        raise StripeError(
            f"The provided key does not have access to account '{header[:80]}' (or that account "
            "does not exist). Application access may have been revoked.",
            status=403,
            code="account_invalid",
        )
    return header


def _form(incoming: Incoming) -> str:
    if incoming.method == "GET":
        return incoming.query
    try:
        return incoming.body.decode()
    except UnicodeDecodeError:
        raise StripeError("Invalid request: the body isn't UTF-8.") from None


def _executed(call: Call, route: routes.Route, fault: Fault | None, claim: Claim | None) -> Answer:
    """Do the work in one transaction together with what is kept under the key."""
    sim = call.sim
    if fault is not None and fault.kind == "slow":
        time.sleep(fault.seconds)
    try:
        with sim.store.transaction():
            result = json_answer(_result(call, route))
            if fault is not None and fault.kind == "500_after":
                result = json_answer(_crash().body(), 500)
            if claim is not None:
                sim.idempotency.keep(claim, result.status, result.body)
    except StripeError as error:
        if error.executed and claim is not None:
            sim.idempotency.keep(claim, error.status, json_bytes(error.body()))
        raise
    except Exception:
        if claim is not None:
            sim.idempotency.keep(claim, 500, json_bytes(_crash().body()))
        raise
    result.cut = fault is not None and fault.kind == "cut"
    return result


def _result(call: Call, route: routes.Route) -> Json:
    return expanded(call, route.endpoint(call))
