"""A client that behaves as a published one does, byte for byte, over a socket or TLS.

The token call is a POST whose string body has no Content-Type. Every other call names the
form's type, even a GET (then with a length of 0); a DELETE has its parameters in the body.
Only 200 and 201 are success. Header names and their order are the published client's.
"""

import json
import socket
import ssl
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

AGENT = "http.rb/4.4.1"


class Failed(Exception):
    """What the published client raises: a status that isn't success, with the body."""

    def __init__(self, status: int, body: str) -> None:
        self.status, self.body = status, body
        super().__init__(f"{status}: {body[:300]}")


class Gem:
    """Partner calls on one host, after a token was fetched."""

    def __init__(self, domain: str, login: str, secret: str, tls: ssl.SSLContext | None) -> None:
        self.domain, self.login, self.secret, self.tls = domain, login, secret, tls
        self.token: dict[str, Any] = {}

    def authenticate(self) -> dict[str, Any]:
        """The token call; its status isn't looked at, its body is read as JSON."""
        fields = {"grant_type": "password", "username": self.login, "password": self.secret}
        body = urlencode(fields).encode()
        _status, told = self._send("POST", "/v1/partnertoken", [], body)
        self.token = json.loads(told)
        parsedate_to_datetime(self.token[".expires"])
        return self.token

    def call(self, verb: str, path: str, **params: Any) -> Any:
        """The `Result` of a call. Nulls are left out."""
        pairs = {name: value for name, value in params.items() if value is not None}
        sent, body = urlencode(pairs), b""
        if verb == "GET":
            path = f"{path}?{sent}" if sent else path
        else:
            body = sent.encode()
        headers = [
            f"Authorization: Bearer {self.token['access_token']}",
            "Content-Type: application/x-www-form-urlencoded",
        ]
        status, told = self._send(verb, path, headers, body)
        if status not in {200, 201}:
            raise Failed(status, told)
        return json.loads(told)["Result"]

    def _send(self, verb: str, path: str, headers: list[str], body: bytes) -> tuple[int, str]:
        lines = [f"{verb} {path} HTTP/1.1", *headers, "Connection: close", f"Host: {self.domain}",
                 f"User-Agent: {AGENT}", f"Content-Length: {len(body)}", "", ""]  # fmt: skip
        raw = self._exchange("\r\n".join(lines).encode() + body)
        head, _gap, told = raw.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            told = _joined(told)
        return int(head.split()[1]), told.decode()

    def _exchange(self, sent: bytes) -> bytes:
        host, _colon, port = self.domain.partition(":")
        with socket.create_connection((host, int(port or 443)), timeout=30) as plain:
            wire = self.tls.wrap_socket(plain, server_hostname=host) if self.tls else plain
            wire.sendall(sent)
            parts = []
            while part := wire.recv(65_536):
                parts.append(part)
            return b"".join(parts)


def _joined(told: bytes) -> bytes:
    found = b""
    while told:
        size, _gap, told = told.partition(b"\r\n")
        length = int(size, 16)
        found, told = found + told[:length], told[length + 2 :]
    return found
