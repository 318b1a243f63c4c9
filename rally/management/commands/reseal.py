"""`./run manage reseal`: encrypt what is kept encrypted anew, after the secret key was changed."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from rally import resealing


class Command(BaseCommand):
    """Exit status 1 when something is left that no key opens. Again changes nothing."""

    help = "Encrypts the keys of webhooks and the second steps under today's RALLY_SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        done = resealing.run()
        self.stdout.write(
            f"Encrypted anew {done.resealed}, as they were {done.kept}, "
            f"opened by no key {done.lost}."
        )
        if done.lost:
            sys.exit(1)
