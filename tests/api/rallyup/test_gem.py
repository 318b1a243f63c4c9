"""A published client runs against us unchanged: every call of the flow, in order."""

import json
from urllib.parse import urlsplit

import pytest

from tests import site as sites
from tests.api.rallyup import flow
from tests.api.rallyup.gem import Failed, Gem


@pytest.fixture(scope="module")
def demo(running_site: sites.Site) -> dict[str, str]:
    found: dict[str, str] = running_site.demo["rallyup"]
    return found


def client(site: sites.Site, demo: dict[str, str], secret: str = "") -> Gem:
    address = urlsplit(site.base_url)
    made = Gem(address.netloc, demo["partner_username"], secret or demo["partner_password"], None)
    return made


def test_every_call_in_order(running_site: sites.Site, demo: dict[str, str]) -> None:
    flow.run(client(running_site, demo), demo)


def test_what_goes_wrong_is_told_in_json(running_site: sites.Site, demo: dict[str, str]) -> None:
    wrong = client(running_site, demo, "wrong")
    with pytest.raises(KeyError):
        wrong.authenticate()
    assert wrong.token["error"] == "invalid_grant"
    gem = client(running_site, demo)
    gem.authenticate()
    for verb, path, params, status in (
        ("GET", "organizations/999999999", {}, 404), ("GET", "campaigns", {}, 400),
        ("DELETE", "deletecustomorg", {"OrganizationID": demo["organization_id"]}, 403),
        ("DELETE", "deletecustomorg", {}, 400), ("PUT", "organizations", {}, 405),
    ):  # fmt: skip
        with pytest.raises(Failed) as why:
            gem.call(verb, f"/v1/partnerapi/{path}", **params)
        assert why.value.status == status and json.loads(why.value.body)["Ok"] is False
