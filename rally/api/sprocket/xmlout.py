"""Answers as XML: the same names, the same values, well-formed whatever the text is."""

import re
from typing import Any
from xml.sax.saxutils import escape

from rally.api.sprocket.names import ITEMS

# What XML 1.0 can't hold, and lone surrogates, which can't be encoded.
ILLEGAL = re.compile("[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEAD = '<?xml version="1.0" encoding="utf-8"?>'
INDENT = "  "


def document(data: dict[str, Any], root: str, *, pretty: bool = False) -> bytes:
    """A whole document. A list's items stand in the root, beside its counts.

    `pretty` puts every element on a line of its own, and changes nothing else.
    """
    parts: list[str] = [HEAD]
    _object(parts, root, _flat(data, root), 0, pretty)
    text = ("\n" if pretty else "").join(parts)
    return (text + ("\n" if pretty else "")).encode("utf-8", "replace")


def _flat(data: dict[str, Any], root: str) -> list[tuple[str, Any]]:
    """The children of the root: one object's keys, or a list's items and then its counts."""
    found: list[tuple[str, Any]] = []
    for name, value in data.items():
        if name == root and isinstance(value, dict):
            found += value.items()
        elif name == root and isinstance(value, list):
            found += [(ITEMS[name], item) for item in value]
        else:
            found.append((name, value))
    return found


def _object(
    parts: list[str], name: str, children: list[tuple[str, Any]], depth: int, pretty: bool
) -> None:
    space = INDENT * depth if pretty else ""
    if not children:
        parts.append(f"{space}<{name}/>")
        return
    parts.append(f"{space}<{name}>")
    for child, value in children:
        _element(parts, child, value, depth + 1, pretty)
    parts.append(f"{space}</{name}>")


def _element(parts: list[str], name: str, value: Any, depth: int, pretty: bool) -> None:
    if isinstance(value, dict):
        _object(parts, name, list(value.items()), depth, pretty)
    elif isinstance(value, list):
        _object(parts, name, [(ITEMS[name], item) for item in value], depth, pretty)
    elif value is None or value == "":
        parts.append(f"{INDENT * depth if pretty else ''}<{name}/>")
    else:
        parts.append(f"{INDENT * depth if pretty else ''}<{name}>{_text(value)}</{name}>")


def _text(value: Any) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:f}".rstrip("0") if "e" in repr(value) else repr(value)
    # A bare carriage return would be read back as a line feed (XML 1.0, 2.11).
    return escape(ILLEGAL.sub("", str(value)), {"\r": "&#13;"})
