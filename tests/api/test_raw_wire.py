"""Bytes no client library would send, to a running site: an answer, never a 5xx, no hang."""

import contextlib
import json
import select
import socket
import time
import urllib.parse
import uuid
from collections.abc import Callable

import pytest
from django.conf import settings

from tests import tally
from tests.site import Site

HOST = b"Host: 127.0.0.1\r\n"
QUIET_SECONDS = 1.5
CLOSE = b"Connection: close\r\n"
JSON = b"Content-Type: application/json\r\n"
PATH = b"/api/boards/board123/release"


def good() -> bytes:
    """Release of nothing: right in every way, and without effect."""
    return json.dumps({"slotIds": [1], "ownerToken": str(uuid.uuid4())}).encode()


def post(body: bytes, *headers: bytes, path: bytes = PATH, length: bytes | None = None) -> bytes:
    size = b"Content-Length: %d\r\n" % len(body) if length is None else length
    head = b"POST " + path + b" HTTP/1.1\r\n" + HOST + CLOSE + JSON + size
    return head + b"".join(one + b"\r\n" for one in headers) + b"\r\n" + body


def get(path: bytes, *headers: bytes, version: bytes = b"1.1", method: bytes = b"GET") -> bytes:
    head = method + b" " + path + b" HTTP/" + version + b"\r\n" + HOST + CLOSE
    return head + b"".join(one + b"\r\n" for one in headers) + b"\r\n"


