"""Error pages stand alone: no context, no static manifest, no database."""

import json
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from rally.web import errors

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


@pytest.mark.parametrize(
    ("path", "keys"),
    [("/v1/api/organization", ["Message", "Ok", "Error", "Result", "Metadata"]),
     ("/v3/api/donors", ["Message", "Ok", "Error", "Result", "Metadata"]),
     ("/v1/partnertoken", ["error", "error_description"]),
     ("/sprocket/v2/campaigns", ["errorCode", "errorMessage", "httpStatus"]),
     ("/api/campaigns", ["ok", "error"])],
)  # fmt: skip
def test_a_foreign_host_is_told_in_the_dialect(path: str, keys: list[str], client: Client) -> None:
    answer = client.get(path, headers={"Host": "elsewhere.example"})
    assert (answer.status_code, list(answer.json())) == (400, keys)


@pytest.mark.parametrize(
    ("path", "told"),
    [("/v1/api/organization", {"Ok": False, "Result": None}), ("/sprocket/v2/campaigns",
     {"errorCode": 50000, "httpStatus": 500}), ("/api/campaigns", {"ok": False})],
)  # fmt: skip
def test_so_is_what_breaks_before_a_view(path: str, told: dict[str, Any]) -> None:
    answer = errors.server_error(RequestFactory().get(path))
    assert answer.status_code == 500
    assert json.loads(answer.content).items() >= told.items()
