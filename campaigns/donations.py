"""Gifts: recorded, confirmed, reversed. The only writer of donations and of goals' totals.

A goal's `raised_minor` moves with an entry in the same transaction, by F(), for the gift's own
goal and every goal above it, in id order; the caller notes its boards after that.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, F, OuterRef, Subquery, Sum, Value, When
from django.utils.translation import gettext as _

from accounts.models import Person
from campaigns.models import Campaign, Donation, DonationEntry, Goal, Member
from rally.kit import clock
from rally.kit.errors import InvalidInput

Status = Donation.Status
UP = (
    "campaign__series__goal", "team__campaign__goal", "team__campaign__series__goal",
    "member__team__goal", "member__campaign__goal", "member__campaign__series__goal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What the public may see of a giver, as the giver chose."""

    name: str
    shown_as: str = Donation.ShownAs.NAME
    hide_amount: bool = False
    message: str = ""
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class Offline:
    """What is known of a gift that passed no checkout of ours."""

    paid_at: dt.datetime | None = None
    is_corporate: bool = False
    do_not_sync: bool = False
    is_fulfilled: bool = True
    request_key: str = ""
    donor: Member | None = None


ONLINE = Offline()


def pledge(
    *, campaign_id: int, goal_id: int, person: Person, amount_minor: int, currency: str,
    payment_type: str, shown: Shown, is_verified: bool = True, more: Offline = ONLINE,
) -> Donation:  # fmt: skip
    """A gift that is promised but not confirmed: it counts for nothing yet."""
    return Donation.objects.create(
        campaign_id=campaign_id,
        goal_id=goal_id,
        person=person,
        amount_minor=amount_minor,
        currency=currency,
        payment_type=payment_type,
        is_verified=is_verified,
        display_name=shown.name,
        shown_as=shown.shown_as,
        hide_amount=shown.hide_amount,
        message=shown.message,
        image_url=shown.image_url,
        paid_at=more.paid_at,
        is_corporate=more.is_corporate,
        do_not_sync=more.do_not_sync,
        is_fulfilled=more.is_fulfilled,
        request_key=more.request_key,
        donor=more.donor,
    )


def confirm(gifts: Iterable[Donation], *, paid_at: dt.datetime | None = None) -> None:
    """These gifts are real: they count, and their givers become members of the campaign.

    `gifts` come locked by the caller's own lock (the checkout). Confirming twice is refused by
    the entry's unique reference. The number of statements doesn't grow with the gifts.
    """
    rows = [gift for gift in gifts if gift.status == Donation.Status.PENDING]
    if not rows:
        return
    moment = paid_at or clock.now()
    members = _members(rows)
    for gift in rows:
        gift.status = Donation.Status.CONFIRMED
        gift.paid_at = moment
        gift.donor = members.get((gift.campaign_id, gift.person_id))
    Donation.objects.bulk_update(rows, ["status", "paid_at", "donor"])
    write_entries(
        [
            _entry(gift, DonationEntry.Kind.GIFT, gift.amount_minor, f"gift:{gift.pk}")
            for gift in rows
        ]
    )


def promise(gift: Donation) -> None:
    """Money that somebody says they have, and nobody has counted: it shows as promised."""
    _move_pending(gift, gift.amount_minor)


def verify(gift: Donation, *, paid_at: dt.datetime) -> None:
    """The promised money was counted: from promised to raised, for good."""
    _move_pending(gift, -gift.amount_minor)
    Donation.objects.filter(pk=gift.pk).update(is_verified=True)
    gift.is_verified = True
    confirm([gift], paid_at=paid_at)


def void(gift: Donation, reason: str) -> None:
    """The money never came, or went back by hand: the gift counts for nothing any more.

    What it counted for goes by an entry; what was only promised leaves no entry behind.
    """
    if gift.status == Status.CONFIRMED:
        write_entries(
            [_entry(gift, DonationEntry.Kind.VOID, -gift.amount_minor, f"void:{gift.pk}")]
        )
    elif gift.status == Status.PENDING:
        _move_pending(gift, -gift.amount_minor)
    gift.status, gift.void_reason = Status.VOID, reason[:300]
    Donation.objects.filter(pk=gift.pk).update(status=gift.status, void_reason=gift.void_reason)


def recredit(gift: Donation, goal: Goal) -> None:
    """What still counts of the gift, or is promised, counts for `goal` instead.

    Two entries that add up to nothing; every total above both follows. The caller holds the
    order's lock and checked that the goal is of the same campaign. Raises InvalidInput for a
    gift that counts for nothing.
    """
    # Nobody changes teams while these are held; see `moving`.
    locked = Goal.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk__in=[gift.goal_id, goal.pk]
    )
    list(locked.order_by("pk").values("pk"))
    if gift.status == Status.PENDING and not gift.is_verified:
        _move_pending(gift, -gift.amount_minor)
        _point_at(gift, goal)
        _move_pending(gift, gift.amount_minor)
        return
    left = gift.entries.aggregate(n=Sum("amount_minor"))["n"] or 0
    if left <= 0:
        raise InvalidInput(_("Nothing of this gift counts any more."), field="credit")
    before = gift.entries.filter(kind=DonationEntry.Kind.CREDIT).count() // 2
    pair = [(gift.goal_id, -left, "from"), (goal.pk, left, "to")]
    entries = [
        DonationEntry(
            donation=gift, goal_id=goal_id, kind=DonationEntry.Kind.CREDIT, amount_minor=amount,
            reference=f"credit:{gift.pk}:{before}:{way}",
        )
        for goal_id, amount, way in pair
    ]  # fmt: skip
    _point_at(gift, goal)
    write_entries(entries)


