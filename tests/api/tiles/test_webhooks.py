"""Webhooks and the sandbox by program."""

import pytest

from accounts.models import AuditEntry, Organization, WebhookEndpoint
from accounts.webhooks import EVENTS
from boards.models import Hold
from campaigns.models import Campaign, Donation
from rally.dispatch import outbox
from tests import factories
from tests.api.kit import error
from tests.api.tiles.members import Program, program

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
HOOK = {"url": "https://example.com/hooks", "events": ["tile.sold", "donation.created"]}


@pytest.fixture
def organization() -> Organization:
    return factories.make_organization()


@pytest.fixture
def script(organization: Organization) -> Program:
    return program(organization)


def test_an_endpoint_from_its_making_to_its_end(
    script: Program, organization: Organization
) -> None:
    made = script.post("/api/webhooks", HOOK)
    assert made.status_code == 201
    hook = made.json()["webhook"]
    assert hook["secret"].startswith("whsec_") and hook["enabled"] is True
    path = f"/api/webhooks/{hook['id']}"
    [listed] = script.get("/api/webhooks").json()["webhooks"]
    assert "secret" not in listed and listed["events"] == HOOK["events"]
    assert script.patch(path, {"events": ["hold.expired"]}).json()["webhook"]["events"] == [
        "hold.expired"
    ]
    assert script.patch(path, {"enabled": False}).json()["webhook"]["enabled"] is False
    assert script.patch(path, {"enabled": True, **HOOK}).json()["webhook"]["enabled"] is True
    turned = script.post(f"{path}/rotate", {}).json()["webhook"]["secret"]
    assert turned != hook["secret"]
    factories.make_sale(
        factories.make_board(9, campaign=factories.make_campaign(organization)), [2]
    )
    outbox.drain()
    log = script.get(f"{path}/deliveries").json()
    assert [one["type"] for one in log["deliveries"]] == ["tile.sold", "donation.created"]
    assert script.get(f"{path}/deliveries?type=tile.*&status=waiting").json()["deliveries"]
    again = script.post(f"{path}/deliveries/{log['deliveries'][0]['id']}/replay", {})
    assert again.json()["delivery"]["status"] == "waiting"
    assert script.delete(path).json() == {"ok": True}
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://example.com"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": 5}, "url"),
        ({"url": None}, "url"),
        ({"events": []}, "events"),
        ({"events": ["all"]}, "events"),
        ({"events": ["tile.sold", "tile.sold"]}, "events"),
        ({"events": "tile.sold"}, "events"),
        ({"events": [None]}, "events"),
        ({"events": [["tile.sold"]]}, "events"),
        ({"secret": "x"}, "secret"),
        ({"organizationId": []}, "organizationId"),
    ],
)
def test_bad_endpoints(change: dict[str, object], field: str, script: Program) -> None:
    answer = script.post("/api/webhooks", {**HOOK, **change})
    assert error(answer, 400, "invalid_request")["details"]["field"] == field


def test_who_may_not(script: Program, organization: Organization) -> None:
    made = script.post("/api/webhooks", HOOK).json()["webhook"]
    path = f"/api/webhooks/{made['id']}"
    foreign = program(factories.make_organization())
    for answer in (
        foreign.get(path),
        foreign.delete(path),
        foreign.patch(path, {}),
        foreign.post(f"{path}/rotate", {}),
        foreign.get(f"{path}/deliveries"),
        foreign.post(f"{path}/deliveries/x/replay", {}),
    ):
        error(answer, 404, "not_found")
    runner = program(organization, "team_admin")
    error(runner.post("/api/webhooks", HOOK), 403, "forbidden")
    assert runner.get("/api/webhooks").json() == {"webhooks": []}
    error(script.post(f"{path}/deliveries/x/replay", {}), 404, "not_found")
    for _ in range(19):
        script.post("/api/webhooks", HOOK)
    error(script.post("/api/webhooks", HOOK), 409, "conflict")


def test_every_event_can_be_asked_for(script: Program) -> None:
    body = {"url": HOOK["url"], "events": list(EVENTS)}
    assert script.post("/api/webhooks", body).json()["webhook"]["events"] == list(EVENTS)


# Sandbox --------------------------------------------------------------------------------------
def test_time_passes_for_a_test_organization(script: Program, organization: Organization) -> None:
    answer = script.post("/api/sandbox/clock", {"seconds": 901})
    assert answer.json()["aheadSeconds"] == 901
    organization.refresh_from_db()
    assert organization.clock_offset_s == 901


@pytest.mark.parametrize("seconds", [0, -1, 1.5, "60", None, True, 10**10, 2**63])
def test_time_passes_in_whole_seconds_forward(seconds: object, script: Program) -> None:
    answer = script.post("/api/sandbox/clock", {"seconds": seconds})
    assert error(answer, 400, "invalid_request")["details"]["field"] == "seconds"


def test_purge_empties_it_and_nothing_else(script: Program, organization: Organization) -> None:
    board = factories.make_board(9, campaign=factories.make_campaign(organization))
    factories.make_sale(board, [2])
    factories.make_hold(board, [3])
    other = factories.make_board(9)
    factories.make_sale(other, [2])
    assert script.post("/api/sandbox/purge", {}).json() == {"ok": True, "campaigns": 1}
    assert list(Campaign.objects.all()) == [other.campaign]
    assert (Hold.objects.count(), Donation.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(verb="sandbox.purged").count() == 1
    assert script.get("/api/campaigns").json() == {"campaigns": []}


def test_never_where_money_is_real(organization: Organization) -> None:
    live = factories.make_organization(livemode=True)
    script = program(live)
    error(script.post("/api/sandbox/clock", {"seconds": 60}), 403, "forbidden")
    error(script.post("/api/sandbox/purge", {}), 403, "forbidden")
    viewer = program(organization, "team_admin")
    error(viewer.post("/api/sandbox/purge", {}), 403, "forbidden")
