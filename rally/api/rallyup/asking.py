"""What a caller says: parameters by name in any case, in the query and in a form body.

A DELETE carries a form, too, and the type of a body need not be named. One name with two
values is refused: which of them was meant can't be told.
"""

import datetime as dt
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, QueryDict
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _

from rally.api.rallyup.errors import NotHere
from rally.api.strictjson import read_json
from rally.kit.errors import InvalidInput
from rally.kit.text import has_forbidden

LARGEST_BODY = 65_536
MOST_FIELDS = 100
BIGGEST = 2**63 - 1
LARGEST_PAGE = 100
WHOLE = re.compile(r"-?[0-9]{1,400}", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
CHARSETS = {"utf-8", "utf8", "us-ascii"}
TRUE, FALSE = {"true", "1", "yes"}, {"false", "0", "no"}
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in UTC: from the first instant of one to the first after the last."""

    start: dt.datetime | None
    end: dt.datetime | None

    @property
    def is_given(self) -> bool:
        """Whether any end of it was named."""
        return self.start is not None or self.end is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """Parameters by their names in lower case; an empty one counts as not sent."""

    values: dict[str, str]

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Of a request's query and body. Raises InvalidInput."""
        found: dict[str, str] = {}
        for name, value in [*_pairs(request.GET), *_body(request)]:
            if has_forbidden(name) or has_forbidden(value):
                raise InvalidInput(_("There is a character that can't be used."))
            known = found.setdefault(name.lower(), value)
            if known != value:
                words = _("%(name)s was sent twice with different values.")
                raise InvalidInput(words % {"name": name[:40]}, field=name[:40])
        return cls({name: value for name, value in found.items() if value.strip()})

    def text(self, name: str) -> str:
        """A text; "" for none."""
        return self.values.get(name.lower(), "")

    def has(self, name: str) -> bool:
        """Whether it was sent with something in it."""
        return name.lower() in self.values

    def needed(self, name: str) -> str:
        """A text that has to be there. Raises InvalidInput."""
        if not self.has(name):
            raise InvalidInput(_("%(name)s is missing.") % {"name": name}, field=name)
        return self.text(name)

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds. Raises InvalidInput."""
        if not self.has(name):
            return default
        number = _whole(self.text(name).strip(), name)
        if not least <= number <= most:
            words = _("%(name)s must be from %(least)s to %(most)s.")
            facts = {"name": name, "least": least, "most": most}
            raise InvalidInput(words % facts, field=name)
        return number

    def id(self, name: str) -> int | None:
        """An id that was sent, or None. Raises InvalidInput, and NotHere for one nothing has."""
        return key(self.text(name).strip(), name) if self.has(name) else None

    def needed_id(self, name: str) -> int:
        """An id that has to be there. Raises as `id` does."""
        return key(self.needed(name).strip(), name)

    def flag(self, name: str, default: bool = False) -> bool:
        """true/false, 1/0 or yes/no. Raises InvalidInput."""
        if not self.has(name):
            return default
        word = self.text(name).strip().lower()
        if word not in TRUE | FALSE:
            words = _("%(name)s must be true or false.") % {"name": name}
            raise InvalidInput(words, field=name)
        return word in TRUE

    def choice(self, name: str, names: Collection[str]) -> str:
        """One of these names in any case, as it is written there; "" if it wasn't sent."""
        if not self.has(name):
            return ""
        word = self.text(name).strip().lower()
        for one in names:
            if one.lower() == word:
                return one
        words = _("%(name)s must be one of: %(names)s.")
        raise InvalidInput(words % {"name": name, "names": ", ".join(names)}, field=name)

    def period(self) -> Period:
        """`startDate` and `endDate`, both days included. Raises InvalidInput."""
        start, last = self._day("startDate"), self._day("endDate")
        if start is not None and last is not None and last < start:
            words = _("startDate must not be after endDate.")
            raise InvalidInput(words, field="startDate")
        # After the last day of the calendar nothing can begin: that end is none.
        over = last is not None and last < dt.date.max
        end = _midnight(last + dt.timedelta(days=1)) if last is not None and over else None
        return Period(_midnight(start) if start is not None else None, end)

    def _day(self, name: str) -> dt.date | None:
        if not self.has(name):
            return None
        word = self.text(name).strip()
        try:
            if DAY.fullmatch(word):
                return dt.date.fromisoformat(word)
        except ValueError:
            pass
        words = _("%(name)s must be a day such as 2026-11-22.") % {"name": name}
        raise InvalidInput(words, field=name)


def key(word: str, name: str) -> int:
    """An id in plain digits. Raises InvalidInput, and NotHere for one that no row can have."""
    number = _whole(word, name)
    if not 0 < number <= BIGGEST:
        raise NotHere
    return number


def _whole(word: str, name: str) -> int:
    if not WHOLE.fullmatch(word):
        words = _("%(name)s must be a whole number.") % {"name": name}
        raise InvalidInput(words, field=name)
    return int(word)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def _pairs(query: QueryDict) -> Pairs:
    return [(name, value) for name, values in query.lists() for value in values]


def _body(request: HttpRequest) -> Pairs:
    """The fields of a body: a form, whatever it is called, or a flat JSON object."""
    kind, options = parse_header_parameters(request.META.get("CONTENT_TYPE", ""))
    body = read(request, options)
    if not body.strip():
        return []
    if kind.startswith("multipart/"):
        raise InvalidInput(_("Send the parameters as a form: name=value&name=value."))
    if kind == "application/json":
        return _flat(read_json(body))
    return form(body)


def read(request: HttpRequest, options: dict[str, str] | None = None) -> bytes:
    """The bytes of a body, which are a few and not compressed. Raises InvalidInput."""
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    charset = str((options or {}).get("charset", "utf-8")).lower()
    if encoding != "identity" or charset not in CHARSETS:
        raise InvalidInput(_("Send the body in UTF-8, and not compressed."))
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = -1
    if not 0 <= length <= LARGEST_BODY:
        raise InvalidInput(_("The body is too large, or its length can't be read."))
    return request.body


def form(body: bytes) -> Pairs:
    """name=value&name=value in UTF-8. Raises InvalidInput."""
    try:
        return parse_qsl(
            body.decode("utf-8").strip(), keep_blank_values=True, errors="strict",
            max_num_fields=MOST_FIELDS,
        )  # fmt: skip
    except ValueError:
        raise InvalidInput(_("The body can't be read.")) from None


def _flat(data: Any) -> Pairs:
    if not isinstance(data, dict):
        raise InvalidInput(_("The body must be one JSON object."))
    pairs: Pairs = []
    for name, value in data.items():
        if isinstance(value, (dict, list)):
            raise InvalidInput(_("%(name)s must be one value.") % {"name": name[:40]})
        if value is not None:
            pairs.append((name, value if isinstance(value, str) else json.dumps(value)))
    return pairs
