"""Reads a JSON body field by field, strictly: nothing is coerced, nothing unknown is let pass."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from rally.api.tiles import listing, shapes
from rally.kit.errors import InvalidInput

LARGEST = 2**53


class Body:
    """The fields of a request's body. Each reader raises InvalidInput naming its field."""

    def __init__(self, data: Any, known: Sequence[str]) -> None:
        self.data = shapes.an_object(data)
        for name in self.data:
            if name not in known:
                raise InvalidInput(_("There is no field of that name."), field=str(name)[:60])

    def has(self, name: str) -> bool:
        """Whether the field was sent."""
        return name in self.data

    def text(self, name: str, default: str | None = None, most: int = 50_000) -> str:
        """A string; without a default it must be there."""
        value = self.data.get(name, default)
        if not isinstance(value, str) or len(value) > most:
            raise _wrong(name, _("%(name)s must be text."))
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number, no boolean, no float; without a default it must be there."""
        value = self.data.get(name, default)
        if type(value) is not int or abs(value) >= LARGEST:
            raise _wrong(name, _("%(name)s must be a whole number."))
        return value

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        return shapes.flag(self.data, name, default)

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of these words."""
        value = self.data.get(name, default)
        if value not in choices:
            words = _("%(name)s must be one of %(choices)s.")
            facts = {"name": name, "choices": ", ".join(choices)}
            raise InvalidInput(words % facts, field=name)
        return str(value)

    def instant(self, name: str) -> dt.datetime | None:
        """ISO 8601 with a zone, such as 2025-06-01T00:00:00Z; null or absent is None."""
        value = self.data.get(name)
        if value is None:
            return None
        try:
            return listing.instant(value if isinstance(value, str) else "")
        except ValueError:
            words = _("%(name)s must be an instant such as 2025-06-01T00:00:00Z.")
            raise _wrong(name, words) from None

    def names(self, name: str, choices: Sequence[str]) -> list[str]:
        """A list of different words of these, at least one."""
        value = self.data.get(name)
        if not isinstance(value, list) or not value or len(value) > len(choices):
            raise _wrong(name, _("%(name)s must be a list of names."))
        if any(one not in choices for one in value) or len(set(value)) != len(value):
            words = _("%(name)s may name %(choices)s, each once.")
            facts = {"name": name, "choices": ", ".join(choices)}
            raise InvalidInput(words % facts, field=name)
        return value


def _wrong(name: str, words: str) -> InvalidInput:
    return InvalidInput(words % {"name": name}, field=name)
