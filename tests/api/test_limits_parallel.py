"""A limit of 10 lets exactly 10 of 100 parallel calls pass, in threads and over processes."""

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site as sites
from tests.api.webs import Web, at_once, webs
from tests.services import BASE

LIMIT, CALLS = 10, 100
HITS = """
import os, sys, threading
import django
django.setup()
from concurrent.futures import ThreadPoolExecutor
from rally.kit import counters
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(25) as pool:
    hits = list(pool.map(lambda _: counters.hit(sys.argv[1], 600)[0], range(25)))
print(*hits)
"""
TILES = [1, 7, 19, 25, 50, 28, 32, 34, 35, 37, 38, 39, 40, 41, 43, 44, 45, 46, 47, 48]


def numbered(site: sites.Site, **settings: str) -> list[int]:
    """100 hits of one counter by four processes of 25 threads: the numbers they were given."""
    name = f"test:{uuid.uuid4().hex}"
    environ = {**site.environ, "DJANGO_SETTINGS_MODULE": "rally.settings", **settings}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", HITS, name], cwd=BASE, env=environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    return [int(hit) for one in started for hit in one.communicate(timeout=60)[0].split()]


@pytest.mark.postgresql
def test_counting_in_valkey_misses_and_repeats_none(running_site: sites.Site) -> None:
    assert sorted(numbered(running_site)) == list(range(1, CALLS + 1))


def test_counting_in_the_embedded_file_misses_and_repeats_none(
    running_site: sites.Site,
) -> None:
    assert sorted(numbered(running_site, REDIS_URL="")) == list(range(1, CALLS + 1))


def reserve(web: Web, number: int) -> int:
    body = json.dumps({"slotIds": [number], "ownerToken": str(uuid.uuid4())}).encode()
    status, headers = web.call("/api/boards/board123/reserve", body)
    if status == 429:
        assert 1 <= int(headers["retry-after"]) <= 60
    return status


@pytest.fixture(params=["valkey", "embedded"])
def two(
    request: pytest.FixtureRequest, running_site: sites.Site, tmp_path: Path
) -> Iterator[list[Web]]:
    """Two web processes with one set of counters."""
    settings = {"RALLY_RATE_RESERVE_IP": str(LIMIT), "RALLY_RATE_CHECKOUT_IP": str(LIMIT)}
    settings |= {"RALLY_RATE_API": str(LIMIT), "RALLY_RATE_API_REFUSED": str(LIMIT)}
    settings["RALLY_CACHE_PREFIX"] = uuid.uuid4().hex
    if request.param == "embedded":
        settings["REDIS_URL"] = ""
    elif not running_site.environ.get("REDIS_URL"):
        pytest.skip("no Valkey in this run")
    yield from webs(running_site, tmp_path, 2, **settings)


def test_two_processes_share_their_counters(two: list[Web]) -> None:
    """Of 100 parallel calls exactly 10 pass; what one process counted stops the other."""
    found = at_once(CALLS, lambda n: reserve(two[n % 2], TILES[n % len(TILES)]))
    assert found[429] == CALLS - LIMIT, found
    assert found[200] + found[409] == LIMIT, found
    one, other = two
    path = "/api/checkout/session"
    assert [one.call(path, b"{}")[0] for _ in range(LIMIT)] == [400] * LIMIT
    assert other.call(path, b"{}")[0] == 429
    # No proxy is configured, so what a client says of itself changes nothing.
    assert other.call(path, b"{}", X_Forwarded_For="192.0.2.77")[0] == 429


def test_exactly_the_limit_of_a_token_s_calls_passes(
    two: list[Web], running_site: sites.Site
) -> None:
    """Of 100 parallel calls with one token, over two processes; then with one that is none."""
    token = running_site.demo["tiles"]["token"]
    for secret, passing in ((token, 200), ("rlp_" + "x" * 40, 401)):
        found = at_once(
            CALLS,
            lambda n, secret=secret: two[n % 2].call(
                "/api/campaigns", Authorization=f"Bearer {secret}"
            )[0],
        )
        assert found == {passing: LIMIT, 429: CALLS - LIMIT}, found
