"""Rate limits: what is counted, for whom, and what the refusal looks like."""

import uuid

import pytest
from django.db import OperationalError
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisDown

from boards.models import Board
from rally.kit import counters
from tests.api import kit
from tests.api.kit import Api, error

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> dict[str, tuple[int, int]]:
    """Limits on, with counters that no other test has touched."""
    settings.RALLY_LIMITS = True
    names = ("reserve_ip", "reserve_token", "checkout_ip")
    settings.RALLY_RATES = dict.fromkeys(names, (1000, 60))
    found: dict[str, tuple[int, int]] = settings.RALLY_RATES
    return found


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> str:
    """An address nobody has called from yet."""
    found = f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"
    monkeypatch.setitem(kit.CALLER, "REMOTE_ADDR", found)
    return found


@pytest.mark.parametrize(
    ("rate", "path"),
    [("reserve_ip", "/api/boards/x/reserve"), ("reserve_ip", "/api/boards/x/release"),
     ("checkout_ip", "/api/checkout/session")],
)  # fmt: skip
def test_the_call_above_the_limit_is_429(
    rate: str, path: str, api: Api, address: str, limits: dict[str, tuple[int, int]]
) -> None:
    limits[rate] = (3, 60)
    statuses = [api.post(path, {}).status_code for _ in range(3)]
    assert statuses == [400, 400, 400]
    before = kit.counts()
    answer = api.post(path, {})
    found = error(answer, 429, "rate_limited")
    wait = int(answer.headers["Retry-After"])
    assert 1 <= wait <= 60
    assert found["details"] == {"retryAfter": wait}
    assert kit.counts() == before


def test_a_customers_whole_ipv6_network_is_one_address(
    api: Api, address: str, limits: dict[str, tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits["reserve_ip"] = (2, 60)
    network = address.removesuffix("1")
    found = []
    for host in ("1", "2", "ffff:1", "4:3:2:1"):
        monkeypatch.setitem(kit.CALLER, "REMOTE_ADDR", f"{network.rstrip(':')}:{host}"
                            if host == "4:3:2:1" else network + host)  # fmt: skip
        found.append(api.post("/api/boards/x/reserve", {}).status_code)
    assert found == [400, 400, 429, 429]


def test_what_is_not_json_is_counted_too(
    api: Api, address: str, limits: dict[str, tuple[int, int]]
) -> None:
    limits["reserve_ip"] = (2, 60)
    path = "/api/boards/x/reserve"
    statuses = [api.call("POST", path, b"[" * 1000).status_code for _ in range(3)]
    assert statuses == [400, 400, 429]


def test_a_token_is_counted_wherever_it_comes_from(
    api: Api, board: Board, limits: dict[str, tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits["reserve_token"] = (2, 60)
    owner = kit.token()
    statuses = []
    for index in range(3):
        monkeypatch.setitem(kit.CALLER, "REMOTE_ADDR", f"198.51.100.{index}")
        # Capitals are the same token.
        name = owner.upper() if index == 1 else owner
        statuses.append(api.reserve(board, [1], name).status_code)
    assert statuses == [200, 200, 429]
    assert api.reserve(board, [2], kit.token()).status_code == 200


def test_counters_keep_no_token_and_no_address(
    api: Api, board: Board, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    monkeypatch.setattr(
        counters, "hit_or_pass", lambda name, *_more: (names.append(name), (1, 1))[1]
    )
    owner = kit.token()
    api.reserve(board, [1], owner)
    assert len(names) == 2
    assert owner not in str(names)
    assert address not in str(names)
    assert max(map(len, names)) < 100


def test_a_board_read_is_not_counted(
    api: Api, board: Board, limits: dict[str, tuple[int, int]], address: str
) -> None:
    for rate in limits:
        limits[rate] = (1, 60)
    assert {api.read(board).status_code for _ in range(5)} == {200}


def test_limits_can_be_off(
    api: Api, address: str, limits: dict[str, tuple[int, int]], settings: Settings
) -> None:
    limits["reserve_ip"], settings.RALLY_LIMITS = (1, 60), False
    assert {api.post("/api/boards/x/reserve", {}).status_code for _ in range(5)} == {400}


@pytest.mark.parametrize("problem", [RedisDown("gone"), OperationalError("gone")])
def test_without_counters_calls_pass(
    problem: Exception, api: Api, board: Board, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(name: str, seconds: int, times: int) -> tuple[int, int]:
        raise problem

    monkeypatch.setattr(counters, "hit", broken)
    assert api.reserve(board, [1]).status_code == 200


def spoofed(api: Api, *forwarded: str) -> list[int]:
    """One call for each X-Forwarded-For."""
    path = "/api/boards/x/reserve"
    return [api.post(path, {}, X_Forwarded_For=value).status_code for value in forwarded]


def test_a_forwarded_address_is_not_believed_without_proxies(
    api: Api, address: str, limits: dict[str, tuple[int, int]], settings: Settings
) -> None:
    settings.RALLY_PROXIES = 0
    limits["reserve_ip"] = (2, 60)
    assert spoofed(api, "192.0.2.1", "192.0.2.2", "192.0.2.3") == [400, 400, 429]


def test_behind_a_proxy_the_address_is_read_from_the_right(
    api: Api, address: str, limits: dict[str, tuple[int, int]], settings: Settings
) -> None:
    settings.RALLY_PROXIES = 1
    limits["reserve_ip"] = (2, 60)
    client = f"{address}1"
    # Whatever the client wrote stands further left and counts for nothing.
    said = [f"192.0.2.{n}, {client}" for n in range(3)]
    assert spoofed(api, *said) == [400, 400, 429]
    assert spoofed(api, f"{client}, {address.replace('db8', 'db9')}") == [400]


def test_behind_two_proxies(
    api: Api, address: str, limits: dict[str, tuple[int, int]], settings: Settings
) -> None:
    settings.RALLY_PROXIES = 2
    limits["reserve_ip"] = (2, 60)
    said = [f"192.0.2.9, {address}3, 10.0.0.{n}" for n in range(3)]
    assert spoofed(api, *said) == [400, 400, 429]


@pytest.mark.parametrize("value", ["", " ", ",", ", ,", "x" * 5000, "\xff", "unknown", "[::1"])
def test_odd_forwarded_addresses(value: str, api: Api, address: str, settings: Settings) -> None:
    settings.RALLY_PROXIES = 1
    assert spoofed(api, value) == [400]


def test_the_pages_are_counted_with_the_api(
    api: Api, board: Board, address: str, limits: dict[str, tuple[int, int]]
) -> None:
    limits["reserve_ip"] = (2, 60)
    path = f"/api/boards/{board.public_id}/reserve"
    assert [api.post(path, {}).status_code for _ in range(2)] == [400, 400]
    page = api.client.post(f"/b/{board.public_id}/reserve/", {"tile": "1"}, **kit.CALLER)
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) >= 1
