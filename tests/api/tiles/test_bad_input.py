"""What the Tiles API's own fields may not be: numbers, tokens, supporters, pictures."""

from collections.abc import Callable
from typing import Any

import pytest

from boards import reserving
from boards.models import Board, Hold
from boards.states import Kind
from tests.api import badinput, kit
from tests.api.badinput import Case
from tests.api.kit import Api, error

pytestmark = pytest.mark.django_db
CHECKOUT = "/api/checkout/session"
RELEASE = "/api/boards/{board}/release"
TOKEN = "0c8f5cd0-4d0f-4a7c-9f3e-2b1f6a9d8e71"
ABSENT = object()
HERE = {"boardId": "{board}"}


def body(**more: Any) -> dict[str, Any]:
    whole = {"slotIds": [1], "ownerToken": TOKEN} | more
    return {name: value for name, value in whole.items() if value is not ABSENT}


def order(**more: Any) -> dict[str, Any]:
    """An order whose board is unknown: if it passes for good it is a 404, with nothing held."""
    return body(boardId="nothing", **({"supporter": kit.JANE} | more))


def by(**more: Any) -> dict[str, Any]:
    supporter = kit.JANE | more
    return order(supporter={k: v for k, v in supporter.items() if v is not ABSENT})


NUMBERS = [
    ("none", []), ("missing", ABSENT), ("null", None), ("a number", 1), ("a text", "1,2"),
    ("an object", {"0": 1}), ("twice", [5, 5]), ("twice by id", [5, "slot5"]), ("0", [0]),
    ("-1", [-1]), ("101 of 100", [101]), ("101 numbers", list(range(1, 102))),
    ("501 numbers", list(range(501))), ("300,000 numbers", [1] * 300_000), ("texts", ["1"]),
    ("floats", [1.0]), ("nulls", [None]), ("true", [True]), ("lists", [[1]]), ("mixed", [1, "x"]),
    ("free and none", [1, 100, 0]), ("beyond 32 bits", [2**31]), ("beyond 64 bits", [2**63]),
]  # fmt: skip
TOKENS = [
    ("empty", ""), ("nil", "00000000-0000-0000-0000-000000000000"), ("10 kB", "x" * 10_000),
    ("a list", [TOKEN]), ("an object", {"$ne": ""}), ("a number", 12345678901234567890),
    ("true", True), ("SQL", "' OR 1=1; DROP TABLE boards_hold; --"), 
    ("short", "abcdefghijklmnopqrstu"),
    ("repeated", "a" * 36), ("ab repeated", "ab" * 18), ("spaces", " " * 36),
    ("a line break", TOKEN + "\n"), ("braces", "{" + TOKEN + "}"), ("no dashes", "a1b2c3" * 3),
    ("full-width", "０c8f5cd0-4d0f-4a7c-9f3e-2b1f6a9d8e71"), ("129 letters", "abcdefghi" * 15),
    ("all f", "ffffffff-ffff-ffff-ffff-ffffffffffff"), ("a path", "../../../../../../etc/passwd"),
]  # fmt: skip
EMAILS = [
    ("missing", ABSENT), ("null", None), ("empty", ""), ("a list", ["a@b.co"]), ("no at", "jane"),
    ("no host", "jane@"), ("no name", "@example.com"), ("two", "a@b.co,c@d.co"),
    ("a line break inside", "a@b.co\r\nBcc: x@y.co"), 
    ("an encoded line break", "a%0d%0ab@b.co\n\nx"),
    ("a NUL", "a\0@b.co"), ("300 letters", "a" * 290 + "@b.example"), ("a space", "a b@c.co"),
    ("angle brackets", "Jane <a@b.co>"), ("two ats", "a@b@c.co"), ("a quote", 'a"@b.co'),
    ("an override", "a\u202e@b.co"), ("no dot", "supporter@example"), ("true", True),
]  # fmt: skip
PICTURES = [
    "javascript:alert(1)", "file:///etc/passwd", "data:image/png;base64,AAAA",
    "ftp://example.com/a",
    "http://example.com/a.png", "http://127.0.0.1/", "https://127.0.0.1/", "https://127.0.0.1./",
    "http://[::ffff:127.0.0.1]/", "https://[::ffff:127.0.0.1]/", "https://[::1]/", "https://[::1/",
    "http://169.254.169.254/latest/meta-data", "https://169.254.169.254/", "https://2130706433/",
    "https://0177.0.0.1/", "https://0x7f.0.0.1/", "https://127.0.0.0x1/", "https://0x7f000001/", "https://1.1/",
    "https://localhost/", "https://example.com@127.0.0.1/", "https://user:pw@example.com/",
    "https://@example.com/", "https://example.com:8443/", "https://example.com:x/", "https://",
    "https:example.com", "//example.com/a.png", "example.com/a.png", "https://exa mple.com/",
    "https://example.com/\r\nSet-Cookie: a=b", "https://example.com\\@evil.example/",
    "https://example.com/" + "x" * 2_000, "https://example.com/\0", "HTTPS://", "https://.../",
]  # fmt: skip
KEPT_PICTURES = [
    "https://example.com/a.png", "https://example.com/a.svg", 
    "https://example.com/redirect?to=http://127.0.0.1",
    "https://example.com/bomb.gif", "https://example.com:443/10-gigabytes", "HTTPS://EXAMPLE.COM/a",
    "https://bücher.example/a.png",
]  # fmt: skip
CASES = [
    *(Case(f"reserve {name}", 400, body(slotIds=numbers)) for name, numbers in NUMBERS),
    *(
        Case(f"checkout {name}", 400, order(slotIds=numbers) | HERE, CHECKOUT)
        for name, numbers in NUMBERS
    ),
    *(
        Case(f"release {name}", 200 if name in {"none", "0", "-1", "twice", "twice by id",
             "101 of 100", "101 numbers", "501 numbers", "free and none"} else 400,
             body(slotIds=numbers), RELEASE)
        for name, numbers in NUMBERS
    ),
    *(Case(f"reserve, token {name}", 400, body(ownerToken=token)) for name, token in TOKENS),
    *(
        Case(f"release, token {name}", 400, body(ownerToken=token), RELEASE)
        for name, token in TOKENS
    ),
    *(
        Case(f"checkout, token {name}", 400, order(ownerToken=token) | HERE, CHECKOUT)
        for name, token in TOKENS
    ),
    Case("reserve, token missing", 400, body(ownerToken=ABSENT)),
    Case("reserve, token null", 400, body(ownerToken=None)),
    Case("release, token missing", 200, body(ownerToken=ABSENT), RELEASE),
    *(Case(f"e-mail {name}", 400, by(email=email), CHECKOUT) for name, email in EMAILS),
    Case("e-mail with an international host", 404, by(email="jane@bücher.example"), CHECKOUT),
    Case("e-mail in capitals", 404, by(email="JANE@EXAMPLE.COM"), CHECKOUT),
    *(Case(f"picture {url[:40]}", 400, by(imageUrl=url), CHECKOUT) for url in PICTURES),
    *(Case(f"kept: picture {url}", 404, by(imageUrl=url), CHECKOUT) for url in KEPT_PICTURES),
    *(
        Case(f"{field} {value!r}"[:60], 400, by(**{field: value}), CHECKOUT)
        for field, value in (
            ("message", "x" * 201), ("message", "x" * 900_000), ("message", ["x"]), ("message", 1),
            ("message", "\0"), ("imageUrl", ["https://example.com"]), ("imageUrl", 1),
            ("displayAs", "Anonymous"), ("displayAs", ""), ("displayAs", ["name"]),
            ("displayAs", True), ("displayAs", "pseudonym"), ("hideAmount", "yes"),
            ("hideAmount", 1), ("hideAmount", "false"), ("hideAmount", []),
        )
    ),
    Case("message of 1 MB", 413, by(message="x" * 1_000_000), CHECKOUT),
    *(
        Case(f"supporter {value!r}", 400, order(supporter=value), CHECKOUT)
        for value in (None, "Jane", 1, [], {}, [kit.JANE], True)
    ),
    *(
        Case(f"coverFees {value!r}", 400, order(coverFees=value), CHECKOUT)
        for value in ("yes", "true", 1, 0, [], {}, "")
    ),
    *(
        Case(f"boardId {value!r}"[:60], 400, order() | {"boardId": value}, CHECKOUT)
        for value in ("", None, 1, [], {}, True, "x" * 65)
    ),
    *(
        Case(f"boardId {value!r}", 404, order() | {"boardId": value}, CHECKOUT)
        for value in ("nothing", "../board", "%00", " ", "board123\u202e", "é", "1")
    ),
    Case("no supporter", 400, order(supporter=ABSENT), CHECKOUT),
    Case("no boardId", 400, {k: v for k, v in order().items() if k != "boardId"}, CHECKOUT),
    Case("keys nobody knows", 200, body(amount=1, price=[1], status="sold", hold={"id": 1})),
]  # fmt: skip


