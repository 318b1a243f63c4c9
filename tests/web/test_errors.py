"""Error pages stand alone: no context, no static manifest, no database."""

import pytest
from django.template.loader import render_to_string

CODES = ("400", "403", "403_csrf", "404", "429", "500", "503")


@pytest.mark.parametrize("code", CODES)
def test_they_need_nothing(code: str) -> None:
    html = render_to_string(f"{code}.html")
    assert "<h1>" in html
    assert "Go to the campaigns" in html
    assert "!" not in html.replace("<!DOCTYPE", "")
    assert " style=" not in html


def test_they_say_why_when_told() -> None:
    assert "Too long." in render_to_string("400.html", {"sentence": "Too long."})
    assert "Slower." in render_to_string("429.html", {"sentence": "Slower."})
