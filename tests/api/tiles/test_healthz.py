"""GET /api/healthz: exactly four facts, and 503 as soon as one part doesn't work."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection
from django_redis.cache import RedisCache
from kombu.exceptions import OperationalError as BrokerError
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisDown

from payments.models import StripeEvent
from rally import __version__
from rally.kit import heartbeat
from tests.api.kit import Api, error
from tests.services import BASE

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


@pytest.fixture(autouse=True)
def living(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The worker was here just now."""
    before = cache.get(heartbeat.KEY)
    heartbeat.beat()
    yield
    monkeypatch.undo()
    cache.set(heartbeat.KEY, before, None) if before else cache.delete(heartbeat.KEY)


def health(api: Api) -> tuple[int, dict[str, object]]:
    answer = api.get("/api/healthz")
    found: dict[str, object] = answer.json()
    return answer.status_code, found


def test_all_is_well(api: Api) -> None:
    answer = api.get("/api/healthz")
    body = answer.json()
    assert list(body) == ["ok", "version", "db", "redis", "checks"]
    assert {name: body[name] for name in ("ok", "version", "db", "redis")} == {
        "ok": True, "version": __version__, "db": True, "redis": True,
    }  # fmt: skip
    assert set(body["checks"]) >= {"worker_age_s", "oldest_event_s"}
    assert body["checks"]["worker_age_s"] < 60
    assert body["checks"]["oldest_event_s"] == 0
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_the_version_is_the_products(api: Api) -> None:
    project = (BASE / "pyproject.toml").read_text()
    assert f'version = "{health(api)[1]["version"]}"' in project


def test_without_the_database(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for problem in (OperationalError, InterfaceError):

        def broken(execute, sql, params, many, context, problem=problem):
            raise problem("gone")

        with connection.execute_wrapper(broken):
            status, body = health(api)
        assert (status, body["ok"], body["db"], body["redis"]) == (503, False, False, True)
        assert body["version"] == __version__


@pytest.mark.postgresql
def test_without_the_cache(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RedisDown("gone")

    monkeypatch.setattr(RedisCache, "set", broken)
    status, body = health(api)
    assert (status, body["ok"], body["db"], body["redis"]) == (503, False, True, False)


def test_a_cache_that_forgets(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(cache._connections["default"]), "set", lambda *a, **k: None)
    status, body = health(api)
    assert (status, body["redis"]) == (503, False)


def test_without_the_broker(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise BrokerError("gone")

    monkeypatch.setattr(current_app._get_current_object(), "connection_for_write", broken)
    status, body = health(api)
    assert (status, body["ok"], body["db"], body["redis"]) == (503, False, True, False)


@pytest.mark.parametrize(("age", "expected"), [(0, 200), (89, 200), (92, 503), (100_000, 503)])
def test_the_heartbeat(age: int, expected: int, api: Api) -> None:
    cache.set(heartbeat.KEY, time.time() - age, None)
    status, body = health(api)
    assert (status, body["ok"]) == (expected, expected == 200)
    assert (body["db"], body["redis"]) == (True, True)


def test_a_worker_that_never_was(api: Api) -> None:
    cache.delete(heartbeat.KEY)
    status, body = health(api)
    assert (status, body["ok"]) == (503, False)
    assert body["checks"]["worker_age_s"] is None


def test_waiting_events_are_told_and_change_nothing(api: Api) -> None:
    StripeEvent.objects.create(
        event_id="evt_1", livemode=False, type="x", body="{}", digest="x",
        received_at="2025-01-01T00:00:00Z",
    )  # fmt: skip
    status, body = health(api)
    assert status == 200
    assert body["checks"]["oldest_event_s"] > 1_000_000


@pytest.mark.parametrize(("state", "expected"), [("running", 200), ("restarting", 503)])
def test_a_child_that_is_down(
    state: str, expected: int, api: Api, settings: Settings, tmp_path: Path
) -> None:
    told = tmp_path / "up.json"
    told.write_text(json.dumps({"children": {"worker": {"state": state, "pid": 1}}}))
    settings.RALLY_UP_STATE = str(told)
    assert health(api)[0] == expected


def test_what_the_answer_says_is_not_logged_too(
    api: Api, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = tmp_path / "up.json"
    told.write_text(json.dumps({"children": {"worker": {"state": "restarting"}}}))
    settings.RALLY_UP_STATE = str(told)
    assert health(api)[0] == 503
    assert caplog.records == []


def test_it_can_only_be_read(api: Api) -> None:
    answer = api.call("POST", "/api/healthz", {})
    error(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD"
    assert api.call("HEAD", "/api/healthz").content == b""


def test_the_small_probes(api: Api) -> None:
    assert (api.get("/livez").content, api.get("/readyz").content) == (b"ok\n", b"ok\n")
    for problem in (OperationalError, InterfaceError):

        def broken(execute, sql, params, many, context, problem=problem):
            raise problem("gone")

        with connection.execute_wrapper(broken):
            assert api.get("/readyz").status_code == 503
            assert api.get("/livez").status_code == 200
