"""`python -m prove.boot prove.town.secret`: what this installation's webhooks are signed with."""

import sys

from django.conf import settings


def main(arguments: list[str]) -> int:
    """Print it; the simulator has to know."""
    sys.stdout.write(settings.STRIPE_WEBHOOK_SECRETS[0])
    return 0
