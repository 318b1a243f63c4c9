"""`python -m bench.crowd`: organizers' and staff's pages with very many sold tiles.

How many statements each sends and how long the second look takes, and what a list of every gift
adds to this process's memory. Prints JSON alone. It has a database of its own.
"""

import io
import json
import os
import time
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import Membership, User  # noqa: E402
from accounts.models.organizations import Role  # noqa: E402
from bench.counts import captured, good  # noqa: E402
from bench.memory import resident  # noqa: E402
from boards.models import Board  # noqa: E402
from campaigns.models import Campaign, Donation  # noqa: E402
from rally.demo import seeding  # noqa: E402
from tests.secondstep import enter  # noqa: E402

CLAIMS = os.environ.get("BENCH_CLAIMS", "100000")
PEOPLE = os.environ.get("BENCH_PEOPLE", "10000")
STAFF = ("accounts/person", "boards/claim", "boards/hold", "campaigns/donation",
         "payments/checkout", "payments/payment", "payments/ledgertransaction")  # fmt: skip


def pages(campaign: Campaign) -> dict[str, str]:
    """What is looked at, by name."""
    root = f"/organize/{campaign.organization.code}/"
    board = Board.objects.filter(campaign=campaign).first()
    gift = Donation.objects.filter(campaign=campaign).first()
    assert board is not None and gift is not None
    staff = {f"staff: {name}": f"/admin/{name}/" for name in STAFF}
    return {
        "overview": root, "dashboard": f"{root}c/{campaign.slug}/",
        "supporters": f"{root}people/supporters/",
        "search": f"{root}people/supporters/?q=supporter",
        "fundraisers": f"{root}people/fundraisers/", "money": f"{root}money/",
        "gift": f"{root}gifts/{gift.public_id}/", "board": f"{root}boards/{board.public_id}/",
        **staff,
    }  # fmt: skip


def look(client: Client, address: str) -> dict[str, Any]:
    """Statements of one look, and milliseconds of the next."""
    sent = captured(lambda: good(client.get(address)))
    started = time.monotonic()
    good(client.get(address))
    return {"queries": len(sent), "ms": round(1000 * (time.monotonic() - started), 1)}


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


def main() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("seed", "--claims", CLAIMS, "--people", PEOPLE, stdout=io.StringIO())
    campaign = Campaign.objects.get(organization__slug=seeding.SLUG)
    user = User.objects.create_user("bench@example.com", "bench", is_staff=True, is_superuser=True)
    Membership.objects.create(user=user, organization=campaign.organization, role=Role.OWNER)
    client = Client(SERVER_NAME="127.0.0.1")
    enter(client, user)
    found = {name: look(client, address) for name, address in pages(campaign).items()}
    print(json.dumps({"engine": connection.vendor, "pages": found,
                      "csv": growth(client, campaign)}))  # fmt: skip


if __name__ == "__main__":
    main()
