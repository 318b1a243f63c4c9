"""The developer page's three calls, in its order, by an ordinary client against a running site."""

import http.cookiejar
import json
import urllib.error
import urllib.request
import uuid
from typing import Any

import pytest

from tests.site import Site, until

SECONDS = 20.0


class Browser:
    """urllib with a cookie jar: what any language's standard client is."""

    def __init__(self, site: Site) -> None:
        self.site, self.jar = site, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def fetch(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any, dict[str, str]]:
        url = path if "://" in path else self.site.base_url + path
        data = None if body is None else json.dumps(body).encode()
        call = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
        try:
            with self.opener.open(call, timeout=SECONDS) as reply:
                text = reply.read()
                status, answer = reply.status, dict(reply.headers)
        except urllib.error.HTTPError as problem:
            text, status, answer = problem.read(), problem.code, dict(problem.headers)
        return status, (json.loads(text) if text else None), answer

    def free(self, count: int) -> list[int]:
        """Tiles nobody has: other tests use this site, too."""
        board = self.fetch("/api/boards/board123")[1]["board"]
        numbers = [slot["number"] for slot in board["slots"] if slot["status"] == "available"]
        return numbers[-count:]


@pytest.fixture
def browser(running_site: Site) -> Browser:
    return Browser(running_site)


def supporter(**more: Any) -> dict[str, Any]:
    return {"name": "John Doe", "email": "john@example.com", **more}


def test_the_documented_calls_in_sequence_until_the_tiles_are_sold(
    browser: Browser, running_site: Site
) -> None:
    status, board, headers = browser.fetch("/api/boards/board123")
    assert status == 200
    assert headers["etag"].startswith('"')
    assert (board["board"]["id"], board["board"]["minNum"], board["board"]["maxNum"]) == (
        "board123", 1, 100,
    )  # fmt: skip
    numbers = browser.free(3)
    status, held, _ = browser.fetch(
        "/api/boards/board123/reserve", {"slotIds": numbers, "ownerToken": str(uuid.uuid4())}
    )
    assert (status, held["ok"]) == (200, True)
    assert [hold["slotId"] for hold in held["holds"]] == numbers
    status, opened, _ = browser.fetch(
        "/api/checkout/session",
        {"boardId": "board123", "slotIds": numbers, "supporter": supporter()},
    )
    assert status == 200
    assert list(opened) == ["url"]
    session = opened["url"].rstrip("/").rpartition("/")[2].partition("?")[0]
    assert session.startswith("cs_test_")
    done = f"{running_site.simulator_url}/_sim/sessions/{session}/complete"
    assert browser.fetch(done, {"outcome": "paid"})[0] == 200

    def sold() -> bool:
        slots = browser.fetch("/api/boards/board123")[1]["board"]["slots"]
        mine = [slot for slot in slots if slot["number"] in numbers]
        return all((s["status"], s["supporterName"]) == ("sold", "John Doe") for s in mine)

    until(sold, 20, "the tiles are sold without any page being opened")


def test_an_unchanged_board_is_304_and_a_lapsed_hold_a_new_validator(browser: Browser) -> None:
    [number] = browser.free(1)
    body = {"slotIds": [number], "ownerToken": str(uuid.uuid4())}
    etag = browser.fetch("/api/boards/board123")[2]["etag"]
    assert browser.fetch("/api/boards/board123", **{"If-None-Match": etag})[0] == 304
    assert browser.fetch("/api/boards/board123/reserve", body)[0] == 200
    status, _, headers = browser.fetch("/api/boards/board123", **{"If-None-Match": etag})
    assert (status, headers["etag"] == etag) == (200, False)
    assert browser.fetch("/api/boards/board123/release", body)[1]["released"] == [number]


def test_a_client_without_cookies_needs_the_token(running_site: Site) -> None:
    first, second = Browser(running_site), Browser(running_site)
    [number], owner = first.free(1), str(uuid.uuid4())
    first.fetch("/api/boards/board123/reserve", {"slotIds": [number], "ownerToken": owner})
    order = {"boardId": "board123", "slotIds": [number], "supporter": supporter()}
    status, refused, _ = second.fetch("/api/checkout/session", order)
    assert (status, refused["error"]["code"]) == (409, "slot_unavailable")
    assert "ownerToken" in refused["error"]["message"]
    assert second.fetch("/api/checkout/session", order | {"ownerToken": owner})[0] == 200


def test_head_and_gzip_on_the_wire(browser: Browser) -> None:
    status, board, headers = browser.fetch("/api/boards/board123")
    call = urllib.request.Request(
        browser.site.base_url + "/api/boards/board123", method="HEAD",
        headers={"Accept-Encoding": "gzip"},
    )  # fmt: skip
    with urllib.request.urlopen(call, timeout=SECONDS) as reply:
        assert (reply.status, reply.read()) == (200, b"")
        assert reply.headers["Content-Encoding"] == "gzip"
    assert status == 200
    assert len(board["board"]["slots"]) == 100
    assert headers["x-request-id"]
