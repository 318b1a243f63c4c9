"""Answers as bytes: JSON, or XML for who asks for it. `pretty` only changes white space."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from rally.api.sprocket import errors, xmlout
from rally.api.sprocket.errors import Refusal

JSON, XML = "application/json", "application/xml"
# What a browser or a careless client asks for gets JSON, as does silence.
AS_JSON = {JSON, "text/html", "application/xhtml+xml", "text/json", "*/*", "application/*",
           "text/*"}  # fmt: skip
AS_XML = {XML, "text/xml"}
RESPONSE = "Response"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told, and what XML calls its root."""

    data: dict[str, Any]
    root: str = RESPONSE


def wanted(request: HttpRequest) -> str:
    """JSON or XML, by weight and then by order. Raises Refusal 20006.

    Source: RFC 9110, 12.5.1.
    """
    best, weight = "", 0.0
    for part in request.headers.get("Accept", "*/*").split(",") or ["*/*"]:
        name, *options = (piece.strip().lower() for piece in part.split(";"))
        heavy = _weight(options)
        kind = XML if name in AS_XML else JSON if name in AS_JSON or not name else ""
        if kind and heavy > weight:
            best, weight = kind, heavy
    if not best:
        raise Refusal(errors.MEDIA_TYPE)
    return best


def _weight(options: list[str]) -> float:
    for option in options:
        if option.startswith("q="):
            try:
                return float(option[2:])
            except ValueError:
                return 0.0
    return 1.0


def written(answer: Answer, kind: str, *, status: int = 200, pretty: bool = False) -> HttpResponse:
    """The response, which no cache may keep."""
    if kind == XML:
        body = xmlout.document(answer.data, answer.root, pretty=pretty)
    else:
        layout: dict[str, Any] = {"indent": 2} if pretty else {"separators": (",", ":")}
        text = json.dumps(answer.data, ensure_ascii=False, **layout)
        body = text.encode("utf-8", "replace")
    response = HttpResponse(body, status=status, content_type=f"{kind}; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Accept, Authorization"
    return response
