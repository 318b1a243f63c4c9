"""`python -m bench.load`: sends requests over kept connections as fast as they are answered.

Reads JSON (host, port, seconds, connections, requests) and prints JSON (answers, statuses).
Bare sockets: an HTTP library would measure itself.
"""

import json
import socket
import sys
import threading
import time
from collections import Counter
from typing import Any


def answer(line: socket.socket, rest: bytes) -> tuple[int, bytes]:
    """The status of the next answer, and what was read beyond it."""
    while b"\r\n\r\n" not in rest:
        more = line.recv(65_536)
        if not more:
            raise ConnectionError("the server hung up")
        rest += more
    head, _, body = rest.partition(b"\r\n\r\n")
    status = int(head[9:12])
    length = 0
    for header in head.lower().split(b"\r\n"):
        if header.startswith(b"content-length:"):
            length = int(header[15:])
    while len(body) < length:
        body += line.recv(65_536)
    return status, body[length:]


def client(order: dict[str, Any], share: list[bytes], until: float, seen: Counter[int]) -> None:
    with socket.create_connection((order["host"], order["port"]), 30) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        rest, number = b"", 0
        while time.perf_counter() < until and (order["again"] or number < len(share)):
            line.sendall(share[number % len(share)])
            number += 1
            status, rest = answer(line, rest)
            seen[status] += 1


def main() -> None:
    order = json.load(sys.stdin)
    requests = [text.encode() for text in order["requests"]]
    count = min(order["connections"], len(requests)) if not order["again"] else order["connections"]
    seen = [Counter[int]() for _ in range(count)]
    began = time.perf_counter()
    until = began + order["seconds"]
    threads = [
        threading.Thread(
            target=client,
            args=(order, requests if order["again"] else requests[n::count], until, seen[n]),
        )
        for n in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(seen, Counter[int]())
    print(json.dumps({"statuses": total, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
