"""Wire names in and out, nothing else. Shapes are strict: nothing is coerced."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from boards.errors import BadNumbers
from payments.models import Refund
from payments.supporters import Supporter
from rally.kit.errors import InvalidInput

SLOT = re.compile(r"slot([1-9][0-9]{0,5})")


def an_object(data: Any) -> dict[str, Any]:
    """The body as an object. Raises InvalidInput for lists and scalars."""
    if not isinstance(data, dict):
        raise InvalidInput(_("The body must be a JSON object."))
    return data


def slot_ids(data: dict[str, Any]) -> list[int]:
    """`slotIds`: whole numbers, or their ids ("slot12"). Raises BadNumbers.

    How many, which and whether twice is the board's business.
    """
    raw = data.get("slotIds")
    if not isinstance(raw, list):
        raise BadNumbers(_("slotIds must be a list of tile numbers."))
    if len(raw) > 10_000:
        raise BadNumbers(_("There are too many numbers in slotIds."))
    numbers = [_number(item) for item in raw]
    odd = [item for item, number in zip(raw, numbers, strict=True) if number is None]
    if odd:
        raise BadNumbers(_("slotIds must be whole numbers."), _printable(odd))
    return [number for number in numbers if number is not None]


def _number(item: Any) -> int | None:
    if type(item) is int:
        return item if abs(item) < 2**31 else None
    if isinstance(item, str) and (found := SLOT.fullmatch(item)):
        return int(found[1])
    return None


def _printable(items: Iterable[Any]) -> list[Any]:
    """What was odd, shown back without echoing a megabyte."""
    return [item if len(repr(item)) < 60 else type(item).__name__ for item in items][:20]


def owner_token(data: dict[str, Any]) -> str | None:
    """`ownerToken` if given; its form is checked where it is used."""
    token = data.get("ownerToken")
    if token is None:
        return None
    if not isinstance(token, str) or not token:
        raise InvalidInput(
            _("ownerToken must be a random UUID or at least 22 url-safe characters."),
            field="ownerToken",
        )
    return token


def supporter(data: dict[str, Any]) -> Supporter:
    """`supporter`: name and email, and optional message, imageUrl, displayAs, hideAmount."""
    given = data.get("supporter")
    if not isinstance(given, dict):
        raise InvalidInput(_("supporter must be an object."), field="supporter")
    return Supporter(
        name=given.get("name", ""),
        email=given.get("email", ""),
        message=_or(given.get("message"), ""),
        image_url=_or(given.get("imageUrl"), ""),
        display_as=_or(given.get("displayAs"), "name"),
        hide_amount=_or(given.get("hideAmount"), False),
    ).checked()


def flag(data: dict[str, Any], name: str, default: bool) -> bool:
    """A strict boolean under `name`."""
    value = _or(data.get(name), default)
    if not isinstance(value, bool):
        raise InvalidInput(_("%(name)s must be true or false.") % {"name": name}, field=name)
    return value


def refund(made: Refund) -> dict[str, Any]:
    """`{"id", "status", "amountCents"}`."""
    return {"id": made.reference, "status": made.status, "amountCents": made.amount_minor}


def board_id(data: dict[str, Any]) -> str:
    """`boardId` as text."""
    value = data.get("boardId")
    if not isinstance(value, str) or not 0 < len(value) <= 64:
        raise InvalidInput(_("boardId must be a board's id."), field="boardId")
    return value


def instant(moment: dt.datetime) -> str:
    """ISO 8601 in UTC, to the second: 2025-01-20T10:15:00Z."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value