CHUNKED = b"Transfer-Encoding: chunked"
NO_LENGTH = b""
# name, bytes, statuses that may come; None: the connection may be closed without a word
CASES: list[tuple[str, bytes, set[int | None]]] = [
    ("a good call", post(good()), {200}),
    ("chunked", post(b"5\r\nhello\r\n0\r\n\r\n", CHUNKED, length=NO_LENGTH), {400}),
    ("chunked garbage", post(b"ZZ\r\n\xff\xfe\r\n", CHUNKED, length=NO_LENGTH), {400, None}),
    ("chunked, never ended", post(b"5\r\nhel", CHUNKED, length=NO_LENGTH), {400, None}),
    ("chunked and a length", post(b"0\r\n\r\n", CHUNKED), {400, None}),
    ("an unknown encoding", post(good(), b"Transfer-Encoding: x", length=NO_LENGTH),
     {400, 501, None}),
    ("no length", post(good(), length=NO_LENGTH), {400}),
    ("a length that is none", post(good(), length=b"Content-Length: abc\r\n"), {400, None}),
    ("a negative length", post(good(), length=b"Content-Length: -1\r\n"), {400, None}),
    ("a length of 5,000 digits", post(good(), length=b"Content-Length: " + b"9" * 5000 + b"\r\n"),
     {400, 413, 431, None}),
    ("two lengths", post(good(), b"Content-Length: 1"), {400, None}),
    ("less than its length", post(good()[:-2], length=b"Content-Length: 5000\r\n"), {400, None}),
    ("10 MB", post(b" " * 10_000_000), {413, None}),
    ("10 MB promised, none sent", post(b"", length=b"Content-Length: 10000000\r\n"),
     {400, 413, None}),
    ("5 MB to the webhook", post(b" " * 5_000_000, path=b"/api/stripe/webhook"), {413, None}),
    ("compressed", post(good(), b"Content-Encoding: gzip"), {415}),
    ("expect", post(good(), b"Expect: 100-continue"), {200}),
    ("expect the impossible", post(good(), b"Expect: 200-maybe"), {200, 400, 417}),
    ("two authorizations", get(b"/api/boards/board123", b"Authorization: Bearer a",
                               b"Authorization: Basic b"), {200}),
    ("authorization of 100 kB", get(b"/api/boards/board123", b"Authorization: " + b"x" * 100_000),
     {400, 431}),
    ("authorization of 1 MB", get(b"/api/boards/board123", b"Authorization: " + b"x" * 1_000_000),
     {400, 431, None}),
    ("authorization of odd bytes", get(b"/api/boards/board123", b"Authorization: \xff\xfe"), {200}),
    ("a header with NUL", get(b"/api/boards/board123", b"X-A: \0"), {400, None}),
    ("a header without a colon", get(b"/api/boards/board123", b"nonsense"), {400, None}),
    ("a folded header", get(b"/api/boards/board123", b"X-A: a", b" b"), {200, 400, None}),
    ("1,000 headers", get(b"/api/boards/board123", *[b"X-A%d: a" % n for n in range(1000)]),
     {200, 400, 431, None}),
    ("a query of 8 kB", get(b"/api/boards/board123?" + b"a" * 8_100), {414}),
    ("a path of 8 kB", get(b"/api/boards/" + b"a" * 8_100), {414}),
    ("a path of 100 kB", get(b"/api/boards/" + b"a" * 100_000), {400, 414, 431, None}),
    ("%00", get(b"/api/boards/%00"), {400}),
    ("%00 on a page", get(b"/b/%00/"), {400}),
    ("%2e%2e", get(b"/api/boards/%2e%2e/%2e%2e/admin/"), {404}),
    ("%2e%2e in static files", get(b"/static/%2e%2e/%2e%2e/secret.key"), {404}),
    (".. in static files", get(b"/static/../../secret.key"), {404}),
    ("bytes beyond ASCII", get(b"/api/boards/\xff\xfe"), {400, 404, None}),
    ("a line break", get(b"/api/boards/a%0d%0aX-A:%20b"), {404}),
    ("an absolute address", get(b"http://127.0.0.1/api/boards/board123"), {200}),
    ("an absolute address elsewhere", get(b"http://evil.example/api/boards/board123"), {200, 400}),
    ("TRACE", get(b"/api/boards/board123", method=b"TRACE"), {405}),
    ("TRACE of a page", get(b"/", b"Cookie: session=secret", method=b"TRACE"), {400, 403, 405}),
    ("CONNECT", b"CONNECT example.com:443 HTTP/1.1\r\n" + HOST + b"\r\n",
     {400, 403, 404, 405, None}),
    ("OPTIONS *", get(b"*", method=b"OPTIONS"), {400, 404, 405, None}),
    ("a method of 1 kB", get(b"/api/healthz", method=b"A" * 1000), {400, 405, None}),
    ("HTTP/1.0", get(b"/api/boards/board123", version=b"1.0"), {200}),
    ("HTTP/1.0 without a host", b"GET /livez HTTP/1.0\r\n\r\n", {200, 400}),
    ("HTTP/0.9", b"GET /api/healthz\r\n\r\n", {400, None}),
    ("HTTP/9.9", get(b"/api/healthz", version=b"9.9"), {400, 505, None}),
    ("HTTP/2 by surprise", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, None}),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, {400, None}),
    ("no host", b"GET /api/boards/board123 HTTP/1.1\r\n" + CLOSE + b"\r\n", {400}),
    ("two hosts", get(b"/api/boards/board123", b"Host: evil.example"), {200, 400, None}),
    ("a host that isn't ours", b"GET /api/boards/board123 HTTP/1.1\r\nHost: evil.example\r\n"
     + CLOSE + b"\r\n", {400}),
    ("nonsense", b"\xff" * 1000 + b"\r\n\r\n", {400, None}),
    ("nothing but line breaks", b"\r\n" * 1000, {400, 408, None}),
]  # fmt: skip


def _more(link: socket.socket) -> bytes:
    """What comes next; a server that waits for the rest is told that there is none."""
    try:
        return link.recv(65_536)
    except TimeoutError:
        with contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_WR)
        link.settimeout(10)
        return link.recv(65_536)


