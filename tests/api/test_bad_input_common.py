"""What no JSON call may choke on: odd bodies, texts, numbers, headers, methods, addresses."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from boards.models import Board
from tests.api import badinput, kit
from tests.api.badinput import Case

pytestmark = pytest.mark.django_db
CHECKOUT = "/api/checkout/session"
BOARD = "/api/boards/{board}"
RESERVE = BOARD + "/reserve"
TOKEN = "0c8f5cd0-4d0f-4a7c-9f3e-2b1f6a9d8e71"
GOOD = json.dumps({"slotIds": [1], "ownerToken": TOKEN}).encode()


def order(name: str = "Sample Supporter", **more: Any) -> dict[str, Any]:
    """An order for a tile nobody has, which only `more` makes bad; its board is unknown, so
    that what passes for good is a 404 before anything is held."""
    return {
        "boardId": "nothing", "slotIds": [1], "ownerToken": TOKEN,
        "supporter": {"name": name, "email": "supporter@example.com", **more},
    }  # fmt: skip


def number(text: str) -> bytes:
    return f'{{"slotIds": [{text}], "ownerToken": "{TOKEN}"}}'.encode()


BODIES = [
    Case("empty", 400, b""),
    Case("not JSON", 400, b"slotIds=1"),
    Case("truncated", 400, GOOD[:-3]),
    Case("two values", 400, GOOD + GOOD),
    Case("a key twice", 400, b'{"slotIds": [1], "slotIds": [2]}'),
    Case("a key twice, deeper", 400, b'{"slotIds": [1], "x": {"a": 1, "a": 1}}'),
    *(Case(f"number {text}", 400, number(text)) for text in ("NaN", "Infinity", "-Infinity",
                                                             "1e999", "-1e999", "01", "+1", "0x1")),
    *(Case(f"scalar {text}", 400, text.encode()) for text in ("1", '"x"', "null", "true", "[]")),
    Case("deep arrays", 400, b'{"slotIds": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    Case("deep objects", 400, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    Case("deeper than 64", 400, b"[" * 65 + b"]" * 65),
    Case("unclosed depth", 400, b"[" * 999_999),
    Case("ten megabytes", 413, b" " * 10_000_000),
    Case("one byte too many", 413, GOOD + b" " * (1_000_001 - len(GOOD))),
    Case("as large as may be", 400, b'{"x":"' + b"a" * 999_990 + b'"}'),
    Case("UTF-16", 400, GOOD.decode().encode("utf-16")),
    Case("UTF-16 without mark", 400, GOOD.decode().encode("utf-16-le")),
    Case("byte order mark", 400, b"\xef\xbb\xbf" + GOOD),
    Case("Latin-1", 400, b'{"slotIds": ["\xe9"]}'),
    Case("overlong UTF-8", 400, b'{"slotIds": ["\xc0\xaf"]}'),
    Case("NUL after the body", 400, GOOD + b"\0"),
    Case("compressed", 400, gzip.compress(GOOD)),
]  # fmt: skip
TEXTS = [
    Case("NUL in a name", 400, order("Ja\0ne"), CHECKOUT),
    Case("NUL in a key", 400, {"slotIds": [1], "a\0": 1}),
    Case("NUL in a token", 400, {"slotIds": [1], "ownerToken": TOKEN + "\0"}),
    Case("NUL deep inside", 400, {"slotIds": [1], "x": [[{"y": ["\0"]}]]}),
    Case("NUL in a board id", 400, order() | {"boardId": "a\0"}, CHECKOUT),
    Case("lone surrogate", 400, order("Ja\ud800ne"), CHECKOUT),
    Case("lone surrogate in a key", 400, {"slotIds": [1], "\udfff": 1}),
    Case("right-to-left override alone", 400, order("\u202e\u202e"), CHECKOUT),
    Case("invisible name", 400, order("\u200b\u2060\ufeff"), CHECKOUT),
    Case("a name of spaces", 400, order(" \t\u3000"), CHECKOUT),
    Case("a name of combining marks", 400, order("\u0301\u0301"), CHECKOUT),
    Case("a name of 101", 400, order("x" * 101), CHECKOUT),
    Case("a name of 900 kB", 400, order("x" * 900_000), CHECKOUT),
    Case("a name of 1 MB", 413, order("x" * 1_000_000), CHECKOUT),
    Case("a name that is an e-mail address", 400, order("supporter@example.com"), CHECKOUT),
    *(
        Case(f"a name that is {kind}", 400,
             order() | {"supporter": {"name": value, "email": "a@b.co"}}, CHECKOUT)
        for kind, value in (("null", None), ("a number", 1), ("a list", ["x"]), ("true", True),
                            ("an object", {}))
    ),
    Case("an override inside a name", 404, order("Jane\u202eSmith"), CHECKOUT),
    Case("an emoji of four bytes", 404, order("Jane 🎈"), CHECKOUT),
    Case("a joined emoji", 404, order("👩‍👩‍👧"), CHECKOUT),
    Case("markup", 404, order("<script>alert(1)</script>"), CHECKOUT),
    Case("SQL", 404, order("'; DROP TABLE boards_hold; --"), CHECKOUT),
    Case("a template", 404, order("{{ settings.SECRET_KEY }}{% debug %}"), CHECKOUT),
    Case("a formula", 404, order("=HYPERLINK(1)"), CHECKOUT),
]  # fmt: skip
NUMBERS = [
    Case(f"slot {text}", 400, number(text))
    for text in (
        "true", "false", "null", "1.0", "1.5", '"1"', '"１２"', "1e3", "1E0", "-0.0", "-1", "0",
        "101", str(2**31 - 1), str(2**31), str(2**63), str(-(2**63) - 1), "1" + "0" * 400,
        "9" * 5000, "[1]", "{}", '"slot"', '"slot-1"', '"slot 1"', '"slot1.0"', '"slot１"',
        '"slot01"', '"SLOT1"', '"slot9999999999"', '"slot0"', '"slot101"', '""',
    )
]  # fmt: skip
TYPES = [
    *(
        Case(f"type {kind or 'missing'}", 415, GOOD, type=kind)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                     "multipart/form-data; boundary=x", "application/xml", "text/html", "json",
                     "application/octet-stream", "application/json5", "garbage;;;=", "\xff", "",
                     "application/json; charset=utf-7", "application/json; charset=utf-16",
                     "application/json; charset=latin-1", "application/json; charset=x" * 50)
    ),
    *(
        Case(f"encoding {kind}", 415, gzip.compress(GOOD), headers={"Content-Encoding": kind})
        for kind in ("gzip", "br", "deflate", "x" * 200)
    ),
    Case("JSON that says it is compressed", 415, GOOD, headers={"Content-Encoding": "gzip"}),
    Case("a chunked body", 400, GOOD, headers={"Transfer-Encoding": "chunked"},
         extra={"CONTENT_LENGTH": ""}),
    Case("no length", 400, GOOD, extra={"CONTENT_LENGTH": ""}),
    Case("a length that is none", 400, GOOD, extra={"CONTENT_LENGTH": "abc"}),
    Case("a negative length", 400, GOOD, extra={"CONTENT_LENGTH": "-5"}),
    Case("a length too small", 400, GOOD, extra={"CONTENT_LENGTH": "10"}),
    *(
        Case(f"good: {kind}", 200, GOOD, type=kind)
        for kind in ("application/json", "application/json; charset=utf-8", "APPLICATION/JSON",
                     'application/json; charset="UTF-8"', "application/json; odd=1")
    ),
    Case("good: expect", 200, GOOD, headers={"Expect": "100-continue"}),
]  # fmt: skip
METHODS = [
    *(
        Case(f"{method} {path}", 405, GOOD, path, method)
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")
        for path in (RESERVE, CHECKOUT, "/api/stripe/webhook")
    ),
    *(
        Case(f"{method} {path}", 405, GOOD, path, method)
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")
        for path in (BOARD, "/api/healthz")
    ),
    Case("override by header", 200, GOOD, headers={"X-HTTP-Method-Override": "DELETE"}),
    Case("override by query", 200, GOOD, RESERVE + "?_method=DELETE"),
    Case("override to a verb", 405, GOOD, RESERVE, "GET",
         headers={"X-HTTP-Method-Override": "POST"}),
]  # fmt: skip
ADDRESSES = [
    *(
        Case(f"address {path[:40]}", status, None, path, "GET")
        for path, status in (
            (BOARD + "/", 404), (BOARD + "%20", 404), ("/api/boards/%2e%2e", 404),
            ("/api/boards/%2e%2e/healthz", 404), ("/api/boards/..%2fhealthz", 404),
            ("/api/%2e%2e/admin/", 404), ("/api/boards/%00", 400), ("/api/boards/a%00b", 400),
            ("/api/boards/x?a=%00", 404), ("/api/boards/%ff%fe", 404), ("/api/boards/%", 404),
            ("/api/boards/%zz", 404), ("/api/boards/%25%30%30", 404), ("/api/boards/\u202e", 404),
            ("/api/boards/" + "x" * 7_900, 404), ("/api/boards/" + "x" * 8_000, 414),
            ("/api/boards/x?" + "y" * 8_000, 414), ("/api/healthz/../../livez", 404),
            ("/api/BOARDS/x", 404), ("/api/boards/1 OR 1=1", 404), ("/api/boards/x;y=z", 404),
            ("/api//healthz", 404), ("/api/boards/\\..\\x", 404),
        )
    ),
    Case("unknown query keys", 200, None, BOARD + "?a=1&a=2&[]=&format=xml&%ff=%fe", "GET"),
    Case("unknown query keys on a verb", 200, GOOD, RESERVE + "?slotIds=2&ownerToken=x&format=api"),
]  # fmt: skip
HEADERS = [
    *(
        Case(f"authorization {value[:20]!r}", 200, GOOD, headers={"Authorization": value})
        for value in ("", "Bearer", "Bearer a, Bearer b", "Basic bm9jb2xvbg==", "Basic ===", "\xff")
    ),
    Case("authorization of 100 kB", 400, GOOD, headers={"Authorization": "x" * 100_000}),
    Case("a host that isn't ours", 400, GOOD, headers={"Host": "evil.example"}),
    Case("a host that is none", 400, GOOD, headers={"Host": "a b"}),
    Case("a cookie of 100 kB", 200, GOOD, headers={"Cookie": "hold=" + "x" * 100_000}),
    Case("cookies that are none", 200, GOOD, headers={"Cookie": ";=;\xff==,\"hold"}),
    Case("a language that is none", 200, GOOD, headers={"Accept-Language": "x" * 3000 + ";q=z,*"}),
    Case("accept that is none", 200, GOOD, headers={"Accept": "\xff;;q=9/,"}),
    Case("an origin that is none", 200, GOOD, headers={"Origin": "http://[::1"}),
    Case("forwarded by whoever", 200, GOOD, headers={"X-Forwarded-For": ", ,\xff" * 500,
                                                     "X-Forwarded-Host": "evil.example"}),
]  # fmt: skip
CASES = BODIES + TEXTS + NUMBERS + TYPES + METHODS + ADDRESSES + HEADERS


@badinput.parametrize(CASES)
def test_it_gets_the_named_answer_and_leaves_nothing_behind(
    case: Case, api: kit.Api, board: Board, record_property: Callable[[str, object], None]
) -> None:
    badinput.check(case, api, board.public_id, record_property, __file__)
