"""`./run manage demo`: build the sandbox, show how to get in, or start it over."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts import organizations
from accounts.models import Organization
from boards.models import Board
from rally.demo import build, pages, people, programs, rallyup, wipe
from rally.web import base

DEMO_SLUGS = ("example-school", "example-club", rallyup.OWN[0])


class Command(BaseCommand):
    """Prints JSON alone with --json; a second run prints the same."""

    help = "Builds the demo sandbox and says how to get in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON alone")
        parser.add_argument("--reset", action="store_true", help="take the sandbox apart first")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            self.stderr.write("The demo is not for production: RALLY_ENV=production is set.")
            sys.exit(2)
        ahead = organizations.sandbox_clock()
        if options["reset"]:
            wipe.wipe(Organization.objects.filter(slug__in=DEMO_SLUGS))
        board = build.ensure(ahead)
        facts = describe(board)
        if options["json"]:
            self.stdout.write(json.dumps(facts, indent=2))
            return
        self.stdout.write(f"Board      {facts['board']['url']}")
        self.stdout.write(f"Campaign   {facts['campaign']['url']}")
        self.stdout.write(f"Admin      {facts['base_url']}/admin/")
        for login, about in facts["logins"].items():
            secret = about.get("totp_secret", "")
            more = f"  authenticator secret {secret}" if secret else ""
            self.stdout.write(f"{login:<10} {about['email']}  {about['password']}{more}")


def describe(board: Board) -> dict[str, Any]:
    """All a script needs to use the demo. Later work adds keys, and takes none away."""
    site = settings.RALLY_BASE_URL
    campaign, organization = board.campaign, board.campaign.organization
    made = pages.ensure(campaign)
    return {
        "base_url": site,
        "board": {"id": board.public_id, "url": f"{site}/b/{board.public_id}/"},
        "campaign": {
            "id": campaign.public_id,
            "slug": campaign.slug,
            "url": f"{site}/c/{campaign.slug}/",
        },
        "organization": {
            "id": organization.public_id,
            "int_id": organization.pk,
            "code": organization.code,
        },
        "logins": {
            login: {"email": people.email(login), "password": people.password(login)}
            | ({"totp_secret": people.totp_secret()} if login == "staff" else {})
            for login in people.LOGINS
        },
        "tiles": {"token": people.token()},
        "join_request": {"url": f"{site}/admin/accounts/joinrequest/"},
        "oauth": programs.describe(),
        "sprocket": {
            "campaign_id": campaign.pk,
            "user_id": made.member.pk,
            "team_id": made.team.pk,
        },
        "rallyup": rallyup.describe(campaign),
        "stripe": {
            "webhook_secret": settings.STRIPE_WEBHOOK_SECRETS[0] if settings.SIMULATED else None,
            "simulator_url": base.simulator() or None,
        },
    }
