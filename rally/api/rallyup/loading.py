"""Loads the rows of a page with all that stands in them: a fixed number of statements."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Address, Organization, Person
from boards.models import Board, Claim, Tile
from boards.states import Phase
from campaigns.models import Campaign, Donation, DonationEntry, Member, Team
from payments.models import Dispute, Line, Payment, Refund, RefundLine
from rally.api.rallyup import rows
from rally.api.rallyup.asking import Period
from rally.api.rallyup.fields import amount
from rally.kit import clock

CONFIRMED = Donation.Status.CONFIRMED
NO_PERIOD = Period(None, None)


def organizations(keys: Sequence[int]) -> list[Organization]:
    """They have everything in them."""
    return list(Organization.objects.filter(pk__in=keys))


def campaigns(keys: Sequence[int], period: Period = NO_PERIOD) -> list[Any]:
    """With organization, goal, how many gave, and what came in within the period."""
    board = Exists(Board.objects.filter(campaign=OuterRef("pk"), archived_at=None))
    found: Any = Campaign.objects.filter(pk__in=keys).select_related("organization", "goal")
    loaded = list(found.annotate(is_sale=board))
    givers = _givers(keys)
    raised = _raised(keys, period) if period.is_given else {}
    for one in loaded:
        one.supporters, one.in_period = givers.get(one.pk, 0), raised.get(one.pk, 0)
        one.now = clock.now(one.organization.clock_offset_s)
    return loaded


def _givers(keys: Sequence[int]) -> dict[int, int]:
    gifts = Donation.objects.filter(campaign__in=keys, status=CONFIRMED).order_by()
    counted = gifts.values("campaign").annotate(n=Count("person", distinct=True))
    return dict(counted.values_list("campaign", "n"))


def _raised(keys: Sequence[int], period: Period) -> dict[int, int]:
    """What still counts of the gifts of the period."""
    entries = DonationEntry.objects.filter(donation__campaign__in=keys).order_by()
    entries = rows.within(entries, "donation__paid_at", period)
    summed = entries.values("donation__campaign").annotate(n=Sum("amount_minor"))
    return dict(summed.values_list("donation__campaign", "n"))


def items(keys: Sequence[int]) -> list[Any]:
    """With board and campaign, and whether each is sold or free."""
    live = Claim.objects.filter(tile=OuterRef("pk"), ended_at=None)
    sold = live.filter(hold__phase=Phase.SOLD)
    found = Tile.objects.filter(pk__in=keys).select_related("board__campaign__organization")
    loaded: list[Any] = list(found.annotate(is_sold=Exists(sold), is_free=~Exists(_held(live))))
    for one in loaded:
        now = clock.now(one.board.campaign.organization.clock_offset_s)
        closes = one.board.closes_at
        open_still = one.board.is_open and (closes is None or closes > now)
        one.is_free = one.is_free and open_still
    return loaded


def _held(live: QuerySet[Claim]) -> QuerySet[Claim]:
    """A browsing hold that ran out holds nothing; a sandbox's clock is ahead of ours."""
    lapsed = Q(hold__phase=Phase.BROWSING, hold__expires_at__lte=clock.expression(None))
    return live.exclude(lapsed)


def transactions(keys: Sequence[int]) -> list[Any]:
    """With giver, goal, tiles, covered fees, what was paid back, and open disputes."""
    found = Donation.objects.filter(pk__in=keys).annotate(given_at=rows.GIVEN_AT)
    loaded: list[Any] = list(
        found.select_related("campaign", "person", "goal__member").prefetch_related(_addresses())
    )
    ordered = _ordered(keys)
    refunded, disputed, failed = _refunded(keys), _disputed(keys), _failed(keys)
    for one in loaded:
        lines = ordered[one.pk]
        one.tiles = [line for line in lines if line.claim is not None]
        one.for_items = sum(line.amount_minor for line in one.tiles)
        one.covered = sum(line.fee_share_minor for line in lines)
        one.refunded = refunded.get(one.pk, 0)
        one.disputed, one.payment_failed = one.pk in disputed, one.pk in failed
        for line in one.tiles:
            line.currency = one.currency
            line.title = _("Tile %(number)s") % {"number": line.claim.number}
    return loaded


