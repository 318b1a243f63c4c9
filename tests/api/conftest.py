"""Fixtures of the wire tests."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pytest_django import Settings

from boards.models import Board
from tests import site as sites
from tests.api import kit


@pytest.fixture(autouse=True)
def unlimited(settings: Settings) -> None:
    """All tests call from one address; those about limits turn them on again."""
    settings.RALLY_LIMITS = False


@pytest.fixture
def api() -> kit.Api:
    return kit.Api()


@pytest.fixture
def board(db: None) -> Board:
    return kit.make_board()


@dataclass
class Stripe:
    """A running simulator, and its control API."""

    url: str

    def act(self, path: str, method: str = "POST", **body: Any) -> dict[str, Any]:
        call = urllib.request.Request(
            f"{self.url}/_sim/{path}", json.dumps(body).encode(), method=method
        )
        with urllib.request.urlopen(call, timeout=10) as reply:
            found: dict[str, Any] = json.load(reply)
        return found

    def fail(self, kind: str, times: int = 10, **more: Any) -> None:
        """Let the next calls to Stripe fail; the SDK itself tries three times."""
        self.act("faults", route="/v1/checkout/sessions*", kind=kind, times=times, **more)

    def heal(self) -> None:
        self.act("faults", method="DELETE")

    def complete(self, url: str, outcome: str = "paid") -> dict[str, Any]:
        """What the bank says to the session of this pay page."""
        found: dict[str, Any] = self.act(f"sessions/{session_of(url)}/complete", outcome=outcome)
        return found["session"]


def session_of(url: str) -> str:
    """The session id in the address of a pay page."""
    return "cs_test_" + url.partition("cs_test_")[2].partition("?")[0].partition("#")[0]


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stripe]:
    started = sites.start_simulator(tmp_path_factory.mktemp("simulator"))
    yield Stripe(started.url)
    sites.end(started.process)


@pytest.fixture
def stripe(simulated: Stripe, settings: Settings) -> Iterator[Stripe]:
    """Stripe as this process sees it; whatever was made to fail works again afterwards."""
    settings.STRIPE_API_BASE = simulated.url
    yield simulated
    simulated.heal()
