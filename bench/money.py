"""`python -m bench.money`: statements of a settlement, a refund and a kept event.

At 1 tile and at 100, for a board whose goal has three more above it. Prints JSON alone. It has
a database and a simulator of its own.
"""

import io
import json
import tempfile
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts.actors import SYSTEM
from accounts.models import Organization, Person
from bench.counts import captured, within_the_transaction
from bench.signing import signature
from boards import building, reserving, tokens
from boards.models import Board
from campaigns import goals
from campaigns.models import Campaign, Donation, Member, Series, Team
from payments import checkouts, events, gateway, refunds
from payments.models import Attempt
from payments.settlement import settle
from payments.supporters import Supporter
from prove.stripe import Stripe
from tests import site as sites

SITE = "http://127.0.0.1:9"


def boards() -> list[Board]:
    """One for each size, both of a fundraiser in a team of a campaign in a series."""
    campaign = Campaign.objects.get(code="8de300")
    organization: Organization = campaign.organization
    series = Series.objects.create(organization=organization, name="Bench", slug="bench")
    Campaign.objects.filter(pk=campaign.pk).update(series=series)
    campaign.refresh_from_db()
    team = Team.objects.create(campaign=campaign, name="Bench", slug="bench")
    person = Person.objects.create(organization=organization, first_name="Bench")
    member = Member.objects.create(campaign=campaign, person=person, team=team)
    for owner in (series, team):
        goals.ensure(owner)
    made = [
        building.build(
            Board(campaign=campaign, goal=goals.ensure(member), title="Bench", max_num=100,
                  currency=campaign.currency, public_id=f"bench-money-{number}")
        )
        for number in range(2)
    ]  # fmt: skip
    building.follow_campaign(campaign)
    return made


def of_size(board: Board, tiles: int, stripe: Stripe) -> dict[str, int]:
    hold = reserving.reserve(
        board_id=board.pk, numbers=list(range(1, tiles + 1)), token=tokens.new()
    )
    who = Supporter(name="Bench Supporter", email=f"bench{tiles}@example.com")
    checkouts.start(hold=hold, supporter=who, cover_fees=True, site=SITE)
    attempt = Attempt.objects.select_related("account", "checkout__hold__organization").get(
        checkout__hold=hold
    )
    stripe.control("POST", f"sessions/{attempt.session_id}/complete")
    session = gateway.retrieve_session(attempt.account, attempt.session_id)
    settled = within_the_transaction(captured(lambda: settle(attempt, session)))
    gift = Donation.objects.get(pk__in=attempt.checkout.lines.values("donation"))
    refunded = within_the_transaction(captured(lambda: refunds.request(gift=gift, by=SYSTEM)))
    return {"settle": settled, "refund": refunded}


def kept() -> int:
    """Statements of one delivery, from the signature to the answer."""
    event = {"id": "evt_bench", "object": "event", "type": "account.updated", "livemode": False,
             "api_version": "2025-01-01", "data": {"object": {"id": "acct_bench"}}}  # fmt: skip
    body = json.dumps(event).encode()
    sent = captured(
        lambda: events.receive(body, signature(body, settings.STRIPE_WEBHOOK_SECRETS[0]))
    )
    return len([text for text in sent if not text.startswith(("BEGIN", "COMMIT"))])


def main() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("demo", stdout=io.StringIO())
    found: dict[str, Any] = {"engine": connection.vendor, "event": kept()}
    with tempfile.TemporaryDirectory(prefix="rally-bench-stripe-") as folder:
        simulator = sites.start_simulator(Path(folder))
        try:
            settings.STRIPE_API_BASE = simulator.url
            for board, tiles in zip(boards(), (1, 100), strict=True):
                found[str(tiles)] = of_size(board, tiles, Stripe(simulator.url))
        finally:
            sites.end(simulator.process)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
