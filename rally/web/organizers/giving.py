"""Who gave what to whom: the reads behind the pages about supporters and gifts."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from accounts.models import Person
from campaigns import crediting
from campaigns.models import Campaign, Donation, DonationEntry, Goal, Member, Team
from payments.exports import REAL
from payments.models import Line
from rally.kit import money, text
from rally.web.organizers.base import Desk


def supporters(
    desk: Desk, campaigns: Collection[Campaign], words: str, *, by_email: bool
) -> QuerySet[Person]:
    """People who gave to one of these campaigns, by name; `words` begin a part of their name,
    or, if the asker may see addresses, their e-mail."""
    gifts = Donation.objects.filter(REAL, person=OuterRef("pk"), campaign__in=campaigns)
    found = Person.objects.filter(Exists(gifts), organization=desk.organization)
    key = text.key(words)[:100]
    if key:
        named = Q(name_key__startswith=key) | Q(name_key__contains=f" {key}")
        found = found.filter(named | Q(email__startswith=key) if by_email else named)
    return found.order_by("name_key", "pk")


def totals(
    people: Sequence[Person], campaigns: Collection[Campaign]
) -> dict[int, dict[str, Any]]:  # fmt: skip
    """For each person the gifts, what is left of them by currency, the last day, the campaigns."""
    found: dict[int, dict[str, Any]] = {
        one.pk: {"gifts": 0, "sums": defaultdict(int), "last": None, "campaigns": set()}
        for one in people
    }
    gifts = Donation.objects.filter(REAL, person__in=people, campaign__in=campaigns)
    counted = (
        gifts.order_by().values("person", "campaign").annotate(n=Count("pk"), at=Max("paid_at"))
    )
    for row in counted:
        mine = found[row["person"]]
        mine["gifts"] += row["n"]
        mine["campaigns"].add(row["campaign"])
        mine["last"] = max(filter(None, [mine["last"], row["at"]]), default=None)
    entries = DonationEntry.objects.filter(
        donation__person__in=people, donation__campaign__in=campaigns
    )
    sums = entries.order_by().values("donation__person", "donation__currency").annotate(
        n=Sum("amount_minor")
    )  # fmt: skip
    for one in sums:
        found[one["donation__person"]]["sums"][one["donation__currency"]] += one["n"]
    return found


def in_words(sums: dict[str, int]) -> str:
    """Totals by currency."""
    return ", ".join(money.format(minor, code) for code, minor in sorted(sums.items())) or "–"


def credited(goal: Goal) -> str:
    """Whose a gift is, as the organizers call them; nothing for the whole campaign."""
    owner: Team | Member | None = goal.team or goal.member
    return str(owner) if owner is not None else ""


def history(person: Person, campaigns: Collection[Campaign]) -> list[dict[str, Any]]:
    """All gifts of a person to these campaigns, the newest first. Three queries."""
    gifts = list(
        Donation.objects.filter(REAL, person=person, campaign__in=campaigns)
        .select_related("campaign", "goal__team", "goal__member__person")
        .order_by("-pk")[:500]
    )
    left, numbers = net(gifts), tiles(gifts)
    return [
        {
            "public_id": gift.public_id,
            "campaign": gift.campaign,
            "at": gift.paid_at or gift.created_at,
            "amount": money.format(gift.amount_minor, gift.currency),
            "left": money.format(left.get(gift.pk, 0), gift.currency),
            "promised": gift.status == Donation.Status.PENDING,
            "how": gift.get_payment_type_display(),
            "tiles": numbers.get(gift.pk, ""),
            "credited": credited(gift.goal),
        }
        for gift in gifts
    ]


def net(gifts: Sequence[Donation]) -> dict[int, int]:
    """What still counts of each gift, in minor units. One query."""
    rows = DonationEntry.objects.filter(donation__in=gifts).order_by().values_list("donation")
    return dict(rows.annotate(n=Sum("amount_minor")))


def tiles(gifts: Sequence[Donation]) -> dict[int, str]:
    """The numbers of each gift's tiles. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Line.objects.filter(donation__in=gifts, claim__isnull=False)
    for gift, number in rows.order_by("claim__board", "claim__number").values_list(
        "donation", "claim__number"
    ):
        found[gift].append(str(number))
    return {gift: ", ".join(numbers) for gift, numbers in found.items()}


def owners(campaign: Campaign) -> dict[str, tuple[str, Goal]]:
    """Everybody a gift may be credited to by hand, by key: the campaign, teams, fundraisers."""
    found = {"": (campaign.title, campaign.goal)}
    rows = Goal.objects.filter(
        Q(team__campaign=campaign, team__archived_at=None)
        | Q(member__campaign=campaign, member__archived_at=None, member__is_fundraiser=True)
    ).select_related("team__campaign", "member__person", "member__campaign")  # fmt: skip
    for goal in sorted(rows, key=lambda goal: (goal.member_id is not None, credited(goal))):
        owner = goal.team or goal.member
        assert owner is not None
        found[f"g{goal.pk}" if not owner.slug else crediting.key_of(owner)] = (str(owner), goal)
    return found
