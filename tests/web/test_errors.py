"""Error pages stand alone: no context, no static manifest, no database."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

CODES = ("400", "403", "403_csrf", "404", "413", "429", "500", "503")


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


@pytest.mark.django_db(databases=["default", "cache"])
def test_a_form_of_more_than_a_megabyte_is_too_large(client: Client) -> None:
    """And says so: 400 would send people looking for a mistake in what they wrote."""
    answer = client.post(
        "/b/board123/reserve/", "a=" + "x" * 2_000_000,
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.status_code == 413
    assert "at once" in answer.content.decode()
