"""What a reserve costs between BEGIN and COMMIT, counted in the SQL that was sent."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boards import faces, reserving, tokens
from tests.factories import make_board

NOT_WORK = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def statements(act: Callable[[], object]) -> list[str]:
    """The statements of the only transaction that `act` opens."""
    with CaptureQueriesContext(connection) as sent:
        act()
    texts = [query["sql"].strip() for query in sent.captured_queries]
    began = next(i for i, text in enumerate(texts) if text.startswith("BEGIN"))
    ended = next(i for i, text in enumerate(texts) if text.startswith("COMMIT"))
    return [text for text in texts[began:ended] if not text.startswith(NOT_WORK)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("tiles", [1, 3, 100])
def test_a_reserve_is_two_statements_or_four_on_sqlite(tiles: int) -> None:
    face = faces.of(make_board(100).pk)
    numbers = list(range(1, tiles + 1))
    sent = statements(lambda: reserving.reserve_on(face, numbers=numbers, token=tokens.new()))
    assert len(sent) == (4 if connection.vendor == "sqlite" else 2), sent
