"""`python -m bench.lists GIFTS`: what the API's long lists cost, at their start and their end.

Prints JSON alone. It has a database of its own.
"""

import io
import json
import os
import statistics
import sys
import time
from typing import Any

import django

django.setup()

from django.core.management import call_command
from django.test import Client

from bench import copies
from bench.counts import captured
from bench.memory import resident
from campaigns.models import Campaign, Donation, Goal
from rally.api.tiles import listing, tables
from rally.demo import people
from rally.kit import clock, ids

PAGE = 100
ROUNDS = 15


def campaigns(organization_id: int, count: int) -> None:
    """Drafts with their goals. Codes drawn by chance meet once in thirty runs."""
    first = 0xB00000 + Campaign.objects.count()
    made = Campaign.objects.bulk_create(
        Campaign(organization_id=organization_id, title=f"Campaign {n}", slug=ids.public_id(),
                 code=f"{first + n:06x}")
        for n in range(count)
    )  # fmt: skip
    Goal.objects.bulk_create(
        Goal(kind=Goal.Kind.CAMPAIGN, campaign=one, amount_minor=100) for one in made
    )


def gifts(campaign: Campaign, count: int) -> None:
    """Confirmed gifts without lines; the list asks for lines in any case."""
    first = Donation.objects.create(
        campaign=campaign, goal=campaign.goal, amount_minor=100, currency="USD",
        status="confirmed", payment_type="Cash", paid_at=clock.now(), display_name="Placeholder",
    )  # fmt: skip
    copies.copy(first, count - 1, public_id="'gift' || i", amount_minor="100 + i %% 900")


def used_mb() -> float:
    return resident()[os.getpid()][1] / 1_000_000


def ask(client: Client, path: str) -> Any:
    answer = client.get(path, headers={"Authorization": f"Bearer {people.token()}"})
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}: {answer.content[:200]!r}")
    return json.loads(answer.content)


def cursor_at(campaign: Campaign, page: int) -> str:
    """The cursor behind page `page`, without walking there."""
    place = page * PAGE - 1
    row = Donation.objects.filter(campaign=campaign).order_by("-pk")[place]
    return listing._closed(row, "", listing._keys("", tables.GIFTS))


def milliseconds(client: Client, path: str) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask(client, path)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    wanted = int(sys.argv[1])
    call_command("migrate", verbosity=0, interactive=False)
    call_command("demo", stdout=io.StringIO())
    client = Client(SERVER_NAME="127.0.0.1")
    school = Campaign.objects.select_related("goal").get(code="8de300")
    campaigns(school.organization_id, 9)
    ask(client, "/api/campaigns")
    few = len(captured(lambda: ask(client, "/api/campaigns")))
    campaigns(school.organization_id, 990)
    before = used_mb()
    many = len(captured(lambda: ask(client, "/api/campaigns")))
    growth = used_mb() - before
    gifts(school, wanted)
    path = f"/api/campaigns/{school.public_id}/gifts?limit={PAGE}"
    last = f"{path}&after={cursor_at(school, wanted // PAGE - 1)}"
    ask(client, path), ask(client, last)
    first_ms, last_ms = milliseconds(client, path), milliseconds(client, last)
    found = {
        "campaigns_queries": many, "few_queries": few, "growth_mb": round(growth, 1),
        "gifts_queries": len(captured(lambda: ask(client, last))),
        "first_ms": round(first_ms, 1), "last_ms": round(last_ms, 1),
        "ratio": round(last_ms / first_ms, 2),
    }  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main()
