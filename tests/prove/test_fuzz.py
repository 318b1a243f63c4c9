"""A fraction of the fuzzing of `./run prove`: no 5xx, no status the schema doesn't name."""

from typing import Any

import pytest

from prove import parts
from rally.api.tiles.operations import OPERATIONS

pytestmark = [pytest.mark.xdist_group("prove"), pytest.mark.long]


def test_whatever_the_schema_allows_is_answered_as_it_says(record_property: Any) -> None:
    found = parts.fuzz(parts.CI, 1)
    assert found["ok"], "\n".join(found.get("failed", [found.get("trouble", "")]))
    assert found["operations"] == len(OPERATIONS)
    assert set(found["by_operation"]) == {one.name for one in OPERATIONS} | {"in sequences"}
    assert all(int(status) < 500 for status in found["statuses"])
    assert {"200", "201", "400", "404"} <= set(found["statuses"])
    record_property("figure", f"calls by schemathesis: {found['calls']}")