@badinput.parametrize(CASES)
def test_it_gets_the_named_answer_and_leaves_nothing_behind(
    case: Case, api: Api, board: Board, record_property: Callable[[str, object], None]
) -> None:
    if isinstance(case.body, dict) and case.body.get("boardId") == "{board}":
        case.body["boardId"] = board.public_id
    answer = badinput.check(case, api, board.public_id, record_property, __file__)
    if case.path == RELEASE and answer.status_code == 200:
        assert answer.json() == {"ok": True, "released": []}


@pytest.mark.parametrize(
    ("numbers", "named"),
    [([5, 5, 6, 6, 7], [5, 6]), ([1, 0, 101], [0, 101]), ([1, "x", 1.5, None], ["x", 1.5, None]),
     (["x" * 500], ["str"])],
)  # fmt: skip
def test_the_odd_numbers_are_named(
    numbers: list[Any], named: list[Any], api: Api, board: Board
) -> None:
    found = error(api.reserve(board, numbers), 400, "invalid_request")
    assert found["details"] == {"field": "slotIds", "slotIds": named}


def test_the_odd_field_is_named(api: Api, board: Board) -> None:
    for field, supporter in (
        ("supporter.name", kit.JANE | {"name": ""}),
        ("supporter.email", kit.JANE | {"email": "x"}),
        ("supporter.message", kit.JANE | {"message": "x" * 201}),
        ("supporter.imageUrl", kit.JANE | {"imageUrl": "x"}),
        ("supporter.displayAs", kit.JANE | {"displayAs": "x"}),
        ("supporter.hideAmount", kit.JANE | {"hideAmount": "x"}),
    ):
        found = error(api.checkout(board, [1], supporter=supporter), 400, "invalid_request")
        assert found["details"] == {"field": field}


def test_an_order_that_is_refused_keeps_its_hold(api: Api, board: Board) -> None:
    owner = kit.token()
    api.reserve(board, [1, 2], owner)
    before = Hold.objects.values().get()
    error(api.checkout(board, [1, 2], owner, supporter={"name": "x"}), 400, "invalid_request")
    error(api.checkout(board, [1, 2], owner, coverFees="yes"), 400, "invalid_request")
    assert Hold.objects.values().get() == before


def test_tiles_of_others_are_named_and_theirs_stay(api: Api, board: Board) -> None:
    api.reserve(board, [7])
    reserving.take(board_id=board.pk, numbers=[8], kind=Kind.COMP)
    before = kit.counts()
    found = error(Api().checkout(board, [6, 7, 8], kit.token()), 409, "slot_unavailable")
    assert found["details"] == {"slotIds": [7, 8]}
    assert kit.counts() == before
