"""What travels on the wire: bracketed form fields in, JSON and the error envelope out.

Stripe documentation: "Errors", "Request IDs" and "Expanding responses" in the API reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_MAX_FIELDS = 5_000
_MAX_DEPTH = 8


class StripeError(Exception):
    """An answer in Stripe's error envelope.

    ``executed`` tells whether the endpoint had begun its work: only then is the answer kept
    under the idempotency key ("Idempotent requests": failed validation is not saved).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.executed = executed

    def body(self) -> Json:
        error: Json = {"message": self.message, "type": self.kind}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        return {"error": error}


class BadControl(Exception):
    """Wrong input to the control API, told in one sentence."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Incoming:
    """One HTTP request, before anything is known about it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """One HTTP answer; ``cut`` closes the socket instead of sending it."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut: bool = False


def json_bytes(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=True) + "\n").encode()


def json_answer(value: object, status: int = 200) -> Answer:
    return Answer(status, json_bytes(value))


def form_pairs(text: str) -> list[tuple[str, str]]:
    """Split a query or form body; refuses what is not UTF-8 or absurdly long."""
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError:
        raise StripeError("Invalid request: the parameters can't be decoded.") from None


def nest(pairs: Iterable[tuple[str, str]]) -> Json:
    """Turn ``a[b][0][c]=v`` pairs into nested mappings; lists stay mappings of positions."""
    root: Json = {}
    for name, value in pairs:
        match = _KEY.match(name)
        if match is None:
            raise StripeError(f"Invalid request: can't read the parameter name {name[:80]!r}.")
        steps = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        if len(steps) > _MAX_DEPTH:
            raise StripeError("Invalid request: the parameters are nested too deeply.")
        _place(root, steps, value, name)
    return root


def _place(node: Json, steps: list[str], value: str, name: str) -> None:
    for step in steps[:-1]:
        step = step if step else str(len(node))
        child = node.setdefault(step, {})
        if not isinstance(child, dict):
            raise StripeError(f"Invalid request: {name[:80]} is given twice.", param=name[:80])
        node = child
    last = steps[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise StripeError(f"Invalid request: {name[:80]} is given twice.", param=name[:80])
    node[last] = value
