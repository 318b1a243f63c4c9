"""The comparison with the SDK's classes must be able to fail."""

from __future__ import annotations

from tests.simulator.shapes import problems


def test_it_sees_foreign_fields_wrong_types_and_nulls(sim):
    body = sim.create().to_dict()
    assert problems({**body, "colour": "red"})
    assert problems({**body, "created": "today"})
    assert problems({**body, "created": None})
    assert problems({**body, "total_details": {**body["total_details"], "colour": 1}})
    assert problems({**body, "mode": None})
