"""What wire tests share: a small board, a client as programs write them, one error's shape."""

import datetime as dt
import json
import time
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import F, Model
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from accounts.models import Organization, OutboxEvent, Person
from boards import building
from boards.models import Board, BoardChange, Claim, Hold
from campaigns.models import Campaign, Donation, Goal
from payments.models import Attempt, Checkout, StaffTask, StripeEvent
from rally.kit import clock, ids

JANE = {"name": "Sample Supporter", "email": "supporter@example.com"}
ROWS: tuple[type[Model], ...] = (
    Hold, Claim, BoardChange, Checkout, Attempt, Donation, Person, StripeEvent, StaffTask,
    OutboxEvent,
)  # fmt: skip


def make_board(
    *, size: int = 100, status: str = Campaign.Status.ACTIVE, livemode: bool = False, **more: Any
) -> Board:
    """A board of a campaign and an organization of its own."""
    code = ids.public_id()
    organization = Organization.objects.create(
        slug=f"club-{code}", name="Example Club", status=Organization.Status.LIVE,
        livemode=livemode,
    )  # fmt: skip
    campaign = Campaign.objects.create(
        organization=organization, title="New Kit", slug=f"new-kit-{code}", status=status,
        deadline=clock.now() + dt.timedelta(days=30), published_at=clock.now(),
    )  # fmt: skip
    goal = Goal.objects.create(kind=Goal.Kind.CAMPAIGN, campaign=campaign, amount_minor=505_000)
    board = building.build(
        Board(campaign=campaign, goal=goal, title="Tiles", currency="USD", max_num=size, **more)
    )
    building.follow_campaign(campaign)
    board.refresh_from_db()
    return board


def let_time_pass(board: Board, seconds: int) -> None:
    """Move the sandbox clock of the board's organization; no row of a hold changes."""
    Organization.objects.filter(pk=board.campaign.organization_id).update(
        clock_offset_s=F("clock_offset_s") + seconds
    )


def token() -> str:
    """An owner token as the developer page makes one."""
    return str(uuid.uuid4())


def counts() -> dict[str, int]:
    """How many rows there are of everything that a call could leave behind."""
    tables = ", ".join(f"(SELECT count(*) FROM {model._meta.db_table})" for model in ROWS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {tables}")
        return dict(zip((model.__name__ for model in ROWS), cursor.fetchone(), strict=True))


# One for all: it loads the middleware, which takes longer than most calls.
HANDLER = ClientHandler(enforce_csrf_checks=True)


# Who calls; tests about limits change it.
CALLER: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1"}


class Api:
    """Calls the Tiles API in this process. Cookies are kept, CSRF is enforced as in a browser.

    An exception in a view becomes the 500 that a client would see.
    """

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.handler = HANDLER
        self.seconds = self.busy = 0.0

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> HttpResponse:
        """Send bytes as they are and everything else as JSON; `headers` are HTTP headers."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        options.setdefault("content_type", "application/json")
        options = CALLER | options
        began, busy = time.perf_counter(), time.thread_time()
        answer = self.client.generic(method, path, body or b"", **options)
        self.seconds = time.perf_counter() - began
        self.busy = time.thread_time() - busy
        return answer

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.call("GET", path, headers=named(headers))

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("POST", path, body, headers=named(headers))

    def read(self, board: Board, **headers: str) -> HttpResponse:
        return self.get(f"/api/boards/{board.public_id}", **headers)

    def statuses(self, board: Board) -> dict[int, str]:
        slots = self.read(board).json()["board"]["slots"]
        return {slot["number"]: slot["status"] for slot in slots}

    def reserve(
        self, board: Board, numbers: Iterable[Any], owner: str | None = None, **headers: str
    ) -> HttpResponse:
        body = {"slotIds": list(numbers), "ownerToken": owner or token()}
        return self.post(f"/api/boards/{board.public_id}/reserve", body, **headers)

    def release(self, board: Board, numbers: Iterable[Any], owner: str) -> HttpResponse:
        body = {"slotIds": list(numbers), "ownerToken": owner}
        return self.post(f"/api/boards/{board.public_id}/release", body)

    def checkout(
        self, board: Board, numbers: Iterable[Any], owner: str | None = None, **more: Any
    ) -> HttpResponse:
        body: dict[str, Any] = {
            "boardId": board.public_id, "slotIds": list(numbers), "supporter": JANE, **more,
        }  # fmt: skip
        if owner:
            body["ownerToken"] = owner
        return self.post("/api/checkout/session", body)


def named(headers: dict[str, str]) -> dict[str, str]:
    """`If_None_Match` is If-None-Match."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def error(answer: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The error of an answer, whose shape is always the same (contract 2.7)."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json"), (
        answer.status_code, answer.content[:300],
    )  # fmt: skip
    body = json.loads(answer.content)
    assert list(body) == ["ok", "error"]
    assert body["ok"] is False
    found: dict[str, Any] = body["error"]
    assert list(found) == ["code", "message", "details"]
    assert found["code"] == code, found
    assert found["message"]
    assert isinstance(found["details"], dict)
    return found
