"""Fixtures of the RallyUp tests."""

import pytest

from tests.api.rallyup import world as worlds


@pytest.fixture
def world(db: None) -> worlds.World:
    return worlds.build()


@pytest.fixture
def wire(world: worlds.World) -> worlds.Wire:
    return worlds.Wire(world)
