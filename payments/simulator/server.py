"""The HTTP server: bounded, threaded, quick to stop; it only hands requests on.

``/v1/`` is Stripe's API, ``/_sim/`` the control API, ``/c/`` the pay page. With a certificate
the one port speaks https to whoever begins with a TLS greeting, and http to others.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from payments.simulator import api, control, page
from payments.simulator.simulator import Simulator
from payments.simulator.wire import Answer, Incoming, StripeError, json_answer

_LARGEST_BODY = 1_048_576
_IDLE = 60
_GREETING = b"\x16"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(
        self,
        address: tuple[str, int],
        simulator: Simulator | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.simulator = simulator
        self.tls = tls
        super().__init__(address, Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the request's own thread, so that a slow greeting delays nobody else."""
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(_IDLE)
        if request.recv(1, socket.MSG_PEEK) != _GREETING:
            super().finish_request(request, client_address)
            return
        with self.tls.wrap_socket(request, server_side=True) as line:
            super().finish_request(line, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser or test that hangs up isn't worth a traceback."""
        if not isinstance(sys.exc_info()[1], OSError):
            traceback.print_exc(file=sys.stderr)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "RallySimulator"
    sys_version = ""
    timeout = _IDLE
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        self._handle()

    do_POST = do_DELETE = do_HEAD = do_PUT = do_PATCH = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the test or the demo that started us has its own log."""

    def _handle(self) -> None:
        body = self._body()
        if isinstance(body, Answer):
            self.close_connection = True
            self._send(body)
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): " ".join(value.split()) for name, value in self.headers.items()}
        method = "GET" if self.command == "HEAD" else self.command
        incoming = Incoming(method, path, query, headers, body)
        try:
            answer = self._answer(incoming)
        except Exception:
            if self.server.simulator is not None and self.server.simulator.stopped:
                self.close_connection = True
                return
            traceback.print_exc(file=sys.stderr)
            answer = json_answer({"ok": False, "message": "The simulator failed."}, 500)
        if answer.cut:
            self.close_connection = True
            self.connection.shutdown(2)
            return
        self._send(answer)

    def _answer(self, incoming: Incoming) -> Answer:
        simulator = self.server.simulator
        if simulator is None or simulator.stopped:
            self.close_connection = True
            return json_answer({"ok": False, "message": "Starting or stopping."}, 503)
        if incoming.path.startswith("/_sim/"):
            return control.answer(simulator, incoming)
        if incoming.path.startswith("/c/"):
            return page.answer(simulator, incoming)
        if incoming.path == "/":
            return Answer(200, b"Stripe simulator. No money moves.\n", {}, "text/plain")
        return api.answer(simulator, incoming)

    def _body(self) -> bytes | Answer:
        if "transfer-encoding" in self.headers:
            return _refusal("Send a Content-Length, not a chunked body.", 411)
        length = self.headers.get("content-length", "0").strip()
        if not (length.isascii() and length.isdigit() and len(length) < 19):
            return _refusal("The Content-Length isn't a number.", 400)
        if int(length) > _LARGEST_BODY:
            return _refusal("The request body is larger than 1 MB.", 413)
        return self.rfile.read(int(length))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()


def _refusal(message: str, status: int) -> Answer:
    body = StripeError(message, status=status).body()
    return Answer(status, json.dumps(body).encode())
