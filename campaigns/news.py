"""Every change of a campaign is written down and told: one audit entry, one outbox event."""

from typing import Any

from accounts import audit
from accounts.actors import Actor
from accounts.outbox import announce
from campaigns.models import Campaign


def tell(verb: str, campaign: Campaign, by: Actor, *, facts: dict[str, Any] | None = None) -> None:
    """Record `verb` and announce `campaign.updated`, in the transaction that did it.

    `facts` holds names of fields, ids and counts; never what somebody typed.
    """
    entry = audit.record(verb, about=campaign, by=by.user, door=by.door, facts=facts)
    announce(
        "campaign.updated",
        key=f"campaign:{campaign.pk}:{entry.pk}",
        organization_id=campaign.organization_id,
        facts={"campaign": campaign.pk, "what": verb},
    )