def ask(site: Site, sent: bytes, patience: float = 10.0) -> tuple[int | None, bytes]:
    """Send bytes, read to the end: (status, all that came); None when nothing did."""
    where = urllib.parse.urlsplit(site.base_url)
    got = b""
    with socket.create_connection((where.hostname, where.port), timeout=patience) as link:
        with contextlib.suppress(OSError):  # it may have heard enough before the end
            link.sendall(sent)
        link.settimeout(QUIET_SECONDS)
        with contextlib.suppress(ConnectionError):
            while piece := _more(link):
                got += piece
    while got.startswith(b"HTTP/1.1 100"):
        got = got.partition(b"\r\n\r\n")[2]
    return (int(got.split(b" ", 2)[1]) if got.startswith(b"HTTP/1.") else None), got


@pytest.mark.parametrize(("name", "sent", "expected"), CASES, ids=[name for name, _, _ in CASES])
def test_raw(
    name: str,
    sent: bytes,
    expected: set[int | None],
    running_site: Site,
    record_property: Callable[[str, object], None],
) -> None:
    began = time.perf_counter()
    status, got = ask(running_site, sent)
    seconds = time.perf_counter() - began
    record_property(tally.KEY, ["test_raw_wire.py", name, status or 0, seconds])
    assert status in expected, got[:300]
    assert b"Traceback" not in got
    assert b"secret" not in got
    if status and status >= 400 and b"application/json" in got:
        body = json.loads(got[got.index(b"{") : got.rindex(b"}") + 1])
        assert list(body) == ["ok", "error"]
        assert list(body["error"]) == ["code", "message", "details"]


def test_slow_clients_keep_nobody_waiting(running_site: Site) -> None:
    """Forty clients that never finish their headers, and one that does."""
    where = urllib.parse.urlsplit(running_site.base_url)
    address = (where.hostname, where.port)
    slow = [socket.create_connection(address, timeout=10) for _ in range(40)]
    try:
        for link in slow:
            link.sendall(post(good())[:60])
        time.sleep(0.5)
        began = time.perf_counter()
        assert running_site.get("/api/boards/board123")[0] == 200
        assert time.perf_counter() - began < 2
    finally:
        for link in slow:
            link.close()
    assert running_site.get("/livez")[0] == 200


def _told(links: list[socket.socket], least: int) -> list[bytes]:
    """The first line's start of everyone who is answered; which ones the server reads is open."""
    waiting, told, deadline = list(links), [], time.monotonic() + 10
    while len(told) < least and (left := deadline - time.monotonic()) > 0:
        for link in select.select(waiting, [], [], left)[0]:
            waiting.remove(link)
            told.append(link.recv(12))
    assert len(told) >= least, f"{len(told)} of {len(links)} were answered"
    return told


@pytest.mark.parametrize("path", [PATH, b"/b/board123/release/", b"/api/stripe/webhook"])
def test_bodies_that_never_come_keep_nobody_waiting(path: bytes, running_site: Site) -> None:
    """Forty clients that never finish their body: pages go on, and so does a call by another."""
    where = urllib.parse.urlsplit(running_site.base_url)
    address = (where.hostname, where.port)
    unfinished = post(b"{", path=path, length=b"Content-Length: 500\r\n")
    if not path.startswith(b"/api/"):
        unfinished = unfinished.replace(
            JSON, b"Content-Type: application/x-www-form-urlencoded\r\n"
        )
    slow = [socket.create_connection(address, timeout=10) for _ in range(40)]
    try:
        for link in slow:
            link.sendall(unfinished)
        time.sleep(0.5)
        began = time.perf_counter()
        assert running_site.get("/api/boards/board123")[0] == 200
        assert running_site.get("/livez")[0] == 200
        assert time.perf_counter() - began < 5
        told = _told(slow, 40 - settings.BODIES_AT_ONCE_EACH)
        assert all(line == b"HTTP/1.1 503" for line in told)
        with socket.create_connection(
            address, timeout=10, source_address=("127.0.0.2", 0)
        ) as other:
            other.sendall(post(good()))
            assert other.recv(12) == b"HTTP/1.1 200"
    finally:
        for link in slow:
            link.close()
    assert running_site.get("/livez")[0] == 200
