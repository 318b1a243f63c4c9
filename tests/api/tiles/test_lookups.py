"""Slots by pages, a hold and an order by reference, requests to join."""

import pytest

from accounts import joinrequests
from accounts.actors import Actor
from accounts.models import Membership
from boards.models import Board
from tests import factories
from tests.api import kit
from tests.api.kit import Api, error
from tests.api.tiles.members import Program, program

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


# Slots ----------------------------------------------------------------------------------------
def test_slots_by_pages_and_status(api: Api, board: Board) -> None:
    api.reserve(board, [2, 5])
    path = f"/api/boards/{board.public_id}/slots"
    body = api.get(path).json()
    assert list(body) == ["slots", "next"] and len(body["slots"]) == 100 and body["next"] is None
    held = api.get(f"{path}?status=held").json()
    assert ([slot["number"] for slot in held["slots"]], held["next"]) == ([2, 5], None)
    page = api.get(f"{path}?status=available&limit=3&after=1").json()
    assert ([slot["number"] for slot in page["slots"]], page["next"]) == ([3, 4, 6], 6)
    assert list(page["slots"][0]) == ["id", "number", "status", "supporterName", "amountCents"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=x",
        "after=-1",
        "after=x",
        "status=free",
        "sort=number",
        "limit=1&limit=2",
        "after=99999999999999",
    ],
)
def test_bad_questions_about_slots(query: str, api: Api, board: Board) -> None:
    error(api.get(f"/api/boards/{board.public_id}/slots?{query}"), 400, "invalid_request")


# Holds ----------------------------------------------------------------------------------------
def test_a_hold_is_looked_up_and_extended_by_its_token(board: Board) -> None:
    owner, program = kit.token(), Api()
    made = program.reserve(board, [1, 7], owner)
    where = made.headers["Location"]
    stranger = Api()
    found = stranger.get(where, X_Owner_Token=owner).json()["hold"]
    assert found == {
        "id": where.rpartition("/")[2],
        "boardId": board.public_id,
        "slotIds": [1, 7],
        "phase": "browsing",
        "expiresAt": made.json()["holds"][0]["expiresAt"],
        "extensionsLeft": 10,
    }
    longer = stranger.post(f"{where}/extend", {}, X_Owner_Token=owner).json()["hold"]
    assert longer["extensionsLeft"] == 9 and longer["expiresAt"] > found["expiresAt"]
    assert program.get(where).json()["hold"]["extensionsLeft"] == 9  # by its cookie
    for headers in ({}, {"X_Owner_Token": kit.token()}, {"X_Owner_Token": "x"}):
        error(stranger.get(where, **headers), 404, "not_found")
        error(stranger.post(f"{where}/extend", {}, **headers), 404, "not_found")
    error(stranger.get("/api/holds/nothing", X_Owner_Token=owner), 404, "not_found")


def test_a_hold_that_ran_out_can_not_be_extended(api: Api, board: Board) -> None:
    owner = kit.token()
    where = api.reserve(board, [1], owner).headers["Location"]
    kit.let_time_pass(board, 901)
    assert api.get(where, X_Owner_Token=owner).json()["hold"]["phase"] == "expired"
    error(api.post(f"{where}/extend", {}, X_Owner_Token=owner), 410, "hold_expired")


@pytest.mark.django_db(transaction=True, databases=["default", "cache"])
def test_an_order_is_looked_up(api: Api, board: Board, stripe: object) -> None:
    answer = api.checkout(board, [3, 9], kit.token())
    where = answer.headers["Location"]
    assert api.get(where).json() == {
        "checkout": {
            "id": where.rpartition("/")[2],
            "status": "open",
            "slotIds": [3, 9],
            "totalCents": 1200,
            "currency": "USD",
        }
    }
    error(api.get("/api/checkouts/nothing"), 404, "not_found")


# Requests to join -----------------------------------------------------------------------------
def asked() -> tuple[Program, str, Program]:
    organization = factories.make_organization()
    asker = Program(factories.make_user())
    request = joinrequests.ask(organization, Actor(asker.user, "page"), "Please.")
    return program(organization), f"/api/admin/join-requests/{request.public_id}", asker


def test_requests_are_listed_approved_and_denied() -> None:
    admin, path, asker = asked()
    body = admin.get("/api/admin/join-requests").json()
    assert list(body) == ["requests"]
    [found] = body["requests"]
    assert list(found) == ["id", "userId", "organizationId", "status", "createdAt"]
    assert (found["userId"], found["status"]) == (asker.user.public_id, "pending")
    for _ in range(2):
        answer = admin.post(f"{path}/approve", {})
        assert answer.json() == {
            "ok": True,
            "userRole": {
                "userId": asker.user.public_id,
                "role": "team_admin",
                "orgId": found["organizationId"],
            },
        }
    assert Membership.objects.get(user=asker.user).role == "team_admin"
    assert admin.get("/api/admin/join-requests").json() == {"requests": []}
    assert len(admin.get("/api/admin/join-requests?status=approved").json()["requests"]) == 1
    error(admin.post(f"{path}/deny", {"reason": "late"}), 409, "conflict")


def test_a_denied_request_is_not_approved() -> None:
    admin, path, _asker = asked()
    assert (
        error(admin.post(f"{path}/deny", {}), 400, "invalid_request")["details"]["field"]
        == "reason"
    )
    assert (
        admin.post(f"{path}/deny", {"reason": "Not known."}).json()["request"]["status"] == "denied"
    )
    error(admin.post(f"{path}/approve", {}), 409, "conflict")


@pytest.mark.parametrize(
    "body", [{"role": "owner"}, {"role": "king"}, {"role": 5}, {"reason": "x"}, [], "x"]
)
def test_bad_approvals(body: object) -> None:
    admin, path, _asker = asked()
    error(admin.post(f"{path}/approve", body), 400, "invalid_request")


def test_who_may_not_decide() -> None:
    _admin, path, asker = asked()
    error(asker.post(f"{path}/approve", {}), 403, "forbidden")  # one's own
    foreign = program(factories.make_organization())
    error(foreign.post(f"{path}/approve", {}), 404, "not_found")
    error(asker.get("/api/admin/join-requests"), 403, "forbidden")
    error(foreign.get(f"{path}/approve"), 405, "method_not_allowed")
    error(Api().post(f"{path}/approve", {}), 401, "unauthorized")


@pytest.mark.parametrize(
    "query", ["status=x", "organizationId=a%20b", "sort=organizationId", "userId=1", "limit=1001"]
)
def test_bad_questions_about_requests(query: str) -> None:
    admin, _path, _asker = asked()
    error(admin.get(f"/api/admin/join-requests?{query}"), 400, "invalid_request")
