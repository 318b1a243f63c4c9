"""What a query string says, strictly: paging, leaders, and values of filters by their type."""

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from rally.api.sprocket import errors
from rally.api.sprocket.errors import Refusal
from rally.kit.text import has_forbidden

LONGEST_PAGE, USUAL_PAGE, MOST_LEADERS = 100, 10, 100
BIGGEST_INT = 2**63 - 1
LAST_SECOND = 253_402_300_799  # the end of the year 9999
MOST_FILTERS, LONGEST_VALUE = 20, 200
WHOLE = re.compile(r"-?[0-9]{1,400}", re.ASCII)
DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,10})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query string with its names in lower case; every value of a repeated name is kept."""

    values: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        """Raises Refusal for text that no database can take."""
        found: dict[str, list[str]] = {}
        for name, values in query.lists():
            found.setdefault(name.lower(), []).extend(values)
        if any(has_forbidden(text) for name, texts in found.items() for text in (name, *texts)):
            raise Refusal(errors.WRONG_TYPE, _("The address has characters that can't be used."))
        return cls(found)

    def last(self, name: str) -> str | None:
        """The value that counts for names that mean one thing."""
        values = self.values.get(name)
        return values[-1] if values else None

    def whole(
        self, name: str, default: int | None, least: int = 0, most: int = BIGGEST_INT
    ) -> int | None:
        """A whole number within bounds. Raises Refusal."""
        value = self.last(name)
        return default if value is None else whole(value, name, least, most)

    @property
    def limit(self) -> int:
        """How many rows a page has."""
        return self.whole("limit", USUAL_PAGE, 0, LONGEST_PAGE) or 0

    @property
    def offset(self) -> int:
        """How many rows to skip, however many that are."""
        return self.whole("offset", 0, 0, 10**400) or 0

    @property
    def leaders(self) -> int:
        """How long leader lists are; more than the most is the most."""
        return min(self.whole("leader_count", 0, 0, BIGGEST_INT) or 0, MOST_LEADERS)

    @property
    def starting(self) -> dt.datetime | None:
        """The instant before which rows are left out."""
        value = self.whole("starting", None, 0, LAST_SECOND)
        return None if value is None else dt.datetime.fromtimestamp(value, dt.UTC)

    def flag(self, name: str) -> bool:
        """True for `true`; anything else is false, for what only changes looks."""
        return (self.last(name) or "").lower() == "true"


def whole(value: str, name: str, least: int = -BIGGEST_INT, most: int = BIGGEST_INT) -> int:
    """A whole number in plain digits. Raises Refusal naming the field."""
    if not WHOLE.fullmatch(value):
        raise Refusal(
            errors.WRONG_TYPE, _("%(name)s must be a whole number.") % {"name": name}, field=name
        )
    number = int(value)
    if not least <= number <= most:
        raise Refusal(
            errors.OUT_OF_RANGE,
            _("%(name)s must be from %(least)s to %(most)s.")
            % {"name": name, "least": least, "most": most},
            field=name,
        )
    return number


def decimal(value: str, name: str) -> Decimal:
    """A decimal number in plain digits. Raises Refusal naming the field."""
    if not DECIMAL.fullmatch(value):
        raise Refusal(
            errors.WRONG_TYPE, _("%(name)s must be a number.") % {"name": name}, field=name
        )
    return Decimal(value)


def boolean(value: str, name: str) -> bool:
    """`true` or `false`. Raises Refusal naming the field."""
    if value.lower() not in {"true", "false"}:
        raise Refusal(
            errors.WRONG_TYPE, _("%(name)s must be true or false.") % {"name": name}, field=name
        )
    return value.lower() == "true"
