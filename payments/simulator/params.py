"""Parameter checks against the SDK's own types, so the stand-in can't accept what Stripe refuses.

The types are the TypedDicts of ``stripe.params``; they are loaded when first needed, because they
are heavy. Stripe documentation: "Error codes" (parameter_unknown, parameter_missing, ...).
"""

from __future__ import annotations

import decimal
import importlib
import sys
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

from typing_extensions import evaluate_forward_ref, is_typeddict

from payments.simulator.wire import Json, StripeError

_MAX_TEXT = 5_000


@cache
def _typed(name: str) -> type:
    """``checkout.SessionCreateParams`` -> the class; the one place that loads the SDK."""
    *path, last = name.split(".")
    return getattr(importlib.import_module(".".join(["stripe.params", *path])), last)


@cache
def sdk_version() -> str:
    """The API version the pinned SDK speaks; our events carry the same."""
    module = importlib.import_module("stripe._api_version")
    return str(module._ApiVersion.CURRENT)


@cache
def _request_options() -> frozenset[str]:
    module = importlib.import_module("stripe._request_options")
    return frozenset(module.RequestOptions.__annotations__)


@cache
def _fields(typed: type) -> dict[str, Any]:
    """Field name -> resolved type of one TypedDict, without the SDK's request options."""
    namespace = vars(sys.modules[typed.__module__])
    skip = _request_options() if typed.__name__.endswith("Params") else frozenset()
    return {
        name: _resolve(hint, namespace)
        for name, hint in typed.__annotations__.items()
        if name not in skip
    }


def _resolve(hint: Any, namespace: Mapping[str, Any]) -> Any:
    if isinstance(hint, ForwardRef):
        return evaluate_forward_ref(hint, globals=dict(namespace))
    if get_origin(hint) in (NotRequired, Required):
        return _resolve(get_args(hint)[0], namespace)
    if get_origin(hint) is list:
        return list[_resolve(get_args(hint)[0], namespace)]  # type: ignore[misc]  # made as it runs
    return hint


def check(given: Json, name: str) -> Json:
    """Check nested parameters against ``stripe.params.<name>``; answers them with real types."""
    return _mapping(given, _typed(name), "")


def _mapping(given: Any, typed: type, at: str) -> Json:
    if not isinstance(given, dict):
        raise StripeError("Invalid object", param=at)
    fields = _fields(typed)
    for key in given:
        if key not in fields:
            param = f"{at}[{key}]" if at else key
            raise StripeError(
                f"Received unknown parameter: {param}", code="parameter_unknown", param=param
            )
    for key in sorted(typed.__required_keys__ & fields.keys()):  # type: ignore[attr-defined]  # a TypedDict
        if key not in given:
            raise missing(f"{at}[{key}]" if at else key)
    return {
        key: _value(value, fields[key], f"{at}[{key}]" if at else key)
        for key, value in given.items()
    }


def names(name: str) -> list[str]:
    """The fields of one SDK type, for objects that show every field."""
    return list(_fields(_typed(name)))


def missing(param: str) -> StripeError:
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def _value(value: Any, hint: Any, at: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _union(value, get_args(hint), at)
    if origin is Literal:
        return _choice(value, get_args(hint), at)
    if origin is list:
        return _list(value, get_args(hint)[0], at)
    if origin is dict:
        return _words(value, at)
    if is_typeddict(hint):
        return _mapping(value, hint, at)
    return _scalar(value, hint, at)


def _union(value: Any, members: tuple[Any, ...], at: str) -> Any:
    choices = [c for m in members if get_origin(m) is Literal for c in get_args(m)]
    if isinstance(value, dict):
        nested = [m for m in members if is_typeddict(m) or get_origin(m) in (dict, list)]
        if not nested:
            raise StripeError(f"Invalid string: {at} can't be a hash.", param=at)
        return _value(value, nested[0], at)
    if value == "" and "" in choices:
        return ""
    real = [c for c in choices if c != ""]
    if real:
        return _choice(value, tuple(real), at)
    scalars = [m for m in members if m in (int, bool, str, decimal.Decimal)]
    if not scalars:
        raise StripeError("Invalid object", param=at)
    return _scalar(value, scalars[0], at)


def _choice(value: Any, choices: tuple[Any, ...], at: str) -> Any:
    if value not in choices:
        shown = ", ".join(str(c) for c in choices[:-1])
        shown = f"{shown}, or {choices[-1]}" if shown else str(choices[-1])
        field = at.rsplit("[", 1)[-1].rstrip("]")
        raise StripeError(f"Invalid {field}: must be one of {shown}", param=at)
    return value


def _list(value: Any, member: Any, at: str) -> list[Any]:
    if value == "":
        return []
    if not isinstance(value, dict) or not all(k.isascii() and k.isdigit() for k in value):
        raise StripeError("Invalid array", param=at)
    ordered = sorted(value.items(), key=lambda item: (len(item[0]), item[0]))
    return [_value(item, member, f"{at}[{key}]") for key, item in ordered]


def _words(value: Any, at: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise StripeError("Invalid hash", param=at)
    for key, word in value.items():
        if not isinstance(word, str):
            raise StripeError("Invalid string", param=f"{at}[{key}]")
    return value


def _scalar(value: Any, hint: Any, at: str) -> Any:
    if isinstance(value, dict):
        raise StripeError(f"Invalid string: {at} can't be a hash.", param=at)
    if value == "":
        raise StripeError(
            f"You passed an empty string for '{at}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{at}' cannot be unset. You should remove '{at}' from "
            "your request or supply a non-empty value.",
            code="parameter_invalid_empty",
            param=at,
        )
    if hint is int:
        return _integer(value, at)
    if hint is bool:
        if value not in ("true", "false"):
            raise StripeError(f"Invalid boolean: {value[:80]}", param=at)
        return value == "true"
    if len(value) > _MAX_TEXT:
        raise StripeError(
            f"Invalid string: {value[:20]}...; must be at most {_MAX_TEXT} characters",
            code="parameter_invalid_string_length",
            param=at,
        )
    return value


def _integer(value: str, at: str) -> int:
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise StripeError(
            f"Invalid integer: {value[:80]}", code="parameter_invalid_integer", param=at
        )
    return int(value)


def check_metadata(metadata: dict[str, str], at: str) -> dict[str, str]:
    """The page "Metadata": at most 50 keys, keys of 40 and values of 500 characters."""
    if len(metadata) > 50:
        raise StripeError(
            f"You can only specify up to 50 keys in metadata; you have {len(metadata)}.", param=at
        )
    for key, value in metadata.items():
        if len(key) > 40:
            raise StripeError(
                f"Metadata keys can be at most 40 characters long; '{key[:40]}...' is longer.",
                param=at,
            )
        if len(value) > 500:
            raise StripeError(
                f"Metadata values can have up to 500 characters, but you passed in a value that "
                f"is {len(value)} characters. Invalid value: {value[:40]}...",
                param=f"{at}[{key}]",
            )
    return {key: value for key, value in metadata.items() if value != ""}


def merged_metadata(old: dict[str, str], given: dict[str, str] | str, at: str) -> dict[str, str]:
    """The page "Metadata": given keys win, an empty value unsets a key, '' unsets them all."""
    if isinstance(given, str):
        return {}
    return check_metadata({**old, **given}, at)
