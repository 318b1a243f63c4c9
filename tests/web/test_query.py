"""An odd address never breaks a public page."""

import pytest
from django.http import QueryDict

from rally.web.supporters import query


@pytest.mark.parametrize(
    "odd", ["-1", "1.5", "１２", "x", "", " ", "9" * 7, "1e3", "0x1", "\x00", "12; drop"]
)
def test_odd_numbers_are_left_out(odd: str) -> None:
    assert query.number(odd) is None


def test_reading() -> None:
    found = query.read(
        QueryDict("view=list&show=cheap&block=3&find=12&tile=7&tile=7&tile=x&tile=19")
    )
    assert found == query.Query("list", "cheap", 3, 12, (7, 19))
    assert not found.cacheable
    assert query.read(QueryDict("view=evil&show=evil")) == query.Query()


def test_turning_wins_over_the_view_one_is_in() -> None:
    assert query.read(QueryDict("view=list&turn=grid")).view == "grid"


def test_links_keep_the_picks() -> None:
    found = query.Query(picked=(7, 19), find=7)
    assert found.href(block=2, find=None) == "?block=2&tile=7&tile=19"
