"""Who gave to a campaign, as they chose to be shown."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import QuerySet, Sum
from django.utils.translation import ngettext

from campaigns.models import Campaign, Donation
from campaigns.showing import shown_name
from rally.web import words

if TYPE_CHECKING:
    from payments.snapshots import Snapshot

MOST = 120


class Giver(NamedTuple):
    """A line of the list. No amount for those who hid it."""

    name: str
    amount: str = ""


class Givers(NamedTuple):
    """The list, and a sentence about those who aren't on it."""

    listed: list[Giver]
    others: str


def of(
    campaign: Campaign, boards: "list[Snapshot]", goal_ids: Sequence[int] | None = None
) -> Givers:
    """Newest first; sponsors, whose names stand on their tiles without a gift, come last.

    With `goal_ids` only gifts that are credited to one of these.
    """
    gifts = _counted(campaign)
    if goal_ids is not None:
        gifts = gifts.filter(goal_id__in=goal_ids)
    if not campaign.lists_supporters:
        return Givers([], _others(gifts.count(), after_names=False))
    named = gifts.exclude(shown_as=Donation.ShownAs.ANONYMOUS).exclude(display_name="")
    shown = [
        Giver(
            shown_name(gift.display_name, gift.shown_as) or "",
            # `left` is annotated.
            "" if gift.hide_amount else words.tag(gift.left, gift.currency),  # type: ignore[attr-defined]
        )
        for gift in named.order_by("-paid_at", "-pk")[:MOST]
    ]
    known = {giver.name for giver in shown}
    sponsors = {
        cell.name for snap in boards for cell in snap.cells if cell.status == "sold" and cell.name
    }
    extra = [] if len(shown) == MOST else [Giver(name) for name in sorted(sponsors - known)]
    return Givers(shown + extra, _others(gifts.count() - len(shown), bool(shown or extra)))


def _counted(campaign: Campaign) -> QuerySet[Donation]:
    """Confirmed gifts of which something is left after refunds."""
    return (
        Donation.objects.filter(campaign=campaign, status=Donation.Status.CONFIRMED)
        .annotate(left=Sum("entries__amount_minor"))
        .filter(left__gt=0)
    )


def _others(count: int, after_names: bool) -> str:
    if count <= 0:
        return ""
    if after_names:
        sentence = ngettext("And %(n)d more gift.", "And %(n)d more gifts.", count)
    else:
        sentence = ngettext(
            "%(n)d gift, given without a name.", "%(n)d gifts, given without a name.", count
        )
    return sentence % {"n": count}


def count(campaign: Campaign, goal_ids: Sequence[int]) -> int:
    """How many people gave for one of these goals, and something of it is left."""
    gifts = _counted(campaign).filter(goal_id__in=goal_ids).order_by()
    return len(set(gifts.values_list("person_id", flat=True)))
