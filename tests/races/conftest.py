"""One crew for all races of a test process, on that process's own database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections

from boards.models import Claim
from tests.conftest import shared_with_a_worker
from tests.payments.conftest import outside, simulated_stripe  # noqa: F401  # fixtures
from tests.races.crew import Crew

CONSTRAINT = "one_live_claim_per_tile"


@pytest.fixture(scope="session")
def crew(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Eight processes of five clients."""
    connections.close_all()
    environ = shared_with_a_worker() | {"RALLY_LIMITS": "off"}
    made = Crew(environ, tmp_path_factory.mktemp("crew") / "errors.log")
    yield made
    made.stop()


@pytest.fixture
def without_index() -> Iterator[None]:
    """The index that is the last word on double sales is gone while the test runs."""
    index = next(one for one in Claim._meta.constraints if one.name == CONSTRAINT)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Claim, index)
    yield
    Claim.objects.all()._raw_delete("default")
    with connection.schema_editor() as editor:
        editor.add_constraint(Claim, index)


@pytest.fixture
def tell(record_property: Callable[[str, object], None], request: Any) -> Callable[..., None]:
    """Print figures at the end of the run."""

    def say(**figures: object) -> None:
        words = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in figures.items())
        record_property("figure", f"{request.node.name}: {words}")
        print(words)

    return say
