"""JSON as strict as money deserves: what is odd is refused, not guessed at."""

import json
from typing import Any, NoReturn

from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from rally.kit.errors import DomainError, InvalidInput
from rally.kit.text import has_forbidden_within

LARGEST_BODY = 1_000_000
DEEPEST = 64
CHARSETS = {"utf-8", "utf8", "us-ascii"}


class TooLarge(DomainError):
    """The body is larger than any call needs."""

    code = "too_large"
    sentence = gettext_lazy("The body is too large; one megabyte is the most.")


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


class StrictJSONParser(BaseParser):
    """Parses `application/json` by `read_json`; an empty body is an empty object.

    Bytes that say they are something else than UTF-8 (another charset, compressed) are 415.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        _type, options = parse_header_parameters(media_type or "")
        encoding = parser_context["request"].headers.get("Content-Encoding", "identity")
        if encoding != "identity":
            raise UnsupportedMediaType("", _("Send the body as it is, without Content-Encoding."))
        if options.get("charset", "utf-8").lower() not in CHARSETS:
            raise UnsupportedMediaType("", _("Send JSON in UTF-8."))
        body = stream.read(LARGEST_BODY + 1)
        if not body:
            return {}
        data = read_json(body)
        if has_forbidden_within(data):
            raise InvalidInput(_("The body has characters that can't be used."))
        return data
