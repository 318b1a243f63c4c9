"""Text from outside, made safe to keep and show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rally.kit import text
from rally.kit.errors import DomainError


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("  Ada \t Lovelace\n", "Ada Lovelace"),
        ("Ada\u202egpj.exe", "Adagpj.exe"),
        ("A\u200bd\ufeffa", "Ada"),
        ("e\u0301", "é"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\x07bell\x85", "bell"),
    ],
)
def test_a_line_is_normal_and_hides_nothing(given_: str, kept: str) -> None:
    assert text.one_line(given_) == kept


def test_paragraphs_keep_line_breaks_but_not_many() -> None:
    assert text.paragraphs(" a  b\r\nc\r\r\r\r\nd ") == "a b\nc\n\nd"


@pytest.mark.parametrize("name", ["", " ", "\u200d", "\u2800"[:0], "\u0301", "\u3164"[:0]])
def test_what_nobody_can_see_is_no_name(name: str) -> None:
    assert not text.is_visible(name)


@pytest.mark.parametrize("name", ["Ö", "李", "🙂", "x", "7"])
def test_one_visible_letter_is_enough(name: str) -> None:
    assert text.is_visible(name)


@pytest.mark.parametrize(
    ("name", "short"),
    [("Jane Smith", "Jane S."), ("Jane Mary  Smith", "Jane S."), ("Jane", "Jane"), ("", "")],
)
def test_an_initial_hides_the_last_name(name: str, short: str) -> None:
    assert text.initial(name) == short


def test_names_are_found_whatever_their_case_and_width() -> None:
    assert text.key("ＡＤＡ  Straße") == text.key("ada STRASSE") == "ada strasse"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    once = text.one_line(raw)
    assert text.one_line(once) == once
    assert text.paragraphs(text.paragraphs(raw)) == text.paragraphs(raw)


def test_every_refusal_can_be_translated() -> None:
    """A sentence made when the module is read would stay in the language of the server's start."""
    families = [DomainError]
    for family in families:
        families += family.__subclasses__()
    assert len(families) > 20
    assert [kind.__name__ for kind in families if isinstance(kind.sentence, str)] == []
