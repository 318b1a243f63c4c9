"""Credit a gift to somebody else after it was given: another team, fundraiser, or the campaign.

Amounts never change. What still counts of the gift leaves the one goal and reaches the other by
two signed entries; its lines follow, so that a later refund is taken from where it counts.
"""

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actors import Actor
from accounts.rights import Right, require
from campaigns import crediting, donations
from campaigns.models import Donation, Goal
from payments.models import Checkout, Line
from rally.kit.errors import InvalidInput
from rally.kit.retries import retrying


def recredit(gift: Donation, goal: Goal, by: Actor) -> Donation:
    """The gift counts for `goal` from now on. The same goal again is no change.

    Raises Forbidden, and InvalidInput for a goal of another campaign or a gift that counts for
    nothing.
    """
    campaign = gift.campaign
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    if crediting.campaign_of(goal) != gift.campaign_id:
        raise InvalidInput(_("That's in another campaign."), field="credit")

    def work() -> None:
        row = _locked(gift)
        if row.goal_id == goal.pk:
            return
        old = row.goal_id
        donations.recredit(row, goal)
        Line.objects.filter(donation=row).update(goal=goal)
        audit.record(
            "gift.recredited", about=row, by=by.user, door=by.door,
            organization_id=campaign.organization_id, facts={"from": old, "to": goal.pk},
        )  # fmt: skip

    retrying(work)
    gift.refresh_from_db()
    return gift


def _locked(gift: Donation) -> Donation:
    """The gift, behind its order's lock: the mutex of all that happens to its money."""
    orders = Line.objects.filter(donation=gift).values("checkout")
    list(
        Checkout.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=orders)
        .order_by("pk")
    )
    return Donation.objects.get(pk=gift.pk)


def counted(gift: Donation) -> int:
    """What still counts of a gift, in minor units."""
    total = gift.entries.aggregate(n=Sum("amount_minor"))["n"]
    return total or 0
