"""``expand[]``: put an object where its id stands.

Stripe documentation: "Expanding responses".
"""

from __future__ import annotations

from typing import Any

from payments.simulator.listing import Call, envelope
from payments.simulator.wire import Json, StripeError

_DEEPEST = 4
# object -> field -> what the id may name; an empty tuple is a list that is added on demand
_FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "checkout.session": {"payment_intent": ("payment_intent",), "line_items": ()},
    "payment_intent": {"latest_charge": ("charge",)},
    "charge": {
        "balance_transaction": ("balance_transaction",),
        "failure_balance_transaction": ("balance_transaction",),
        "payment_intent": ("payment_intent",),
        "refunds": (),
    },
    "refund": {
        "balance_transaction": ("balance_transaction",),
        "failure_balance_transaction": ("balance_transaction",),
        "charge": ("charge",),
        "payment_intent": ("payment_intent",),
    },
    "dispute": {"charge": ("charge",), "payment_intent": ("payment_intent",)},
    "balance_transaction": {"source": ("charge", "refund", "dispute")},
}
_ALWAYS_NULL = frozenset({"customer", "application", "on_behalf_of", "invoice", "review"})


def expanded(call: Call, answer: Json) -> Json:
    """The answer with every path of ``expand`` followed."""
    for path in call.params.get("expand", []):
        steps = path.split(".")
        if len(steps) > _DEEPEST + (steps[0] == "data"):
            raise StripeError(
                f"You cannot expand more than {_DEEPEST} levels of a property ({path}).",
                param="expand",
            )
        if answer.get("object") == "list":
            if steps[0] != "data" or len(steps) == 1:
                raise _refused(path)
            for item in answer["data"]:
                _expand(call, item, steps[1:], path)
        else:
            _expand(call, answer, steps, path)
    return answer


def _refused(path: str) -> StripeError:
    return StripeError(f"This property cannot be expanded ({path}).", param="expand")


def _expand(call: Call, thing: Any, steps: list[str], path: str) -> None:
    if not isinstance(thing, dict):
        return
    name = steps[0]
    kinds = _FIELDS.get(str(thing.get("object")), {}).get(name)
    if kinds is None:
        if name in _ALWAYS_NULL and thing.get(name, "") is None:
            return
        raise _refused(path)
    if kinds == ():
        thing.setdefault(name, _added(call, thing, name))
        items = thing[name]["data"] if len(steps) > 2 and steps[1] == "data" else []
        for item in items:
            _expand(call, item, steps[2:], path)
        return
    if isinstance(thing.get(name), str):
        thing[name] = _object(call, thing[name], kinds)
    if len(steps) > 1:
        _expand(call, thing[name], steps[1:], path)


def _object(call: Call, id: str, kinds: tuple[str, ...]) -> Json | str:
    for kind in kinds:
        record = call.sim.store.get(kind, id, call.account)
        if record is not None:
            return record.body
    return id


def _added(call: Call, thing: Json, name: str) -> Json:
    if name == "line_items":
        session = call.sim.store.get("checkout.session", thing["id"], call.account)
        items = session.private["line_items"] if session else []
        return envelope(items, f"/v1/checkout/sessions/{thing['id']}/line_items")
    refunds = call.sim.store.select(
        "kind = 'refund' AND json_extract(body, '$.charge') = ?", (thing["id"],)
    )
    return envelope([r.body for r in refunds], f"/v1/charges/{thing['id']}/refunds")