def disputed(loaded: list[Any]) -> dict[str, Any]:
    """What there is to tell beside transactions: which of them a bank takes back, for now."""
    found = [one.pk for one in loaded if one.disputed]
    return {"disputed": found} if found else {}


def _addresses(path: str = "person__addresses") -> Prefetch:
    live = Address.objects.filter(archived_at=None).order_by("pk")
    return Prefetch(path, queryset=live, to_attr="live_addresses")


def _ordered(keys: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for line in rows.lines(list(keys)).select_related("claim").order_by("pk"):
        found[line.donation_id].append(line)
    return found


def _refunded(keys: Sequence[int]) -> dict[int, int]:
    moved = [Refund.Status.SENT, Refund.Status.SUCCEEDED]
    found = RefundLine.objects.filter(line__donation__in=keys, refund__status__in=moved)
    summed = found.order_by().values("line__donation").annotate(
        n=Sum(F("amount_minor") + F("fee_share_minor"))
    )  # fmt: skip
    return dict(summed.values_list("line__donation", "n"))


def _disputed(keys: Sequence[int]) -> set[int]:
    lines = Line.objects.filter(donation__in=keys)
    open_ones = Dispute.objects.filter(payment__checkout=OuterRef("checkout"), is_open=True)
    return set(lines.filter(Exists(open_ones)).values_list("donation", flat=True))


def _failed(keys: Sequence[int]) -> set[int]:
    """Gifts whose payment the bank refused, and that no other payment goes on for."""
    lines = Line.objects.filter(donation__in=keys)
    failed = Payment.objects.filter(checkout=OuterRef("checkout"), status=Payment.Status.FAILED)
    other = Payment.objects.filter(checkout=OuterRef("checkout")).exclude(
        status=Payment.Status.FAILED
    )
    found = lines.filter(Exists(failed), ~Exists(other))
    return set(found.values_list("donation", flat=True))


def donors(keys: Sequence[int], found: QuerySet[Campaign], currency: str) -> list[Any]:
    """With addresses and what they gave to these campaigns, in this currency."""
    people = Person.objects.filter(pk__in=keys).prefetch_related(_addresses("addresses"))
    gifts = Donation.objects.filter(person__in=keys, status=CONFIRMED, campaign__in=found)
    whole = gifts.order_by().values("person").annotate(
        n=Count("pk"), first=Min(rows.GIVEN_AT), last=Max(rows.GIVEN_AT)
    )  # fmt: skip
    told = {one["person"]: one for one in whole}
    own = DonationEntry.objects.filter(donation__in=gifts.filter(currency=currency)).order_by()
    summed = own.values("donation__person").annotate(n=Sum("amount_minor"))
    totals = dict(summed.values_list("donation__person", "n"))
    loaded: list[Any] = list(people)
    for one in loaded:
        about: dict[str, Any] = told.get(one.pk, {})
        one.amount_total = amount(totals.get(one.pk, 0), currency)
        one.transaction_count = about.get("n", 0)
        one.first_at, one.last_at = about.get("first"), about.get("last")
    return loaded


def participants(keys: Sequence[int]) -> list[Member]:
    """With person, campaign and goal."""
    found = Member.objects.filter(pk__in=keys)
    return list(found.select_related("person", "campaign", "goal"))


def teams(keys: Sequence[int]) -> list[Any]:
    """With campaign, goal and how many belong to them."""
    found: Any = Team.objects.filter(pk__in=keys).select_related("campaign", "goal")
    loaded = list(found)
    mine = Member.objects.filter(team__in=keys, is_fundraiser=True, archived_at=None).order_by()
    counted = dict(mine.values("team").annotate(n=Count("pk")).values_list("team", "n"))
    for one in loaded:
        one.participants = counted.get(one.pk, 0)
    return loaded
