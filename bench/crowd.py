"""`python -m bench.crowd`: organizers' and staff's pages with very many sold tiles.

How many statements each sends, how long the second look takes, which of them read through all
claims (PostgreSQL says so), and what a list of 100,000 gifts adds to this process's memory.
Prints JSON alone. It has a database of its own.
"""

import io
import json
import os
import time
from typing import Any

import django

django.setup()

from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import Membership, Person, User
from accounts.models.organizations import Role
from bench.counts import captured, good
from bench.memory import resident
from boards.models import Board
from campaigns.models import Campaign, Donation, Member
from rally.demo import seeding
from tests.secondstep import enter

# Three tiles an order: a hundred thousand gifts.
CLAIMS = os.environ.get("BENCH_CLAIMS", "300000")
PEOPLE = os.environ.get("BENCH_PEOPLE", "10000")
SCAN = "Seq Scan on boards_claim"


def staff() -> dict[str, str]:
    """Every list of the admin."""
    models = sorted(one._meta.label_lower.replace(".", "/") for one in admin.site._registry)
    return {f"staff: {name}": f"/admin/{name}/" for name in models}


def pages(campaign: Campaign) -> dict[str, str]:
    """What is looked at, by name."""
    root = f"/organize/{campaign.organization.code}/"
    board = Board.objects.filter(campaign=campaign).first()
    gift = Donation.objects.filter(campaign=campaign).first()
    assert board is not None and gift is not None
    own = Member.objects.filter(campaign=campaign, is_fundraiser=True).first()
    assert own is not None
    return {
        "overview": root, "dashboard": f"{root}c/{campaign.slug}/",
        "supporters": f"{root}people/supporters/",
        "search": f"{root}people/supporters/?q=supporter",
        "teams": f"{root}people/teams/", "fundraisers": f"{root}people/fundraisers/",
        "money": f"{root}money/", "boards": f"{root}c/{campaign.slug}/boards/",
        "own page": f"/organize/pages/m{own.pk}/", "own team": f"/organize/pages/t{own.team_id}/",
        "gift": f"{root}gifts/{gift.public_id}/", "board": f"{root}boards/{board.public_id}/",
        **staff(),
    }  # fmt: skip


def look(client: Client, address: str) -> dict[str, Any]:
    """Statements of one look, and milliseconds of the next."""
    sent = captured(lambda: good(client.get(address)))
    started = time.monotonic()
    good(client.get(address))
    took = round(1000 * (time.monotonic() - started), 1)
    return {"queries": len(sent), "ms": took, "scans": scans(sent)}


def scans(sent: list[str]) -> list[str]:
    """Those of these statements for which PostgreSQL reads through all claims."""
    if connection.vendor != "postgresql":
        return []
    reads = [text for text in sent if text.startswith(("SELECT", "WITH")) and "boards_" in text]
    with connection.cursor() as cursor:
        found = []
        for text in reads:
            cursor.execute(f"EXPLAIN {text}".replace("%", "%%"))
            if any(SCAN in line for (line,) in cursor.fetchall()):
                found.append(text)
    return found


def growth(client: Client, campaign: Campaign) -> dict[str, Any]:
    """A list of every gift, read to its end and thrown away: lines, and megabytes it took."""
    here = f"/organize/{campaign.organization.code}/c/{campaign.slug}/exports/"
    before = highest = resident()[os.getpid()][1]
    lines = 0
    for number, piece in enumerate(client.get(f"{here}gifts.csv")):
        lines += piece.count(b"\r\n")
        if number % 50 == 0:
            highest = max(highest, resident()[os.getpid()][1])
    return {"lines": lines, "growth_mb": round((highest - before) / 1_000_000, 1)}


def _own(campaign: Campaign, user: User) -> None:
    """The first fundraiser is this user, and leads the team."""
    member = Member.objects.filter(campaign=campaign, is_fundraiser=True).first()
    assert member is not None and member.team is not None
    member.team.captains.add(member)
    Person.objects.filter(pk=member.person_id).update(user=user)


def main() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("seed", "--claims", CLAIMS, "--people", PEOPLE, stdout=io.StringIO())
    campaign = Campaign.objects.get(organization__slug=seeding.SLUG)
    user = User.objects.create_user("bench@example.com", "bench", is_staff=True, is_superuser=True)
    Membership.objects.create(user=user, organization=campaign.organization, role=Role.OWNER)
    _own(campaign, user)
    client = Client(SERVER_NAME="127.0.0.1")
    enter(client, user)
    found = {name: look(client, address) for name, address in pages(campaign).items()}
    print(json.dumps({"engine": connection.vendor, "pages": found,
                      "csv": growth(client, campaign)}))  # fmt: skip


if __name__ == "__main__":
    main()
