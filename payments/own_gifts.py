"""Gifts as a fundraiser or captain reads them: their own, by the names their givers let be seen,
and with contact data only where the campaign shows it.

Who gave anonymously stays so here as well; organizers know.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Person
from campaigns.models import Campaign, Donation, Member, Team
from payments import exports
from payments.exports import CONTACTS, REAL

ANONYMOUS = Donation.ShownAs.ANONYMOUS
COLUMNS = (0, 3, 5, 6, 7, 9, 10, 11)


@dataclass(frozen=True, slots=True)
class OwnGift:
    """One gift; `name` is empty for an anonymous one, sums are minor units. `contact` has the
    cells of `exports.CONTACTS`, or is empty where none may be shown."""

    at: dt.datetime
    name: str
    amount_minor: int
    left_minor: int
    promised: bool
    state: str
    credited: str
    tiles: str
    message: str
    contact: tuple[str, ...] = ()


def of(owner: Team | Member) -> QuerySet[Donation]:
    """Gifts that count for the owner; a team's are its members', too. The newest first."""
    mine = Q(goal__team=owner) | Q(goal__member__team=owner)
    found = Donation.objects.filter(REAL, campaign=owner.campaign_id)
    found = found.filter(mine if isinstance(owner, Team) else Q(goal__member=owner))
    return found.select_related("person", "goal__team", "goal__member__person").order_by("-pk")


def shown(gifts: Sequence[Donation], campaign: Campaign) -> list[OwnGift]:
    """These gifts of one campaign as their owner may see them. At most three queries."""
    left, numbers = exports.left(gifts), exports.numbers(gifts)
    named = [gift.person for gift in gifts if gift.shown_as != ANONYMOUS]
    reach = exports.contacts(named) if campaign.donor_contact_visible else {}
    return [_shown(gift, left.get(gift.pk, 0), numbers.get(gift.pk, ""), reach) for gift in gifts]


def _shown(
    gift: Donation, left: int, numbers: str, reach: dict[int | None, list[Any]]
) -> OwnGift:  # fmt: skip
    hidden = gift.shown_as == ANONYMOUS
    owner = gift.goal.team or gift.goal.member
    return OwnGift(
        at=gift.paid_at or gift.created_at, name="" if hidden else _name(gift.person, gift),
        amount_minor=gift.amount_minor, left_minor=left,
        promised=gift.status == Donation.Status.PENDING, state=gift.get_status_display(),
        credited=str(owner or ""), tiles=numbers, message=gift.message,
        contact=() if hidden else tuple(reach.get(gift.person_id, ())),
    )  # fmt: skip


def _name(person: Person | None, gift: Donation) -> str:
    return person.name if person else gift.display_name


def head(campaign: Campaign) -> list[Any]:
    """The first line of the list to take along."""
    named = [exports.GIFTS[index] for index in COLUMNS]
    return [*named, exports.MESSAGE, *(CONTACTS if campaign.donor_contact_visible else ())]


def rows(owner: Team | Member, campaign: Campaign) -> Iterator[list[Any]]:
    """The lines of that list, read in pieces."""
    none = [""] * len(CONTACTS) if campaign.donor_contact_visible else []
    for piece in exports.pieces(of(owner).iterator(chunk_size=exports.PIECE)):
        for one in shown(piece, campaign):
            yield [
                exports.local(one.at, campaign), one.name,
                exports.major(one.amount_minor, campaign.currency),
                exports.major(one.left_minor, campaign.currency), campaign.currency, one.state,
                one.credited, one.tiles, one.message, *(one.contact or none),
            ]  # fmt: skip
