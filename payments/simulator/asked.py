"""What a caller of the control API asked for, checked; each refusal is one sentence."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from payments.simulator.wire import BadControl, Incoming, Json

_MISSING = object()


def body_of(incoming: Incoming) -> Json:
    if not incoming.body.strip():
        return {}
    try:
        given = json.loads(incoming.body)
    except (ValueError, RecursionError):
        raise BadControl("The body isn't JSON.") from None
    if not isinstance(given, dict):
        raise BadControl("The body must be a JSON object.")
    return given


def only(given: Json, *names: str) -> None:
    for name in given:
        if name not in names:
            raise BadControl(f"{name[:80]!r} isn't known here; use {', '.join(names)}.")


def choice(given: Json, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
    value = given.get(name, default)
    if not isinstance(value, str) or value not in choices:
        raise BadControl(f"{name} must be one of {', '.join(choices)}.")
    return value


def number(
    given: Json, name: str, low: float, high: float, default: Any = _MISSING, whole: bool = False
) -> Any:
    value = given.get(name, default)
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not isfinite(_real(value)):
        raise BadControl(f"{name} must be a {'whole ' if whole else ''}number.")
    if not low <= value <= high:
        raise BadControl(f"{name} must be from {low:,} to {high:,}.")
    return value


def _real(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")
