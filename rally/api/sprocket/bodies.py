"""Bodies into typed values, by the tables: JSON and XML come out the same."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _

from rally.api.sprocket import asking, errors, xmlin
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.fields import Field, Kind, Table
from rally.api.sprocket.names import ITEMS
from rally.api.sprocket.xmlin import Node, Text
from rally.api.strictjson import CHARSETS, read_json
from rally.kit.errors import InvalidInput
from rally.kit.text import has_forbidden_within

XML = {"application/xml", "text/xml"}
MOST_ITEMS = 100
Values = dict[str, Any]


def read(request: HttpRequest) -> Any:
    """The body as it stands. XML by its media type; a missing or unknown one is JSON.

    Raises Refusal and TooLarge. An XML document is `{root: content}`.
    """
    kind, options = parse_header_parameters(request.headers.get("Content-Type", ""))
    encoding = request.headers.get("Content-Encoding", "identity")
    if options.get("charset", "utf-8").lower() not in CHARSETS or encoding != "identity":
        raise Refusal(errors.MEDIA_TYPE, _("Send the body in UTF-8, not compressed."))
    body = request.body
    if kind.lower() in XML:
        try:
            root, content = xmlin.read(body)
        except xmlin.Unreadable:
            raise Refusal(errors.UNREADABLE, _("The body must be plain XML in UTF-8.")) from None
        return Node(((root, content),))
    try:
        data = read_json(body)
    except InvalidInput as why:
        raise Refusal(errors.UNREADABLE, str(why)) from None
    if has_forbidden_within(data):
        raise Refusal(errors.UNREADABLE, _("The body has characters that can't be used."))
    return data


def unwrapped(data: Any, table: Table) -> Any:
    """What stands under the object's name, or the bare object. Raises Refusal."""
    if isinstance(data, Node):
        [(root, content)] = data.children
        if root != table.name or not isinstance(content, Node | None):
            raise _unknown_root(table)
        return content or Node(())
    if not isinstance(data, Mapping):
        raise _unknown_root(table)
    if table.name in data and set(data) <= {table.name}:
        inner = data[table.name]
        if not isinstance(inner, Mapping):
            raise _unknown_root(table)
        return inner
    known = {one.name for one in table.fields}
    if data and not known & set(data):
        raise _unknown_root(table)
    return data


def _unknown_root(table: Table) -> Refusal:
    return Refusal(
        errors.UNREADABLE, _("The body must be an object called %(name)s.") % {"name": table.name}
    )


def values(table: Table, data: Any, path: str = "") -> Values:
    """The writable fields that were given, typed, by their names. Others are passed over.

    Raises Refusal naming the field, such as "Donation.Payment.Paid_At".
    """
    path = path or table.name
    given = _members(data, path)
    found: Values = {}
    for one in table.fields:
        if one.writable and one.name in given:
            found[one.name] = _typed(one, given[one.name], f"{path}.{one.name}")
    return found


def identity(data: Any, path: str) -> int | None:
    """The `Id` of a record, where updates name it."""
    value = _members(data, path).get("Id")
    return None if value is None else _whole(value, f"{path}.Id")


def _members(data: Any, path: str) -> Mapping[str, Any]:
    if data is None:
        return {}
    if isinstance(data, Node):
        if len({name for name, _value in data.children}) != len(data.children):
            raise Refusal(errors.UNREADABLE, _("A field is there twice."), field=path)
        return dict(data.children)
    if not isinstance(data, Mapping):
        raise _wrong(path, _("must be an object"))
    return data


def _typed(one: Field, value: Any, path: str) -> Any:
    if one.many:
        return _list(one, value, path)
    if value is None:
        return None
    if one.of is not None:
        return values(one.of, value, path)
    typed: Any = TYPES[one.kind](value, path)
    if one.longest and len(typed) > one.longest:
        sentence = _("%(name)s may have at most %(n)d characters.")
        raise Refusal(errors.OUT_OF_RANGE, sentence % {"name": path, "n": one.longest}, field=path)
    return typed


def _list(one: Field, value: Any, path: str) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, Node):
        if {name for name, _inner in value.children} != {ITEMS[one.name]}:
            raise _wrong(path, _("must be a list"))
        value = [inner for _name, inner in value.children]
    if not isinstance(value, list) or one.of is None:
        raise _wrong(path, _("must be a list"))
    if len(value) > MOST_ITEMS:
        raise Refusal(errors.OUT_OF_RANGE, _("The list is too long."), field=path)
    return [
        {"Id": identity(inner, f"{path}[{index}]")}
        | values(one.of, inner, f"{path}[{index}]")
        for index, inner in enumerate(value)
    ]  # fmt: skip


def _wrong(path: str, must: str) -> Refusal:
    return Refusal(errors.WRONG_TYPE, f"{path} {must}.", field=path)


# By type --------------------------------------------------------------------------------------
def _whole(value: Any, path: str) -> int:
    if isinstance(value, Text):
        return asking.whole(value.strip(), path)
    if type(value) is not int:
        raise _wrong(path, _("must be a whole number"))
    if abs(value) > asking.BIGGEST_INT:
        raise Refusal(errors.OUT_OF_RANGE, _("The number is too large."), field=path)
    return value


def _instant(value: Any, path: str) -> dt.datetime:
    second = _whole(value, path)
    if not 0 <= second <= asking.LAST_SECOND:
        raise Refusal(
            errors.OUT_OF_RANGE, _("%(name)s must be unix seconds.") % {"name": path}, field=path
        )
    return dt.datetime.fromtimestamp(second, dt.UTC)


def _decimal(value: Any, path: str) -> Decimal:
    if isinstance(value, Text):
        return asking.decimal(value.strip(), path)
    if type(value) is int:
        number = Decimal(value) if abs(value) < 10**30 else Decimal(10**30)
    elif type(value) is float:
        number = Decimal(repr(value))
    else:
        raise _wrong(path, _("must be a number"))
    return number


def _string(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _wrong(path, _("must be text"))
    return str(value)


def _flag(value: Any, path: str) -> bool:
    if isinstance(value, Text):
        return asking.boolean(value.strip(), path)
    if not isinstance(value, bool):
        raise _wrong(path, _("must be true or false"))
    return value


TYPES = {
    Kind.INT: _whole,
    Kind.LONG: _instant,
    Kind.DECIMAL: _decimal,
    Kind.STRING: _string,
    Kind.BOOLEAN: _flag,
}
