"""The envelope: `Result`, `Ok`, `Error`, `Metadata` around everything but an empty 204.

Whether a v3 list stands bare or in the envelope is decided here and nowhere else.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse

from rally.api.rallyup.errors import DENIED

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told. An empty one is 204; `metadata` is what there is to say beside it."""

    result: Any = None
    metadata: dict[str, Any] = field(default_factory=dict)
    empty: bool = False


def envelope(answer: Answer) -> dict[str, Any]:
    """The members of an answer that went well."""
    return {"Result": answer.result, "Ok": True, "Error": None, "Metadata": answer.metadata or None}


def refusal(status: int, sentence: str) -> dict[str, Any]:
    """The members of a refusal; a missing login is worded as this API's clients know it."""
    if status == 401:
        message, error = str(DENIED), "Unauthorized"
    else:
        message = error = sentence
    return {"Message": message, "Ok": False, "Error": error, "Result": None, "Metadata": None}


def written(data: dict[str, Any], status: int = 200) -> HttpResponse:
    """The response, which no cache may keep."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return private(HttpResponse(text.encode("utf-8", "replace"), status=status, content_type=JSON))


def nothing() -> HttpResponse:
    """204: there is no data to return."""
    answer = private(HttpResponse(status=204))
    del answer["Content-Type"]
    return answer


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody on the way."""
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Authorization"
    return response
