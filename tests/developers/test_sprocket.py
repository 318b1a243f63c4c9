"""The portal's pages for Sprocket say what the tables say, and samples look as answers do."""

import functools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client
from django.urls import URLPattern
from pytest_django import DjangoAssertNumQueries

from rally.api.oauth.urls import urlpatterns as oauth_routes
from rally.api.sprocket import errors, faults, openapi, parameters, samples
from rally.api.sprocket.calls import Endpoint
from rally.api.sprocket.endpoints import ENDPOINTS
from rally.api.sprocket.urls import urlpatterns
from rally.web.developers.sprocket import guide, snippets
from rally.web.developers.sprocket.sections import SECTIONS

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent.parent / "api/sprocket/golden"
START = "/developers/sprocket/"


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@functools.cache
def all_cards() -> dict[str, str]:
    """Each call's part of its page."""
    found = {}
    for section in SECTIONS:
        for card in page(f"{START}{section.key}/").split("<article")[1:]:
            found[re.search(r'id="([^"]+)"', card)[1]] = unescape(card)
    return found


@pytest.fixture
def cards() -> dict[str, str]:
    return all_cards()


def addresses(routes: list[URLPattern]) -> set[str]:
    return {re.sub(r"\(\?P<(\w+)>[^)]+\)", r"{\1}", str(one.pattern)) for one in routes}


def test_every_route_of_the_url_map_has_an_entry(cards: dict[str, str]) -> None:
    documented = {f"^{one.path}$" for one in ENDPOINTS if one.name in cards}
    # The description of all, and the answer to addresses that don't exist.
    assert addresses(urlpatterns) - documented == {r"^openapi\.json$", ""}
    assert cards.keys() == {one.name for one in ENDPOINTS}
    walk = page(f"{START}oauth/")
    for path in (*addresses(oauth_routes), "authorize"):
        assert f"{guide.OAUTH}/{path}" in walk
    assert guide.METADATA in walk


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)
def test_an_entry_tells_all_there_is_to_know(endpoint: Endpoint, cards: dict[str, str]) -> None:
    card = cards[endpoint.name]
    assert endpoint.path in card and str(endpoint.auth) in card and endpoint.scope in card
    for heading in ("Parameter Key", "Required", "Data Type", "Default Value", "Description"):
        assert heading in card
    for one in (*parameters.of(endpoint), *parameters.sent(endpoint)):
        assert f"<code>{one.key}</code>" in card
    for number in faults.of(endpoint):
        assert f"<code>{number}</code>" in card
    if endpoint.lists and endpoint.table.queries:
        assert "Filters:" in card and "Sorts by:" in card
    kinds = re.findall(r'<code class="(\w+)">', card)
    assert kinds.count("json") == kinds.count("xml") == (2 if endpoint.takes else 1)
    assert {"bash", "javascript", "python", "csharp"} <= set(kinds)
    for text in re.findall(r'<code class="json">(.*?)</code>', card, re.S):
        json.loads(text)
    for text in re.findall(r'<code class="xml">(.*?)</code>', card, re.S):
        fromstring(text.encode())


@pytest.mark.parametrize("address", ["", "oauth/", "objects/", *(f"{s.key}/" for s in SECTIONS)])
def test_pages_need_no_query_and_no_script(
    address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(0):
        text = page(START + address)
    assert "style=" not in text and "<script" not in text


def test_the_start_names_version_errors_and_changes() -> None:
    text = page(START)
    assert "2.1" in text and "Change log" in text and "/sprocket/v2</code>" in text
    for number in errors.MEANING:
        assert f"<code>{number}</code>" in text
    assert Client().get(f"{START}nothing/").status_code == 404
    assert START in page("/developers/")
    assert Client().get("/api/schema/sprocket.json").json()["info"]["version"] == "2.1"


def test_objects_are_told_field_by_field() -> None:
    text = page(f"{START}objects/")
    for table in openapi.tables().values():
        part = text.partition(f'id="{table.name}"')[2].partition("</article>")[0]
        for one in table.fields:
            assert f"<code>{one.name}</code>" in part
        for query in table.queries:
            assert f"<code>{table.prefix}.{query.path}</code>" in part


# Samples --------------------------------------------------------------------------------------
def shape(value: Any, path: str = "") -> Iterator[str]:
    """Every key within, by its path; leaders and gifts in goals differ from case to case."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}.{name}"
            if not name.endswith("_Leaders") and name not in ("Displayed_Donation_Infos", "Error"):
                yield from shape(inner, f"{path}.{name}")
    if isinstance(value, list):
        for inner in value[:1]:
            yield from shape(inner, path)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)
def test_a_sample_has_the_keys_of_the_real_answer(endpoint: Endpoint) -> None:
    real = json.loads((GOLDEN / f"{endpoint.name}.json").read_text())
    batch = samples.is_batch(endpoint)
    shown = (samples.batch_answer if batch else samples.answer)(endpoint).data
    given, told = set(shape(real)), set(shape(shown))
    if batch:
        assert {one for one in given if one.count(".") == 1} == {
            one for one in told if one.count(".") == 1
        }
        return
    # Null where the golden world has none; the keys beside it are the same.
    missing = {one for one in given ^ told if not within_null(one, real, shown)}
    assert not missing


def within_null(path: str, *answers: Any) -> bool:
    """Whether the path ends early in one of the answers, at a null or an empty list."""
    for value in answers:
        for name in path.split(".")[1:]:
            if isinstance(value, list):
                value = value[0] if value else None
            if not isinstance(value, dict):
                return True
            value = value.get(name, {})
    return False


# Examples -------------------------------------------------------------------------------------
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)
def test_examples_read_their_variables_and_parse(endpoint: Endpoint) -> None:
    for one in snippets.of(endpoint):
        for name in snippets.variables(endpoint):
            assert name in one.code
    compile(snippets.python(endpoint), endpoint.name, "exec")
    bash = shutil.which("bash") or "sh"
    assert not subprocess.run([bash, "-n"], input=snippets.curl(endpoint).encode()).returncode


def test_javascript_parses(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    file = tmp_path / "all.mjs"
    texts = (snippets.javascript(one) for one in ENDPOINTS)
    file.write_text("\n".join(f"async () => {{\n{one}\n}};" for one in texts))
    subprocess.run([node, "--check", str(file)], check=True)
