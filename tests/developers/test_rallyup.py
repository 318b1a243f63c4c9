"""The portal's pages for RallyUp say what the tables say, and their examples run as printed."""

import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from rally.api.rallyup.calls import Who
from rally.api.rallyup.endpoints import ENDPOINTS
from rally.web.developers.rallyup import pages, samples, snippets
from tests import site as sites
from tests.api.rallyup.test_golden import FOLDER, name

START = "/developers/rallyup/"


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "objects/", *(f"{one.key}/" for one in pages.SECTIONS)])
def test_pages_need_no_query_and_no_script(
    address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(0):
        text = page(START + address)
    assert "style=" not in text and "<script" not in text


@pytest.mark.django_db
def test_every_call_has_an_entry_with_its_parameters() -> None:
    cards = {}
    for section in pages.SECTIONS:
        for card in page(f"{START}{section.key}/").split("<article")[1:]:
            found = re.search(r'id="([^"]+)"', card)
            assert found
            cards[found[1]] = unescape(card)
    assert cards.keys() == {pages.anchor(one) for one in ENDPOINTS}
    for endpoint in ENDPOINTS:
        card = cards[pages.anchor(endpoint)]
        assert f"/{endpoint.path}</code>" in card
        for one in endpoint.parameters:
            assert f"<code>{one.name}</code>" in card
    assert START in page("/developers/")
    assert Client().get(f"{START}nothing/").status_code == 404
    assert Client().get("/api/schema/rallyup.json").json()["openapi"] == "3.1.0"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=name)
def test_samples_have_the_keys_of_real_answers_and_examples_parse(endpoint) -> None:
    text = (FOLDER / f"{name(endpoint)}.json").read_text()
    told = samples.answer(endpoint)
    if text != "204\n":
        real = json.loads(text)
        assert list(told) == list(real)
        one, other = told["Result"], real["Result"]
        if endpoint.lists and not endpoint.plain:
            assert list(one) == list(other)
            one, other = one["Items"], other["Items"]
        if endpoint.lists and other:
            one, other = one[0], other[0]
        assert one == other or list(one) == list(other)
    for snippet in snippets.of(endpoint):
        assert all(variable in snippet.code for variable in snippets.variables(endpoint))
    compile(snippets.python(endpoint), endpoint.path, "exec")


def test_examples_run_as_printed(running_site: sites.Site) -> None:
    demo = running_site.demo["rallyup"]
    environ = os.environ | {
        "RALLY_URL": running_site.base_url, "ORGANIZATION_ID": str(demo["organization_id"]),
        "CAMPAIGN_ID": str(demo["campaign_id"]), "STRIPE_ACCOUNT_ID": demo["stripe_account_id"],
    }  # fmt: skip
    ran = 0
    for who, kind in ((Who.ORGANIZATION, "org"), (Who.PARTNER, "partner")):
        keys = {"API_LOGIN": demo[f"{kind}_username"], "API_SECRET": demo[f"{kind}_password"]}
        environ["ACCESS_TOKEN"] = run(["sh", "-c", snippets.token(who).code], environ | keys)
        for endpoint in ENDPOINTS:
            if endpoint.who == who and endpoint.verb == "GET":
                if "transactions/{id}" in endpoint.path:
                    continue
                told = run(["sh", "-c", snippets.curl(endpoint)], environ)
                assert told == "" if not told else json.loads(told)["Ok"] is True
                ran += 1
        first = next(one for one in ENDPOINTS if one.who == who and one.lists)
        assert "'Ok': True" in run([sys.executable, "-c", snippets.python(first)], environ)
        if shutil.which("node"):
            node = ["node", "--input-type=module", "-e", snippets.javascript(first)]
            assert "Ok: true" in run(node, environ)
    assert ran >= 30


def run(command: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, (command[-1], done.stdout, done.stderr)
    return done.stdout.strip()
