"""The reference says what the tables say. `WRITE_GOLDEN=write` writes it anew."""

import os

from rally.api.rallyup import reference
from rally.api.rallyup.endpoints import ENDPOINTS
from tests.services import BASE

PAGE = BASE / "docs/api/rallyup.md"


def test_the_page_says_what_the_tables_say() -> None:
    by_hand = PAGE.read_text().partition(reference.BEGIN)[0]
    if os.environ.get("WRITE_GOLDEN") == "write":
        PAGE.write_text(by_hand + reference.text())
    assert PAGE.read_text() == by_hand + reference.text()
    assert all(one.about for one in ENDPOINTS)
