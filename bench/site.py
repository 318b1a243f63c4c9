"""Figures of a whole installation as `./run` starts it: sizes, memory, answers per second."""

import json
import secrets
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import inbox, memory
from bench.figures import Figure, kilobytes
from bench.page import fetch, first_view
from tests import site as sites
from tests.services import BASE
from tests.site import Site

ROUNDS, SECONDS, CONNECTIONS = 3, 1.5, 8
# Half of what was measured on two cores with SQLite.
LEAST_RATIOS = {"json": 0.09, "page": 0.08, "unchanged": 0.09, "reserve": 0.025}


def measure(folder: Path) -> list[Figure]:
    sites.READY_WITHIN = 180  # a machine that is busy otherwise is no reason to give up
    site = sites.start_site(folder / "site", RALLY_LIMITS="off")
    try:
        build = "from bench import boards; boards.build('bench10000', 10_000)"
        build += "; [boards.build(f'load{n}', 1_000) for n in range(10)]"
        site.manage("shell", "-v0", "-c", build)
        return [*sizes(site), *memories(site), *speeds(site), *inbox.measure(site)]
    finally:
        site.stop()


def sizes(site: Site) -> list[Figure]:
    small = first_view(f"{site.base_url}/b/board123/")
    large = first_view(f"{site.base_url}/b/bench10000/")
    json_large, _ = fetch(f"{site.base_url}/api/boards/bench10000")
    json_small, _ = fetch(f"{site.base_url}/api/boards/board123")
    return [
        Figure("board page of 100 tiles, gzipped", kilobytes(small["html"]), "kB", at_most=20),
        Figure("first view in total, gzipped", kilobytes(small["total"]), "kB", at_most=60),
        Figure("requests of the first view", small["requests"]),
        Figure("third-party requests", small["strangers"], at_most=0),
        Figure("elements of the first view", small["elements"]),
        Figure("board JSON of 100 tiles, gzipped", kilobytes(json_small), "kB"),
        Figure("board page of 10,000 tiles, gzipped", kilobytes(large["html"]), "kB", at_most=150),
        Figure("elements on the page of 10,000 tiles", large["elements"], at_most=1500),
        Figure("board JSON of 10,000 tiles, gzipped", kilobytes(json_large), "kB", at_most=150),
    ]


def memories(site: Site) -> list[Figure]:
    for path in ("/b/board123/", "/api/boards/board123"):
        for _ in range(500):
            site.get(path)
    web = max(memory.family(site.children()["web"]).values())
    everything = sum(memory.family(site.process.pid).values())
    return [
        Figure("web process after 1,000 board reads", round(web / 1e6), "MB", at_most=150),
        Figure("everything that ./run starts", round(everything / 1e6), "MB", at_most=450),
    ]


def speeds(site: Site) -> list[Figure]:
    """Answers per second as ratios to an empty view of the same processes, in turn."""
    etag = _etag(site)
    kinds = {
        "empty": _get(site, "/livez"),
        "json": _get(site, "/api/boards/board123"),
        "page": _get(site, "/b/board123/"),
        "unchanged": _get(site, "/api/boards/board123", **{"If-None-Match": etag}),
    }
    rates: dict[str, list[float]] = {name: [] for name in [*kinds, "reserve"]}
    for round_ in range(ROUNDS):
        for name, request in kinds.items():
            wanted = 304 if name == "unchanged" else 200
            rates[name].append(_rate(site, [request], wanted, again=True))
        rates["reserve"].append(_rate(site, _reserves(site, round_), 200, again=False))
    figures = [Figure("empty view", round(statistics.median(rates["empty"])), "1/s")]
    for name, words in (
        ("json", "board JSON, warm"), ("page", "board page, warm"),
        ("unchanged", "board JSON, not modified"), ("reserve", "reserve of 3 tiles"),
    ):  # fmt: skip
        ratios = [a / b for a, b in zip(rates[name], rates["empty"], strict=True)]
        ratio = round(statistics.median(ratios), 3)
        figures.append(Figure(f"{words}, to an empty view", ratio, "", at_least=LEAST_RATIOS[name]))
        figures.append(Figure(words, round(statistics.median(rates[name])), "1/s"))
    return figures


def _get(site: Site, path: str, **headers: str) -> str:
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    host = site.base_url.removeprefix("http://")
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n{more}\r\n"


def _etag(site: Site) -> str:
    """What the JSON's ETag is now; nobody else changes this board."""
    page = subprocess.run(
        [sys.executable, "-c", _ASK, f"{site.base_url}/api/boards/board123"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return page.stdout.strip()


_ASK = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).headers['ETag'])"


def _reserves(site: Site, round_: int) -> list[str]:
    """Three tiles each that nobody else asks for, by a new visitor each."""
    host, made = site.base_url.removeprefix("http://"), []
    for board in range(10):
        first = round_ * 333
        for start in range(first + 1, first + 331, 3):
            body = json.dumps(
                {"slotIds": [start, start + 1, start + 2], "ownerToken": secrets.token_urlsafe(24)}
            )
            made.append(
                f"POST /api/boards/load{board}/reserve HTTP/1.1\r\nHost: {host}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            )
    return made


def _rate(site: Site, requests: list[str], wanted: int, *, again: bool) -> float:
    """Answers per second over eight connections; anything but the wanted status is a failure."""
    host, port = site.base_url.removeprefix("http://").split(":")
    order: dict[str, Any] = {
        "host": host, "port": int(port), "seconds": SECONDS, "connections": CONNECTIONS,
        "requests": requests, "again": again,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"], cwd=BASE, input=json.dumps(order),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    if set(found["statuses"]) != {str(wanted)}:
        raise SystemExit(f"{requests[0].splitlines()[0]} was answered {found['statuses']}")
    return sum(found["statuses"].values()) / found["seconds"]
