"""A receiver that can't be reached any more: turned off by its own word, and its people told."""

import datetime as dt
import logging

from accounts.memberships import runners
from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.outbox import announce

logger = logging.getLogger(__name__)
State = WebhookDelivery.State


def turn_off(endpoint: WebhookEndpoint, now: dt.datetime) -> None:
    """The receiver said that nobody lives there any more."""
    changed = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at=None).update(
        disabled_at=now, disabled_why="answered 410"
    )
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=State.WAITING)
    waiting.update(state=State.FAILED, done_at=now, error="turned off by 410")
    logger.warning("Webhook %s was turned off: it answered 410", endpoint.public_id)
    if changed:
        _tell("webhook.off", endpoint, now)


def gave_up(endpoint: WebhookEndpoint, now: dt.datetime) -> None:
    """A message was given up after three days. One mail a day says so, however many follow."""
    logger.warning("Webhook %s: a message was given up", endpoint.public_id)
    _tell("webhook.gave_up", endpoint, now)


def _tell(kind: str, endpoint: WebhookEndpoint, now: dt.datetime) -> None:
    """An event for each person who runs the organization, or for the app's maker."""
    if endpoint.organization_id is not None:
        people = runners(endpoint.organization_id)
    else:
        maker = endpoint.client.user_id if endpoint.client else None
        people = [maker] if maker else []
    for user in people:
        announce(
            kind, key=f"{endpoint.public_id}:{now:%Y%m%d}:{user}",
            organization_id=endpoint.organization_id,
            facts={"endpoint": endpoint.pk, "user": user},
        )  # fmt: skip
