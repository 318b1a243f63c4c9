"""The real simulator, as the tests of payments use it, and one database full of traffic."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test.utils import override_settings

from payments import snapshots
from tests import site as sites
from tests.audit.traffic import Traffic, build_all
from tests.payments.conftest import outside, simulated_stripe
from tests.payments.outside import Outside

__all__ = ["outside", "simulated_stripe"]


@pytest.fixture(scope="module")
def traffic(
    simulated_stripe: sites.Simulator, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Traffic]:
    """Made once and committed; the tests that break something of it undo that themselves."""
    there = Outside(simulated_stripe.url)
    there.control("reset")
    snapshots._memory.clear()
    with django_db_blocker.unblock(), override_settings(STRIPE_API_BASE=simulated_stripe.url):
        try:
            yield build_all(there)
        finally:
            # The rows that migrating made come back: later tests need their kinds and permissions.
            call_command("flush", verbosity=0, interactive=False)
