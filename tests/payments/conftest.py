"""One real simulator for the whole run, wiped before each test that uses it."""

from collections.abc import Iterator

import pytest

from payments import snapshots
from tests import site as sites
from tests.payments.outside import Outside


@pytest.fixture(scope="session")
def simulated_stripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Simulator]:
    started = sites.start_simulator(tmp_path_factory.mktemp("stripe"))
    yield started
    sites.end(started.process)


@pytest.fixture
def outside(simulated_stripe: sites.Simulator, settings) -> Outside:
    """The gateway talks to the simulator; nothing of an earlier test is left there."""
    settings.STRIPE_API_BASE = simulated_stripe.url
    snapshots._memory.clear()
    there = Outside(simulated_stripe.url)
    there.control("reset")
    return there
