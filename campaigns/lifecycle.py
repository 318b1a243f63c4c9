"""The life of a campaign, drawn once. `boards.opening` moves the boards along.

draft --publish--> active --pause--> paused
                     ^  |              |  |
                     |  |              |  +--cancel--> cancelled
                     +--|--resume------+
                        +--complete--> completed   (also from paused)
                        +--cancel----> cancelled
"""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.actors import Actor
from campaigns import news
from campaigns.errors import WrongStatus
from campaigns.models import Campaign

Status = Campaign.Status

MOVES: dict[str, tuple[frozenset[str], str]] = {
    "publish": (frozenset({Status.DRAFT}), Status.ACTIVE),
    "pause": (frozenset({Status.ACTIVE}), Status.PAUSED),
    "resume": (frozenset({Status.PAUSED}), Status.ACTIVE),
    "complete": (frozenset({Status.ACTIVE, Status.PAUSED}), Status.COMPLETED),
    "cancel": (frozenset({Status.ACTIVE, Status.PAUSED}), Status.CANCELLED),
}
RUNNING = frozenset({Status.ACTIVE, Status.PAUSED})
OVER = frozenset({Status.COMPLETED, Status.CANCELLED})
DONE_WORDS = {
    "publish": "campaign.published", "pause": "campaign.paused", "resume": "campaign.resumed",
    "complete": "campaign.completed", "cancel": "campaign.cancelled",
}  # fmt: skip


def may(campaign: Campaign, move: str) -> bool:
    """Whether the drawing has this arrow from where the campaign is."""
    return campaign.status in MOVES[move][0]


def go(campaign: Campaign, move: str, by: Actor, now: dt.datetime) -> bool:
    """Take one arrow. False when the campaign is there already; then nothing is written.

    The caller has locked the row, and moves the boards in the same transaction. Raises
    WrongStatus.
    """
    sources, target = MOVES[move]
    if campaign.status == target:
        return False
    if campaign.status not in sources:
        raise WrongStatus(
            _("The campaign is %(status)s, so that can't be done.")
            % {"status": campaign.get_status_display()}
        )
    old, campaign.status = campaign.status, target
    if target == Status.ACTIVE and campaign.published_at is None:
        campaign.published_at = now
    if target in OVER:
        campaign.closed_at = now
    campaign.save(update_fields=["status", "published_at", "closed_at"])
    news.tell(DONE_WORDS[move], campaign, by, facts={"from": str(old), "to": str(target)})
    return True
