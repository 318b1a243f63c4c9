"""`./run manage seed`: a sandbox with very many sold tiles, to see how everything goes then."""

import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Organization
from rally.demo import seeding, wipe


class Command(BaseCommand):
    """Makes an organization of its own; what is there already is never touched."""

    help = "Makes a sandbox organization with very many sold tiles and supporters."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--claims", type=int, default=100_000, help="sold tiles")
        parser.add_argument("--people", type=int, default=10_000, help="supporters")
        parser.add_argument("--reset", action="store_true", help="take the last one apart first")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or settings.STRIPE_LIVEMODE:
            self.stderr.write("Seeding is for sandboxes, not for production or live keys.")
            sys.exit(2)
        claims, people = options["claims"], options["people"]
        if not 0 < claims <= seeding.MOST_CLAIMS or not 0 < people <= seeding.MOST_PEOPLE:
            raise CommandError("Give 1 to 1,000,000 claims and people.")
        mine = Organization.objects.filter(slug=seeding.SLUG)
        if mine.filter(livemode=True).exists():
            raise CommandError(f"The organization {seeding.SLUG} is live; it is left alone.")
        if options["reset"]:
            wipe.wipe(mine, logins=False)
            seeding.forget_events()
        started = time.monotonic()

        def tell(word: str) -> None:
            self.stdout.write(f"{time.monotonic() - started:6.1f} s  {word}")

        try:
            made = seeding.seed(claims, people, tell)
        except seeding.SeededAlready:
            raise CommandError("It is there already; --reset makes it anew.") from None
        tell(f"done: {settings.RALLY_BASE_URL}/organize/{made.code}/")
