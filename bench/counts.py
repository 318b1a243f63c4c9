"""`python -m bench.counts`: how many statements a board costs, in a process that is still cold.

Prints JSON alone. It has a database of its own.
"""

import io
import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import django

django.setup()

from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import boards
from boards import faces, reserving, tokens
from boards.models import Board

NOT_WORK = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def captured(act: Callable[[], Any]) -> list[str]:
    """The statements that `act` sent, to the database and to the cache's."""
    with ExitStack() as stack:
        watched = [stack.enter_context(CaptureQueriesContext(one)) for one in connections.all()]
        act()
    return [query["sql"].strip() for one in watched for query in one.captured_queries]


def within_the_transaction(sent: list[str]) -> int:
    began = next(i for i, text in enumerate(sent) if text.startswith("BEGIN"))
    ended = next(i for i, text in enumerate(sent) if text.startswith("COMMIT"))
    return len([text for text in sent[began:ended] if not text.startswith(NOT_WORK)])


def reads() -> dict[str, int]:
    """The first read of a board in this process, and the second."""
    client, found = Client(SERVER_NAME="127.0.0.1", headers={"Accept-Encoding": "gzip"}), {}
    for what, path in (("json", "/api/boards/{}"), ("page", "/b/{}/")):
        board = boards.build(f"bench-{what}", 100)
        for state in ("cold", "warm"):
            address = path.format(board)
            found[f"{what}_{state}"] = len(captured(lambda a=address: good(client.get(a))))
    return found


def good(response: Any) -> None:
    if response.status_code != 200:
        raise SystemExit(f"{response.request['PATH_INFO']} answered {response.status_code}")


def reserve() -> int:
    face = faces.of(Board.objects.get(public_id=boards.build("bench-reserve", 100)).pk)
    return within_the_transaction(
        captured(lambda: reserving.reserve_on(face, numbers=[3, 1, 2], token=tokens.new()))
    )


def main() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("demo", stdout=io.StringIO())
    found = {"engine": connection.vendor, "reserve": reserve(), **reads()}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
