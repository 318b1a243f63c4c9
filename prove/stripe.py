"""The other side: what supporters, banks and Stripe's staff do, through the simulator."""

import hashlib
import hmac
import http.client
import json
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

KEY = "sk_test_simulator"
Json = dict[str, Any]


class Stripe:
    """One kept-open connection to a simulator: its control API, and Stripe's own."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self.host, self.port = where.hostname or "127.0.0.1", where.port
        self._line: http.client.HTTPConnection | None = None

    def control(self, method: str, path: str, **body: Any) -> tuple[int, Json]:
        """Call `/_sim/...`; the status and what it says. 599: the line was cut."""
        sent = json.dumps(body).encode() if method == "POST" else b""
        return self._call(method, "/_sim/" + path, sent, {"Content-Type": "application/json"})

    def api(self, method: str, path: str, /, **form: Any) -> tuple[int, Json]:
        """Call `/v1/...` as somebody with our key, by Stripe's dashboard or by a program."""
        headers = {"Authorization": f"Bearer {KEY}"}
        text = urlencode(form)
        if method == "GET":
            return self._call(method, f"/v1/{path}?{text}", b"", headers)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._call(method, f"/v1/{path}", text.encode(), headers)

    def forget_line(self) -> None:
        """A child process must not talk over its parent's connection."""
        self._line = None

    def reset(self) -> None:
        """Forget everything."""
        self.control("POST", "reset")

    def ledger(self) -> Json:
        """What Stripe believes."""
        return self.control("GET", "ledger")[1]

    def all(self, path: str, **form: Any) -> list[Json]:
        """Every object of a list, newest first."""
        found: list[Json] = []
        while True:
            after = {"starting_after": found[-1]["id"]} if found else {}
            page = self.api("GET", path, limit=100, **after, **form)[1]
            found += page["data"]
            if not page["has_more"]:
                return found

    def events_since(self, last: str) -> list[Json]:
        """Events made after the one with this id, oldest first."""
        found: list[Json] = []
        while True:
            form = {"ending_before": last} if last else {}
            page = self.api("GET", "events", limit=100, **form)[1]
            if not last:
                return list(reversed(self.all("events"))) if page["data"] else []
            if not page["data"]:
                return found
            found += reversed(page["data"])
            last = found[-1]["id"]

    def _call(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Json]:
        for last in (False, True):
            if self._line is None:
                self._line = http.client.HTTPConnection(self.host, self.port, timeout=20)
            try:
                self._line.request(method, path, body, headers)
                answer = self._line.getresponse()
                return answer.status, _said(answer.read())
            except (OSError, http.client.HTTPException):
                self._line.close()
                self._line = None
                if last:
                    return 599, {}
        raise AssertionError("unreachable")


def _said(body: bytes) -> Json:
    """An answer in JSON; nothing for any other."""
    try:
        found: Json = json.loads(body)
    except ValueError:
        return {}
    return found


def signed(body: bytes, secret: str) -> str:
    """The Stripe-Signature header for a body."""
    at = int(time.time())
    mark = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mark}"
