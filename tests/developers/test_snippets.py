"""Every example of the portal runs as printed, against a running site.

Only the site's address, the token, keys and ids come from the environment.
"""

import json
import os
import re
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from rally.api.tiles.operations import OPERATIONS
from rally.web.developers import guide, snippets
from tests import prepared
from tests import site as sites
from tests.developers import csharp

pytestmark = pytest.mark.xdist_group("examples of the portal")
PURGES = "sandbox-purge"
HOOKS = "https://example.com/hooks"
# Longer than the sweeps that find what a lost wake-up left behind: at most a minute.
PATIENCE = 90
ORDER = sorted(OPERATIONS, key=lambda one: one.name == PURGES)
EXAMPLES = [(one, at) for one in ORDER for at in range(3)]


class Place:
    """A site of its own, and what an example needs to find there."""

    def __init__(self, site: sites.Site) -> None:
        self.site = site
        self.demo = site.demo
        self.token = self.demo["tiles"]["token"]
        self.campaign_of: dict[str, str] = {}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[Any, Any]:
        named = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        call = urllib.request.Request(
            self.site.base_url + path, json.dumps(body).encode() if body is not None else None,
            named | {k.replace("_", "-"): v for k, v in headers.items()}, method=method,
        )  # fmt: skip
        with urllib.request.urlopen(call, timeout=30) as reply:
            return json.load(reply), reply.headers

    def campaign(self) -> str:
        body = {"title": "New Kit", "type": "team", "goalCents": 505000,
                "deadline": "2030-06-01T00:00:00Z", "summary": "For new kit."}  # fmt: skip
        return self.call("POST", "/api/campaigns", body)[0]["campaign"]["id"]

    def board(self) -> str:
        campaign = self.campaign()
        path = f"/api/campaigns/{campaign}"
        board = self.call("POST", f"{path}/boards", {"title": "Tiles"})[0]["board"]["id"]
        self.call("PATCH", path, {"status": "active"})
        self.campaign_of[board] = campaign
        return board

    def held(self, board: str, token: str, numbers: list[int]) -> str:
        body = {"slotIds": numbers, "ownerToken": token}
        _found, headers = self.call("POST", f"/api/boards/{board}/reserve", body)
        return headers["Location"].rpartition("/")[2]

    def paid(self, board: str) -> str:
        body = {"boardId": board, "slotIds": [1, 25], "supporter": {
            "name": "Sample Supporter", "email": f"{uuid.uuid4().hex}@example.com"}}  # fmt: skip
        found, headers = self.call("POST", "/api/checkout/session", body)
        return found["url"], headers["Location"].rpartition("/")[2]

    def webhook(self) -> str:
        """A new one in the place of the last: an organization may have so many."""
        for one in self.call("GET", "/api/webhooks")[0]["webhooks"]:
            if one["url"] == HOOKS:
                self.call("DELETE", f"/api/webhooks/{one['id']}")
        body = {"url": HOOKS, "events": ["campaign.updated"]}
        return self.call("POST", "/api/webhooks", body)[0]["webhook"]["id"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    var = tmp_path_factory.mktemp("portal") / "var"
    site = sites.start_site(var, **prepared.furnished(var), RALLY_LIMITS="off")
    yield Place(site)
    site.stop()


def environment(place: Place, operation: Any) -> dict[str, str]:
    """The variables of one example, each naming something fresh."""
    token = str(uuid.uuid4())
    found = {
        "RALLY_URL": place.site.base_url, "RALLY_TOKEN": place.token, "OWNER_TOKEN": token,
        "STRIPE_WEBHOOK_SECRET": place.demo["stripe"]["webhook_secret"],
    }  # fmt: skip
    named = {snippets.variable(name) for name in operation.placeholders}
    named |= set(re.findall(r"\$([A-Z_]+)", json.dumps(operation.body or {})))
    if named & {"BOARD_ID", "HOLD_ID", "CHECKOUT_ID", "GIFT_ID"}:
        board = found["BOARD_ID"] = place.board()
        if operation.name == "release" or "HOLD_ID" in named:
            found["HOLD_ID"] = place.held(board, token, [1, 25])
        if named & {"CHECKOUT_ID", "GIFT_ID"}:
            url, found["CHECKOUT_ID"] = place.paid(board)
        if "GIFT_ID" in named:
            found["GIFT_ID"] = gift(place, board, url)
    if "CAMPAIGN_ID" in named:
        found["CAMPAIGN_ID"] = place.campaign()
    if "WEBHOOK_ID" in named:
        found["WEBHOOK_ID"] = place.webhook()
    if "DELIVERY_ID" in named:
        found["DELIVERY_ID"] = delivery(place, found["WEBHOOK_ID"])
    if "REQUEST_ID" in named:
        found["REQUEST_ID"] = asked(place)
    return found


def gift(place: Place, board: str, url: str) -> str:
    """A gift that the simulator's bank has paid."""
    session = re.search(r"cs_test_\w+", url)[0]
    call = urllib.request.Request(
        f"{place.site.simulator_url}/_sim/sessions/{session}/complete",
        json.dumps({"outcome": "paid"}).encode(), method="POST",
    )  # fmt: skip
    urllib.request.urlopen(call, timeout=30).close()

    def found() -> str | None:
        path = f"/api/campaigns/{place.campaign_of[board]}/gifts?status=confirmed"
        gifts = place.call("GET", path)[0]["gifts"]
        return gifts[0]["id"] if gifts else None

    def quiet() -> bool:
        """The bank has told us everything; its events are posted from our own address, too,
        and of one address only so many bodies are read at once."""
        with urllib.request.urlopen(f"{place.site.simulator_url}/_sim/delivery") as reply:
            told = json.load(reply)
        return not told["pending"] and not told["in_flight"]

    sites.until(quiet, PATIENCE, "the end of all deliveries")
    return sites.until(found, PATIENCE, "a confirmed gift")


def delivery(place: Place, webhook: str) -> str:
    place.campaign()

    def found() -> str | None:
        log = place.call("GET", f"/api/webhooks/{webhook}/deliveries")[0]["deliveries"]
        return log[0]["id"] if log else None

    return sites.until(found, PATIENCE, "a delivery")


def asked(place: Place) -> str:
    """Somebody asks to join the demo's organization."""
    code = (
        "from accounts import joinrequests; from accounts.actors import Actor; "
        "from accounts.models import Organization, User; "
        f"user = User.objects.create_user('{uuid.uuid4().hex}@example.com', 'x'); "
        f"org = Organization.objects.get(public_id='{place.demo['organization']['id']}'); "
        "print('ID', joinrequests.ask(org, Actor(user, 'command'), '').public_id)"
    )
    return re.search(r"ID (\S+)", place.site.manage("shell", "-c", code))[1]


def run(language: str, code: str, environ: dict[str, str], folder: Path) -> str:
    """What an example prints; it must end well."""
    if language == "bash":
        command = ["bash", "-euo", "pipefail", "-c", code]
    elif language == "csharp":
        command = [str(csharp.MONO), str(csharp.compile_program(code, folder))]
    else:
        name = {"javascript": "example.mjs", "python": "example.py"}[language]
        (folder / name).write_text(code)
        runner = {"javascript": "node", "python": sys.executable}[language]
        command = [runner, str(folder / name)]
    plain = {"PATH": os.environ["PATH"], "HOME": str(folder), **environ}
    done = subprocess.run(command, env=plain, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.long
@pytest.mark.parametrize(
    ("operation", "at"), EXAMPLES, ids=[f"{one.name}-{at}" for one, at in EXAMPLES]
)
def test_every_example_runs_as_printed(
    operation: Any, at: int, place: Place, tmp_path: Path
) -> None:
    example = snippets.of(operation)[at]
    page = place.site.get(f"/developers/tiles/{operation.section}/")[1].decode()
    assert example.code in unescape(page), "what is printed is what we run"
    printed = run(example.language, example.code, environment(place, operation), tmp_path)
    for name in operation.answer:
        assert name in printed


@pytest.mark.parametrize("name", sorted(guide.GUIDE))
def test_the_guide_s_examples_run_as_printed(name: str, place: Place, tmp_path: Path) -> None:
    example = guide.GUIDE[name]
    assert example.code in unescape(place.site.get("/developers/")[1].decode())
    environ = {"RALLY_URL": place.site.base_url, "OWNER_TOKEN": str(uuid.uuid4()),
               "WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}  # fmt: skip
    if name != "verify":
        environ["BOARD_ID"] = place.board()
    printed = run(example.language, example.code, environ, tmp_path)
    assert printed


def test_no_operation_is_without_an_example(record_property: Any) -> None:
    lacking = [one.name for one in OPERATIONS if len(snippets.of(one)) != 3]
    record_property("figure", f"operations without an example: {len(lacking)}")
    assert not lacking
