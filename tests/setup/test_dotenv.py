"""`.env` fills gaps in the environment; a line that says nothing is refused."""

from pathlib import Path

import pytest

from rally.up import dotenv
from rally.up.refusal import Refusal


def test_forms_of_a_line() -> None:
    text = "# note\n\nA=1\nexport B = two words \nC='#3 '\nD=4 # four\nE=\nF=a=b\n"
    assert dotenv.parse(text) == {
        "A": "1",
        "B": "two words",
        "C": "#3 ",
        "D": "4",
        "E": "",
        "F": "a=b",
    }


def test_a_line_that_is_none_is_named() -> None:
    with pytest.raises(Refusal, match="Line 2"):
        dotenv.parse("A=1\nnonsense\n")


def test_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=file\nB=file\n")
    environ = {"A": "given"}
    dotenv.load(tmp_path / ".env", environ)
    assert environ == {"A": "given", "B": "file"}


def test_no_file_is_no_mistake(tmp_path: Path) -> None:
    dotenv.load(tmp_path / ".env", {})
