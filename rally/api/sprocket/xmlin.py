"""Bodies in XML, read by a parser that expects the worst.

No document type, no entities, nothing fetched; 1 MB, 32 levels, 20,000 elements. An element
with elements in it is an object or a list (whoever reads it knows which), an empty one is null.
"""

import re
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from rally.api.strictjson import LARGEST_BODY, TooLarge
from rally.kit.text import has_forbidden

DEEPEST, MOST = 32, 20_000
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")


class Unreadable(Exception):
    """Not a document that this door reads."""


class Text(str):
    """Text out of XML: it may yet turn out to be a number or a truth value."""


@dataclass(frozen=True, slots=True)
class Node:
    """An element with elements in it, in their order."""

    children: tuple[tuple[str, Any], ...]


class _Counting(TreeBuilder):
    """Builds a tree that can be neither too deep nor too large."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.count = 0

    def start(self, tag: Any, attributes: Any) -> Element:
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST or self.count > MOST or set(attributes) - {NIL}:
            raise Unreadable
        return super().start(tag, attributes)

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return super().end(tag)


def read(body: bytes) -> tuple[str, Any]:
    """The root's name and what is in it: a Node, Text or None. Raises Unreadable, TooLarge."""
    if len(body) > LARGEST_BODY:
        raise TooLarge
    found = ENCODING.match(body.removeprefix(b"\xef\xbb\xbf"))
    if found and found[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}:
        raise Unreadable
    try:
        text = body.decode("utf-8-sig")
        parser = DefusedXMLParser(target=_Counting(), forbid_dtd=True)
        parser.feed(text)
        root = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable from None
    return root.tag, _value(root)


def _value(element: Element) -> Any:
    if "{" in element.tag:
        raise Unreadable
    words = element.text or ""
    if not len(element):
        if has_forbidden(words):
            raise Unreadable
        return Text(words) if words.strip() else None
    if words.strip() or any((child.tail or "").strip() for child in element):
        raise Unreadable
    return Node(tuple((child.tag, _value(child)) for child in element))
