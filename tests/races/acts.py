"""What the processes of a race do: the product's own verbs, and nothing else."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import override_settings

from accounts import codes, grants
from accounts.models import ApiClient
from boards import holds, reserving, tokens
from boards.models import Hold
from payments import checkouts, events, gateway, orders
from payments.models import Attempt
from payments.settlement import settle
from payments.supporters import Supporter


def connect(_: object) -> None:
    """Have the connection before the race, not in it."""
    connection.ensure_connection()
    time.sleep(0.01)


def reserve(board: int, numbers: list[int], token: str = "") -> dict[str, Any]:
    hold = reserving.reserve(board_id=board, numbers=numbers, token=token or tokens.new())
    return {"hold": hold.pk, "numbers": numbers}


def release(board: int, numbers: list[int], token: str) -> list[int]:
    return holds.release(board_id=board, numbers=numbers, token=token)


def sweep(times: int = 1) -> int:
    return sum(holds.expire_due() for _ in range(times))


def start(hold: int, email: str = "ada@example.org") -> str:
    """Start paying, as the form of the hold's page does."""
    found = Hold.objects.select_related("organization").get(pk=hold)
    who = Supporter(name="Ada Lovelace", email=email)
    return checkouts.start(hold=found, supporter=who, cover_fees=False, site="http://127.0.0.1:9")


def start_counted(hold: int) -> str:
    """Start paying where unpaid orders are counted. One client of a process at a time."""
    with override_settings(RALLY_LIMITS=True):
        return start(hold)


def leave(hold: int) -> str:
    return checkouts.leave(hold=Hold.objects.get(pk=hold)).phase


def look(reference: str) -> None:
    """Open the result page."""
    orders.refresh(reference)


def process(event: int) -> bool:
    """The worker acts on an event."""
    return events.process(event)


def late(attempt: int) -> str:
    """A payment is settled, whenever it comes."""
    found = Attempt.objects.select_related("account", "checkout__hold__organization").get(
        pk=attempt
    )
    return settle(found, gateway.retrieve_session(found.account, found.session_id))


def redeem(client: int, code: str, redirect_uri: str) -> str:
    """A program exchanges its code, as the token endpoint does."""
    found = ApiClient.objects.get(pk=client)
    return codes.redeem(found, code, redirect_uri).access_token


def renew(client: int, token: str) -> str:
    """A program uses its refresh token."""
    return grants.refresh(ApiClient.objects.get(pk=client), token).access_token


PROGRAMS = (redeem, renew)
ACTS: dict[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (
        reserve,
        release,
        sweep,
        start,
        start_counted,
        leave,
        look,
        process,
        late,
        *PROGRAMS,
    )
}


def any_of(act: str, after: float = 0, **job: Any) -> Any:
    """A job that names its own act, for races of different acts, some of them slower."""
    time.sleep(after)
    return ACTS[act](**job)


ACTS["any_of"] = any_of
