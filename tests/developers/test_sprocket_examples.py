"""The examples of Sprocket's pages run as printed, against a running site.

Each call by curl; JavaScript and Python for one call of each kind, and C# where it can be run.
"""

import re
import uuid
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests

from rally.api.sprocket.calls import Endpoint
from rally.api.sprocket.endpoints import ENDPOINTS
from rally.web.developers.sprocket import guide, snippets
from rally.web.developers.sprocket.sections import SECTIONS
from tests import prepared
from tests import site as sites
from tests.developers import csharp
from tests.developers.test_snippets import run

KINDS = {(one.verb, one.auth, bool(one.takes)): one for one in ENDPOINTS}
pytestmark = pytest.mark.xdist_group("examples of Sprocket")
EXAMPLES = [
    *(pytest.param(one, "curl", id=f"{one.name}-curl") for one in ENDPOINTS),
    *(
        pytest.param(one, label, id=f"{one.name}-{label}", marks=marks)
        for one in KINDS.values()
        for label, marks in (("JavaScript", ()), ("Python", ()), ("C#", csharp.run))
    ),
]
SERIES = """
from campaigns.models import Campaign, Series
from campaigns import goals
campaign = Campaign.objects.get(pk={campaign})
series = Series.objects.create(organization=campaign.organization, name="Yearly", slug="yearly")
goals.ensure(series)
print("ID", series.pk)
"""


class Place:
    """A site of its own with the demo, and fresh records for what an example takes away."""

    def __init__(self, site: sites.Site) -> None:
        self.site, self.demo = site, site.demo
        ids = self.demo["sprocket"]
        self.own = {"CAMPAIGN_ID": ids["campaign_id"], "USER_ID": ids["user_id"],
                    "TEAM_ID": ids["team_id"],
                    "ORGANIZATION_ID": self.demo["organization"]["int_id"]}  # fmt: skip
        printed = site.manage("shell", "-c", SERIES.format(campaign=ids["campaign_id"]))
        self.own["SERIES_ID"] = int(re.search(r"ID (\d+)", printed)[1])
        self.base = f"{site.base_url}/sprocket/v2/admin/campaigns/{ids['campaign_id']}/"

    def made(self, path: str, name: str, body: dict[str, Any]) -> int:
        """The id of a new record."""
        header = {"Authorization": f"Bearer {self.demo['oauth']['admin_access_token']}"}
        answer = requests.post(self.base + path, json={name: body}, headers=header, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()[name]["Id"]

    def environment(self, endpoint: Endpoint) -> dict[str, str]:
        """What the example reads; what it deletes is new."""
        own, oauth = dict(self.own), self.demo["oauth"]
        mine, fresh = f"users/{own['USER_ID']}/", endpoint.path.rpartition("/")[2].strip("{}")
        if endpoint.deletes and fresh == "user":
            own["USER_ID"] = self.made("users", "User", {"First_Name": "Sam"})
        if endpoint.deletes and fresh == "team":
            own["TEAM_ID"] = self.made("teams", "Team", {"Name": f"Team {uuid.uuid4().hex}"})
        if fresh == "donation":
            own["DONATION_ID"] = self.made(
                "donations", "Donation", {"Amount": 5, "Donor": {"First_Name": "Alex"}}
            )
        if fresh == "address":
            home = {"Address_1": uuid.uuid4().hex, "City": "Exampleville"}
            own["ADDRESS_ID"] = self.made(f"{mine}addresses", "Address", home)
        if fresh == "update":
            own["UPDATE_ID"] = self.made(f"{mine}updates", "Update", {"Title": "Day one"})
        found = {name: str(value) for name, value in own.items()}
        found |= {"RALLY_URL": self.site.base_url, "CLIENT_ID": oauth["client_id"],
                  "CLIENT_SECRET": oauth["client_secret"],
                  "REFRESH_TOKEN": oauth["refresh_token"],
                  "ACCESS_TOKEN": oauth["admin_access_token"]}  # fmt: skip
        return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    var = tmp_path_factory.mktemp("sprocket") / "var"
    site = sites.start_site(var, **prepared.furnished(var), RALLY_LIMITS="off")
    yield Place(site)
    site.stop()


@pytest.mark.long
@pytest.mark.parametrize(("endpoint", "label"), EXAMPLES)
def test_an_example_runs_as_printed(
    endpoint: Endpoint, label: str, place: Place, tmp_path: Path
) -> None:
    [example] = [one for one in snippets.of(endpoint) if one.label == label]
    key = next(one.key for one in SECTIONS if endpoint in one.endpoints)
    page = place.site.get(f"/developers/sprocket/{key}/")[1].decode()
    assert example.code in unescape(page), "what is printed is what we run"
    printed = run(example.language, example.code, place.environment(endpoint), tmp_path)
    whole = endpoint.table.plural if endpoint.lists else endpoint.table.name
    batch = endpoint.verb == "PUT" and endpoint.takes and "{" not in endpoint.path.split("/")[-1]
    assert ("Results" if batch else "Id" if endpoint.deletes else whole) in printed


@pytest.mark.parametrize("key", ["refresh", "introspect"])
def test_the_walk_s_examples_run_as_printed(key: str, place: Place, tmp_path: Path) -> None:
    [step] = [one for one in guide.STEPS if one.key == key]
    assert step.example.code in unescape(place.site.get("/developers/sprocket/oauth/")[1].decode())
    environ = place.environment(ENDPOINTS[0])
    assert run("bash", step.example.code, environ, tmp_path)