def _point_at(gift: Donation, goal: Goal) -> None:
    Donation.objects.filter(pk=gift.pk).update(goal=goal)
    gift.goal_id = goal.pk


def _move_pending(gift: Donation, amount_minor: int) -> None:
    """Move what is promised to the gift's goal and to every goal above it, in id order."""
    goal = Goal.objects.select_related(*UP).get(pk=gift.goal_id)
    for goal_id in sorted(chain(goal)):
        Goal.objects.filter(pk=goal_id).update(pending_minor=F("pending_minor") + amount_minor)


def _entry(gift: Donation, kind: str, amount_minor: int, reference: str) -> DonationEntry:
    """An entry to the gift's own goal, which it takes along if it is loaded."""
    entry = DonationEntry(
        donation=gift,
        goal_id=gift.goal_id,
        kind=kind,
        amount_minor=amount_minor,
        reference=reference,
    )
    if Donation._meta.get_field("goal").is_cached(gift):
        entry.goal = gift.goal
    return entry


def write_entries(entries: list[DonationEntry]) -> None:
    """Append entries and move the totals of their goals and of all goals above them.

    Goals that the caller has loaded with those above them (`UP`) cost no query.
    """
    DonationEntry.objects.bulk_create(entries)
    above = _above(entries)
    moved: dict[int, int] = defaultdict(int)
    for entry in entries:
        for goal_id in above[entry.goal_id]:
            moved[goal_id] += entry.amount_minor
    _move_totals(moved)
    _follow_net({e.donation_id for e in entries if e.kind != DonationEntry.Kind.GIFT})


def _move_totals(moved: Mapping[int, int]) -> None:
    """Add to the goals' totals in one statement, locked in the order of their keys."""
    by_key = Case(
        *(When(pk=key, then=Value(amount)) for key, amount in moved.items()),
        output_field=BigIntegerField(),
    )
    in_order = (
        Goal.objects.filter(pk__in=moved).order_by("pk")
        .select_for_update(no_key=True, of=("self",)).values("pk")
    )  # fmt: skip
    Goal.objects.filter(pk__in=in_order).update(raised_minor=F("raised_minor") + by_key)


def _above(entries: list[DonationEntry]) -> dict[int, list[int]]:
    """Each entry's goal with those above it."""
    field = DonationEntry._meta.get_field("goal")
    known = {entry.goal_id: entry.goal for entry in entries if field.is_cached(entry)}
    missing = {entry.goal_id for entry in entries} - set(known)
    if missing:
        known |= {g.pk: g for g in Goal.objects.filter(pk__in=missing).select_related(*UP)}
    return {key: chain(goal) for key, goal in known.items()}


def _follow_net(donation_ids: set[int]) -> None:
    """A gift of which nothing is left is void, and its giver no supporter; the reverse, too."""
    if not donation_ids:
        return
    net = (
        DonationEntry.objects.filter(donation=OuterRef("pk"))
        .order_by()
        .values("donation")
        .annotate(net=Sum("amount_minor"))
        .values("net")
    )
    settled = Donation.objects.filter(pk__in=donation_ids).exclude(status=Status.PENDING)
    settled.alias(net=Subquery(net)).update(
        status=Case(When(net=0, then=Value(Status.VOID)), default=Value(Status.CONFIRMED)),
        void_reason=Case(When(net=0, then=Value("paid back")), default=Value("")),
    )


def chain(goal: Goal) -> list[int]:
    """A goal and those above it: member, team, campaign, series."""
    keys = [goal.pk]
    campaign: Campaign | None = goal.campaign
    if goal.member is not None:
        campaign = goal.member.campaign
        if goal.member.team is not None:
            keys.append(goal.member.team.goal.pk)
    elif goal.team is not None:
        campaign = goal.team.campaign
    if campaign is not None:
        if goal.campaign_id is None:
            keys.append(campaign.goal.pk)
        if campaign.series is not None:
            keys.append(campaign.series.goal.pk)
    return keys


def membership(campaign_id: int, person_id: int) -> Member:
    """A person's membership of a campaign, made if new: what a gift's donor is known by."""
    member, _made = Member.objects.get_or_create(campaign_id=campaign_id, person_id=person_id)
    return member


def _members(gifts: list[Donation]) -> dict[tuple[int, int | None], Member]:
    """The givers' memberships of their campaigns, made where they are new, in one statement."""
    wanted = sorted({(g.campaign_id, g.person_id) for g in gifts if g.person_id})
    members = Member.objects.bulk_create(
        [Member(campaign_id=campaign, person_id=person) for campaign, person in wanted],
        update_conflicts=True,
        unique_fields=["campaign", "person"],
        update_fields=["modified_at"],
    )
    return {(member.campaign_id, member.person_id): member for member in members}
