"""Events: a frozen picture of an object at the moment something happened to it.

Stripe documentation: "Types of events" and "The Event object". The bytes sent to the webhook are
made once, here, so every retry and every copy is identical.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

from payments.simulator import params
from payments.simulator.cause import NOBODY, Cause
from payments.simulator.listing import Call, found, listed
from payments.simulator.store import Record, Sql
from payments.simulator.wire import Json, StripeError

if TYPE_CHECKING:
    from payments.simulator.simulator import Simulator


def emit(
    sim: Simulator,
    kind: str,
    thing: Json,
    account: str,
    cause: Cause = NOBODY,
    *,
    previous: Json | None = None,
    hold_back: bool = False,
) -> int:
    """Store an event and its deliveries; answers the (first) delivery's id, 0 without webhook.

    ``hold_back`` leaves the sending to the caller and is spared the delivery policy.
    """
    data: Json = {"object": copy.deepcopy(thing)}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Json = {
        "id": sim.ids.new("event"),
        "object": "event",
        "api_version": params.sdk_version(),
        "created": sim.clock.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 1 if sim.deliveries.active else 0,
        "request": {"id": cause.request_id, "idempotency_key": cause.idempotency_key},
        "type": kind,
    }
    if account:
        event["account"] = account
    with sim.store.transaction():
        sim.store.insert(Record(event["id"], "event", account, event["created"], event))
        body = json.dumps(event, indent=2).encode()
        return sim.deliveries.add(event["id"], account, body, hold_back=hold_back)


def shown(sim: Simulator, record: Record) -> Json:
    """The event as the API shows it now: only ``pending_webhooks`` is alive."""
    return {**record.body, "pending_webhooks": sim.deliveries.outstanding(record.id)}


def retrieve(call: Call) -> Json:
    return shown(call.sim, found(call, "event"))


def list_all(call: Call) -> Json:
    """GET /v1/events: by type (``*`` as wildcard), types, time and delivery."""
    filters: list[tuple[str, Sql]] = []
    if "type" in call.params and "types" in call.params:
        raise StripeError("You may pass either `type` or `types`, but not both.", param="types")
    if "type" in call.params:
        filters.append(("json_extract(body, '$.type') GLOB ?", call.params["type"]))
    if "types" in call.params:
        wanted = call.params["types"]
        if not 1 <= len(wanted) <= 20:
            raise StripeError("You may pass 1 to 20 event types.", param="types")
        clause = "json_extract(body, '$.type') IN (SELECT value FROM json_each(?))"
        filters.append((clause, json.dumps(wanted)))
    if "delivery_success" in call.params:
        word = "NOT EXISTS" if call.params["delivery_success"] else "EXISTS"
        filters.append(
            (
                f"{word} (SELECT 1 FROM deliveries "
                "WHERE event = objects.id AND state <> 'delivered')",
                None,
            )
        )
    return listed(call, "event", filters, lambda record: shown(call.sim, record))
