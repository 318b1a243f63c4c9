"""What the dialects share: strict JSON in, and a view that turns refusals into their words."""

import json
import logging
from typing import Any, NoReturn

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.response import Response
from rest_framework.views import APIView

from rally.kit.errors import DomainError, InvalidInput
from rally.kit.text import has_forbidden

logger = logging.getLogger(__name__)
LARGEST_BODY = 1_000_000
DEEPEST = 64


class TooLarge(DomainError):
    """The body is larger than any call needs."""

    code = "too_large"
    sentence = "The body is too large; one megabyte is the most."


def read_json(body: bytes) -> Any:
    """JSON in UTF-8, strictly: no duplicate keys, no NaN, at most 64 levels, no NUL.

    Raises InvalidInput. Source: RFC 8259 (a parser may limit depth and refuse duplicates).
    """
    if len(body) > LARGEST_BODY:
        raise TooLarge
    try:
        text = body.decode("utf-8")
        _check_depth(text)
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant,
                          parse_float=_finite)  # fmt: skip
    except (ValueError, RecursionError):
        raise InvalidInput(_("The body must be JSON in UTF-8.")) from None


def _check_depth(text: str) -> None:
    """Counts brackets without parsing; brackets in strings only make it stricter beyond 64."""
    depth, inside, escaped = 0, False, False
    for letter in text:
        if inside:
            if escaped:
                escaped = False
            elif letter == "\\":
                escaped = True
            elif letter == '"':
                inside = False
        elif letter == '"':
            inside = True
        elif letter in "[{":
            depth += 1
            if depth > DEEPEST:
                raise ValueError("too deep")
        elif letter in "]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("out of range")
    return number


def check_strings(value: Any) -> None:
    """Raises InvalidInput for NUL or a lone surrogate in any text of a parsed body."""
    if isinstance(value, str):
        if has_forbidden(value):
            raise InvalidInput(_("The body has characters that can't be used."))
    elif isinstance(value, dict):
        for key, inner in value.items():
            check_strings(key)
            check_strings(inner)
    elif isinstance(value, list):
        for inner in value:
            check_strings(inner)


class StrictJSONParser(BaseParser):
    """Parses `application/json` by `read_json`; an empty body is an empty object."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(LARGEST_BODY + 1)
        if not body:
            return {}
        data = read_json(body)
        check_strings(data)
        return data


class DialectView(APIView):
    """One act of a dialect. Refusals become the dialect's own words in `refuse`.

    Nothing here may answer 5xx for what a client sent; 503 is for what we can't reach.
    """

    authentication_classes: tuple = ()
    permission_classes: tuple = ()

    def refuse(
        self, status: int, code: str, message: str, details: dict[str, Any], retry_after: int = 0
    ) -> Response:
        """The dialect's error answer."""
        raise TypeError(f"{type(self).__name__} does not word errors")

    def status_of(self, error: DomainError) -> tuple[int, str]:
        """HTTP status and the dialect's own code for a refusal of the core."""
        raise TypeError(f"{type(self).__name__} does not know codes")

    def handle_exception(self, exc: Exception) -> Response:
        """Every way to fail, in the dialect's words."""
        response = self._answer_to(exc)
        response.exception = True
        return response

    def _answer_to(self, exc: Exception) -> Response:
        if isinstance(exc, DomainError):
            status, code = self.status_of(exc)
            wait = getattr(exc, "retry_after", 0)
            return self.refuse(status, code, str(exc), exc.facts, wait)
        if isinstance(exc, Http404):
            return self.refuse(404, "not_found", _("There is nothing here."), {})
        if isinstance(exc, RequestDataTooBig):
            return self.refuse(413, TooLarge.code, TooLarge.sentence, {})
        if isinstance(exc, (BadRequest, SuspiciousOperation, UnicodeError)):
            return self.refuse(400, "invalid_request", _("The request can't be read."), {})
        if isinstance(exc, exceptions.APIException):
            return self._http(exc)
        if isinstance(exc, (DatabaseError, InterfaceError)):
            logger.exception("The database can't be used")
            return self.refuse(503, "unavailable", _("Please try again in a moment."), {}, 5)
        logger.exception("A call failed")
        return self.refuse(500, "internal", _("Something went wrong on our side."), {})

    def _http(self, exc: exceptions.APIException) -> Response:
        codes = {
            401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
            406: "not_acceptable", 415: "unsupported_media_type", 429: "rate_limited",
        }  # fmt: skip
        status = exc.status_code
        answer = self.refuse(status, codes.get(status, "invalid_request"), str(exc.detail), {})
        if status == 405:
            answer["Allow"] = ", ".join(self.allowed_methods)
        return answer
