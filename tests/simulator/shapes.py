"""Compares answers with the SDK's own classes, so that the stand-in can't drift from them."""

from __future__ import annotations

import typing
from decimal import Decimal
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe import StripeObject

_CLASSES = {
    "checkout.session": stripe.checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "balance_transaction": stripe.BalanceTransaction,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "price": stripe.Price,
    "test_helpers.test_clock": stripe.test_helpers.TestClock,
}


def problems(value: Any, at: str = "") -> list[str]:
    """What an object of the API has that the SDK's class of that name doesn't know."""
    kind = value["object"]
    if kind == "list":
        return [p for n, item in enumerate(value["data"]) for p in problems(item, f"{at}[{n}]")]
    return _fields(value, _CLASSES[kind], at or kind)


def _fields(value: dict[str, Any], owner: type, at: str) -> list[str]:
    known = owner.__annotations__
    found = [f"{at}.{key} isn't a field of {owner.__name__}" for key in value if key not in known]
    for key, item in value.items():
        if key in known:
            found += _value(item, known[key], f"{at}.{key}")
    return found


def _value(value: Any, hint: Any, at: str) -> list[str]:
    if isinstance(value, dict) and isinstance(value.get("object"), str):
        return problems(value, at)
    if isinstance(hint, ForwardRef | str):
        return []
    members = get_args(hint) if get_origin(hint) is Union else (hint,)
    if value is None:
        return [] if type(None) in members or typing.Any in members else [f"{at} can't be null"]
    if any(_fits(value, member) for member in members):
        nested = [m for m in members if isinstance(m, type) and issubclass(m, StripeObject)]
        if isinstance(value, dict) and nested and nested[0].__annotations__:
            return _fields(value, nested[0], at)
        return []
    return [f"{at} is {value!r}, not {hint}"]


def _fits(value: Any, member: Any) -> bool:
    origin = get_origin(member)
    if origin is Literal:
        return value in get_args(member)
    if isinstance(member, ForwardRef):
        return isinstance(value, str | dict)
    if origin is list:
        return isinstance(value, list)
    if isinstance(value, dict):
        return origin is not None or (isinstance(member, type) and issubclass(member, StripeObject))
    if member is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if getattr(member, "__name__", "") == "Decimal":
        return isinstance(value, str | Decimal)
    return isinstance(member, type) and isinstance(value, member)
