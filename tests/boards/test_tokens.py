"""Owner tokens: guessable ones are refused, only digests are kept."""

import uuid

import pytest

from boards import tokens
from boards.errors import BadToken
from boards.models import Hold
from tests.factories import make_board, make_hold


def test_our_own_tokens_and_random_uuids_are_good() -> None:
    assert tokens.check(own := tokens.new()) == own
    given = str(uuid.UUID("3f2504e0-4f89-41d3-9a0c-0305e82c3301"))
    assert tokens.check(given.upper()) == given


@pytest.mark.parametrize(
    "token",
    [
        "", "short", "a" * 22, "a" * 129, "0000-0000", "00000000-0000-0000-0000-000000000000",
        "has spaces in the middle of it", "ünïcödé-tökens-äre-nöt-fine", "abcdefghijklmnopqrstu\n",
        "abcdefghijklmnopqrstuvw\n", None, 7, b"abcdefghijklmnopqrstuvw", ["a"],
    ],
    ids=repr,
)  # fmt: skip
def test_what_can_be_guessed_or_misread_is_refused(token: object) -> None:
    with pytest.raises(BadToken):
        tokens.check(token)


@pytest.mark.django_db
def test_the_token_itself_is_nowhere_in_the_database() -> None:
    token = tokens.new()
    hold = make_hold(make_board(), token=token)
    row = Hold.objects.filter(pk=hold.pk).values().get()
    assert token not in str(row)
    assert row["token_hash"] == tokens.digest(token)
